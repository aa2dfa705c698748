from odoo import fields, models


class MailActivity(models.Model):
    """An activity that mirrors a call-back: what is done to one is done to both."""

    _inherit = "mail.activity"

    telephony_callback_ids = fields.One2many("telephony.callback", "activity_id")

    def write(self, vals):
        """Override to hand a call-back over, or put it off, with its activity."""
        result = super().write(vals)
        if not {"user_id", "date_deadline"}.isdisjoint(vals):
            for callback in self.sudo().telephony_callback_ids:
                callback._follow_activity()
        return result

    def action_cancel(self):
        """Override to close the call-backs that a person calls off."""
        callbacks = self.sudo().telephony_callback_ids._locked()
        result = super().action_cancel()
        for callback in callbacks:
            callback._close(user=self.env.user)
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override to close the call-backs with them."""
        callbacks = self.sudo().telephony_callback_ids._locked()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for callback in callbacks:
            callback._close(user=self.env.user)
        return result
