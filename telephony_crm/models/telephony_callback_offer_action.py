from odoo import api, models
from odoo.exceptions import AccessError, UserError


class TelephonyCallback(models.Model):
    """Call-backs that a dispatcher has the agents offered, and why one is refused."""

    _inherit = "telephony.callback"

    def action_offer(self):
        """Offer these to the agents at once, whatever has become of them before.

        :raises AccessError: for who is no dispatcher, or may not write on them
        :raises UserError: when the last of them may not be called, in a sentence
        """
        self._check_dispatcher()
        self.check_access("write")
        notification = False
        for callback in self.sudo().filtered(lambda one: one.state == "open"):
            pbx = callback.pbx_id
            if not pbx._offers_calls():
                raise UserError(
                    self.env._(
                        "%s does not offer call-backs; an administrator can have it do "
                        "so.",
                        pbx.name,
                    )
                )
            asked = self._request(pbx, callback.e164, "person")
            notification = self._notification_of(asked, pbx, callback.number_shown)
        return notification

    @api.model
    def _check_dispatcher(self):
        if not self.env.user.has_group("telephony_crm.group_telephony_dispatcher"):
            raise AccessError(
                self.env._("Only dispatchers offer call-backs to the agents.")
            )

    @api.model
    def _notification_of(self, asked, pbx, number):
        """Return the action that says what has become of a request.

        :param asked: see `_request`
        :raises UserError: when it was refused
        """
        _ = self.env._
        if asked.reason:
            raise UserError(self._refusal_in_words(asked.reason, pbx, number))
        count = len(asked.callback.offered_ids)
        if asked.callback.offer == "waiting":
            message = _("It is offered when the hours of call-backs begin.")
        elif asked.callback.offer == "accepted":
            message = _("%s is calling.", asked.callback.accepted_user_id.name)
        elif count:
            message = _("Offered to %s agents.", count)
        else:
            message = _("Nobody is free at the screen now; it is a call-back to make.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _refusal_in_words(self, reason, pbx, number):
        """Return one sentence for a user: why nobody is called there."""
        _ = self.env._
        names = {"number": number or "", "pbx": pbx.name}
        sentences = {
            "own": _("%(number)s is a number of yours.", **names),
            "blocked": _("%(number)s is blocked.", **names),
            "too_far": _("That is too far ahead."),
            "leads": _("Too many new leads at once."),
            "many_number": _(
                "%(number)s was called back as often as %(pbx)s allows within a day.",
                **names,
            ),
            "many_country": _(
                "The country of %(number)s was called back as often as %(pbx)s allows "
                "within a day; an administrator can raise the limit.",
                **names,
            ),
            "many_minutes": _(
                "The minutes that %(pbx)s may talk with the country of %(number)s "
                "within a day are used up; an administrator can allow more.",
                **names,
            ),
            "many_pbx": _(
                "%(pbx)s has called back as often as it may within a day; an "
                "administrator can raise the limit.",
                **names,
            ),
            "many_prefix": _("Too many requests came from one network."),
            "many_visitor": _("Too many requests came from one visitor."),
        }
        if reason in sentences:
            return sentences[reason]
        return self.env["telephony.dial"]._in_words(reason, pbx, number or "")
