from odoo import models

from .telephony_call_tracking import SOURCES

#: How a call has the lead that came of it: made by itself, or on the card.
BORN = ("created", "chosen")


class TelephonyCall(models.Model):
    """The lead that a call becomes knows how it came about, and why."""

    _inherit = "telephony.call"

    def _vals_of_created_lead(self, user, partner):
        """Override since the lead comes by this call."""
        vals = super()._vals_of_created_lead(user, partner)
        channel = "callback" if self._promised() else "call"
        return {**vals, "tracking_channel": channel}

    def write(self, vals):
        """Override to let the touches of a lead go that the call is no more of."""
        if "lead_id" not in vals:
            return super().write(vals)
        before = (
            self.sudo().filtered(lambda call: call.tracking_state != "none").lead_id
        )
        done = super().write(vals)
        (before - self.sudo().lead_id).exists()._sync_touches()
        return done

    def _follow_up(self):
        """Override to give the lead what is known now, and to find its touches."""
        error = super()._follow_up()
        if self.tracking_state != "none":
            error = self._try_tracking(self._hand_on) or error
        return error

    def _hand_on(self):
        """Let the lead that came of this call have its source, and find its touches."""
        lead, touches = self.lead_id, self.env["telephony.tracking.touch"].sudo()
        if not lead:
            touches._sync_loose(self)
            return
        if self.match_reason in BORN and lead.create_date >= self.create_date:
            lead._give_source({name: self[name].id for name in SOURCES})
            if lead.tracking_channel in (False, "other"):
                lead.tracking_channel = "call"
        touches._sync_leads(lead)
