import uuid

from odoo import api, fields, models

from ..tools import transaction
from .telephony_dial import MAX_LENGTH


class TelephonyDial(models.Model):
    """What else a PBX is told that can: a reference, and the number to present."""

    _inherit = "telephony.dial"

    call_ref = fields.Char(
        string="PBX Reference",
        groups="telephony_crm.group_telephony_administrator",
        help="Given to the call before it exists, so that it is known again for sure.",
    )
    caller_id = fields.Char(
        string="Number Presented", help="The company number that the customer sees."
    )

    _by_call_ref = models.Index("(pbx_id, call_ref) WHERE call_ref IS NOT NULL")

    @api.model
    def _vals_of_pbx(self, pbx, extension, record, number):
        """Return what else the PBX is told.

        :param record: what was clicked on
        :param number: E.164 or an extension, to which nothing is presented
        """
        adapter = pbx._adapter(raise_if_unknown=False) if pbx else None
        if not adapter:
            return {}
        vals = {}
        if "call_ref" in adapter.capabilities:
            vals["call_ref"] = adapter.call_ref(uuid.uuid4().hex)
        if "caller_id" in adapter.capabilities and number and number[0] == "+":
            did = self.env["telephony.did"]._presented(pbx, extension, record)
            vals["caller_id"] = did.e164
        return vals

    def _announced_ref(self):
        """Return the reference that the user's telephone is told of, or ``""``."""
        self.ensure_one()
        pbx = self.pbx_id
        announced = self.call_ref and pbx._adapter().announces(pbx._credentials())
        return self.call_ref if announced else ""

    @api.model
    def _wish_of_ref(self, call):
        """Tie the wish whose reference the call has, if one was given."""
        self.env.cr.execute(
            """
            UPDATE telephony_dial SET state = 'tied', call_id = %s
             WHERE pbx_id = %s AND call_ref = %s AND state != 'refused'
         RETURNING id
            """,
            [call.id, call.pbx_id.id, call.call_ref],
        )
        wish = self.sudo().browse(row[0] for row in self.env.cr.fetchall())
        wish.invalidate_recordset(flush=False)
        return wish

    @api.model
    def _forward(self, call, extension, target):
        """Note that a call is to be sent on, if that may be; it counts as dialled.

        The same guard as for dialling: a call that is sent on to a number outside is
        paid by the company just the same.

        :param call: `telephony.call`; empty when Odoo does not know of it
        :param extension: whose part of the call it is
        :param target: a number or extension as somebody has typed it
        :return: the wish, ``tied`` to the call, or ``refused`` with its message
        """
        pbx = (call or extension).pbx_id.sudo()
        typed = "".join(char for char in target[:MAX_LENGTH] if char.isprintable())
        typed = typed.strip()
        number = self._read(typed, pbx, call)
        vals = {
            "user_id": self.env.uid,
            "company_id": pbx.company_id.id,
            "pbx_id": pbx.id,
            "extension_id": extension.id,
            "number": typed,
            "e164": number,
            "partner_id": call.sudo().partner_id.id,
            "lead_id": call.sudo().lead_id.id,
            "call_id": call.id,
            "state": "tied",
        }
        agent = extension.sudo().user_id
        with transaction.exclusive(self.env, "dial", pbx.id):
            reason = (
                self._guard(agent, pbx, number or typed)
                or (agent != self.env.user and self._limit_reached(self.env.user, pbx))
                or (not number and "unparsable")
            )
            return self._store(vals, reason, self.env.user, pbx)
