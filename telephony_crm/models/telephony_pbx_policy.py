from odoo import fields, models, tools

from ..pbx import dialling
from .telephony_did import CREATES, MOMENTS, POLICIES


class TelephonyPbx(models.Model):
    """What is done about unknown callers, and those whom nobody has spoken with."""

    _inherit = "telephony.pbx"

    creation_policy = fields.Selection(
        POLICIES,
        string="Unknown Callers",
        required=True,
        default="offer",
        help="Offer: the card has buttons to create a contact, a company or a lead. "
        "Nothing: it has none; they are under “More” on the card. Records are never "
        "created for blocked, hidden and own numbers, nor for calls that were found "
        "only later or imported.",
    )
    create_on = fields.Selection(
        MOMENTS,
        string="Create It",
        required=True,
        default="answer",
        help="When it is answered: callers whom nobody speaks with are not created.",
    )
    create_outbound = fields.Boolean(
        string="Also for Numbers We Call",
        help="Unknown numbers that are called, too, become a contact or a lead.",
    )
    callback_minutes = fields.Integer(
        string="Call Back Within (min)",
        default=15,
        help="Minutes of working time, of the user or else of the company.",
    )
    callback_days = fields.Integer(
        string="Not After (working days)",
        default=2,
        help="Of a missed call that is older when it is found, such as after an "
        "outage, nobody is told; it stays marked in the log.",
    )
    escalation = fields.Selection(
        [
            ("none", "Nobody else is told"),
            ("notice", "The leader of the team is told"),
            ("hand_over", "The leader of the team gets it"),
        ],
        string="If Not Done in Time",
        required=True,
        default="notice",
    )
    escalation_minutes = fields.Integer(
        string="After Another (min)",
        default=60,
        help="Minutes of working time after the call-back was due.",
    )

    _callback_minutes_positive = models.Constraint(
        "CHECK (callback_minutes >= 0 AND callback_days >= 0 "
        "AND escalation_minutes >= 0)",
        "A length of time cannot be negative.",
    )

    def _never_dials(self, e164):
        """Tell why this PBX never calls a number, whoever asks; ``""`` if it may.

        :return: a reason, see `telephony.dial`
        """
        self.ensure_one()
        return dialling.refusal(e164 or "", self._dialled_countries())

    @tools.ormcache("self.id")
    def _dialled_countries(self):
        """Return the ISO codes of the countries that may be dialled, from memory."""
        return self.env["telephony.dial"]._allowed_countries(self.sudo())

    # -- unknown callers ---------------------------------------------------------------

    def _creation_of(self, did_id):
        """Return what becomes of unknown callers of a company number, and when.

        :param did_id: id of the number, or `False`
        :return: ``(policy, moment)``
        """
        self.ensure_one()
        by_did = self._creation_by_did()
        return by_did.get(did_id) or by_did[False]

    def _ever_creates(self):
        """Tell whether unknown callers of this PBX may become records by themselves."""
        self.ensure_one()
        return any(
            policy in CREATES for policy, _on in self._creation_by_did().values()
        )

    @tools.ormcache("self.id")
    def _creation_by_did(self):
        """Return the policies from memory, as each event asks for them.

        :return: ``{did_id: (policy, moment)}``; `False` stands for all other numbers
        """
        pbx = self.sudo()
        policies = {False: (pbx.creation_policy, pbx.create_on)}
        for did in pbx.did_ids:
            if did.creation_policy or did.create_on:
                policies[did.id] = (
                    did.creation_policy or pbx.creation_policy,
                    did.create_on or pbx.create_on,
                )
        return policies
