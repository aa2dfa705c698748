from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import transaction


class TelephonyDial(models.Model):
    """The call that somebody has accepted to make, who was offered a call-back."""

    _inherit = "telephony.dial"

    callback_id = fields.Many2one(
        "telephony.callback", ondelete="set null", index="btree_not_null"
    )

    @api.model
    def _fulfil(self, callback):
        """Have the user's own phone rung, then the customer who has asked for it.

        As every dialling: with the guard, the limits, and the call tied to the wish.

        :param callback: as superuser; the user has accepted it
        :return: the wish, as superuser
        """
        user = self.env.user
        if callback.offer != "accepted" or callback.accepted_user_id != user:
            raise AccessError(self.env._("Nobody is called who nobody has accepted."))
        pbx = callback.pbx_id
        extension = callback._extensions().filtered(lambda one: one.user_id == user)[:1]
        vals = {
            "user_id": user.id,
            "company_id": callback.company_id.id,
            "pbx_id": pbx.id,
            "extension_id": extension.id,
            "number": callback.e164,
            "e164": callback.e164,
            "partner_id": callback.partner_id.id,
            "lead_id": callback.lead_id.id,
            "callback_id": callback.id,
            **self._vals_of_pbx(pbx, extension, callback, callback.e164),
        }
        with transaction.exclusive(self.env, "dial", pbx.id):
            reason = (not extension and "no_extension") or self._guard(
                user, pbx, callback.e164
            )
            wish = self._store(vals, reason, user, pbx)
        if wish.state == "sent":
            wish._originate()
        return wish
