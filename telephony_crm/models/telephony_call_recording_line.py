from odoo import models


class TelephonyCallRecording(models.Model):
    """A sound that has arrived shows in the chatters that are open."""

    _inherit = "telephony.call.recording"

    def write(self, vals):
        """Override to bring the line of the call up to date."""
        result = super().write(vals)
        if "state" in vals:
            self.call_id.filtered("message_id")._follow_up_later()
        return result
