from odoo import api, fields, models
from odoo.exceptions import AccessError

# With these an activity takes its call-back along.
FOLLOWED = frozenset({"user_id", "date_deadline"})


class MailActivity(models.Model):
    """An activity that mirrors a call-back: what is done to one is done to both.

    Whoever may write on a contact may change its activities, which does not make
    everybody's call-backs theirs.
    """

    _inherit = "mail.activity"

    telephony_callback_ids = fields.One2many("telephony.callback", "activity_id")
    telephony_refusal = fields.Char(
        compute="_compute_telephony_refusal",
        compute_sudo=True,
        help="Why the number of its call-back may not be dialled.",
    )

    @api.depends("telephony_callback_ids.refusal")
    def _compute_telephony_refusal(self):
        for activity in self:
            activity.telephony_refusal = activity.telephony_callback_ids[:1].refusal

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "telephony_refusal"]

    def write(self, vals):
        """Override to hand a call-back over, or put it off, with its activity."""
        if FOLLOWED.isdisjoint(vals) and vals.get("active", True):
            return super().write(vals)
        callbacks = self._telephony_callbacks()
        result = super().write(vals)
        if not FOLLOWED.isdisjoint(vals):
            for callback in callbacks:
                callback._follow_activity()
        if not vals.get("active", True) and not self.env.su:
            self._close_telephony(callbacks)
        return result

    def unlink(self):
        """Override to close the call-backs that a person calls off.

        When their lead or contact is deleted they go on, see the caller's mixin.
        """
        callbacks = self._telephony_callbacks()
        if self.env.su:
            return super().unlink()
        callbacks._locked()
        result = super().unlink()
        self._close_telephony(callbacks)
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override to close the call-backs with them."""
        callbacks = self._telephony_callbacks()._locked()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self._close_telephony(callbacks)
        return result

    def _telephony_callbacks(self):
        """Return their open call-backs; raise if the user has no right to one.

        Who is to ring back has it, even without a role in telephony.
        """
        callbacks = self.sudo().telephony_callback_ids
        callbacks = callbacks.filtered(lambda one: one.state == "open")
        user = self.env.user
        for callback in callbacks.filtered(lambda one: one.user_id != user):
            if not self.env.su and not callback.with_user(user).has_access("write"):
                raise AccessError(
                    self.env._(
                        "This activity is a call-back of somebody else. Ask them, or "
                        "a supervisor of theirs, to change it."
                    )
                )
        return callbacks

    def _close_telephony(self, callbacks):
        for callback in callbacks:
            callback._close(user=self.env.user)
