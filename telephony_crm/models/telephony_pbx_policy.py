from odoo import fields, models, tools

from ..pbx import dialling


class TelephonyPbx(models.Model):
    """What is done about callers of a PBX whom nobody has spoken with."""

    _inherit = "telephony.pbx"

    callback_minutes = fields.Integer(
        string="Call Back Within (min)",
        default=15,
        help="Minutes of working time, of the user or else of the company.",
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
        "CHECK (callback_minutes >= 0 AND escalation_minutes >= 0)",
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
