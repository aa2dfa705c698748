import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..pbx import adapter as pbx_adapter
from ..tools import transaction
from .telephony_call_control import SUPERVISES


class TelephonyCall(models.Model):
    """Supervisors hear what is said, whisper to the agent, or join.

    Each use is noted before the PBX is asked, and nobody can take it back.
    """

    _inherit = "telephony.call"

    can_supervise = fields.Boolean(compute="_compute_can_supervise")

    def _compute_can_supervise(self):
        for call in self:
            call.can_supervise = bool(
                call.state == "in_progress"
                and call._is_supervised()
                and call.pbx_id.sudo()._can("supervise")
                and call._channel_of(call._talking_part())
            )

    def action_listen(self):
        """Ring the supervisor, who then hears both and is not heard."""
        return self._supervise("listen")

    def action_whisper(self):
        """Ring the supervisor, whom then only the agent hears."""
        return self._supervise("whisper")

    def action_barge(self):
        """Ring the supervisor, who then talks with both."""
        return self._supervise("barge")

    def _talking_part(self):
        """Return the leg of the agent who talks."""
        self.ensure_one()
        return self.sudo().leg_ids.filtered(
            lambda leg: leg.kind == "agent" and leg.state == "in_progress"
        )[-1:]

    def _supervise(self, mode):
        """Have the PBX connect the user, and leave a trace of it.

        :param mode: ``listen``, ``whisper`` or ``barge``
        :raises AccessError: for whoever is no supervisor of the call's team
        :raises UserError: when it cannot be done, with the reason
        """
        self.ensure_one()
        self.check_access("read")
        if mode not in SUPERVISES or not self._is_supervised():
            raise AccessError(
                self.env._("Only a supervisor of the team can join its calls.")
            )
        pbx, leg = self.pbx_id.sudo(), self._talking_part()
        own = self._own_extension()
        if leg.user_id == self.env.user:
            raise UserError(self.env._("You are in this call already."))
        if not self.can_supervise:
            raise UserError(self.env._("Nobody of yours talks in this call any more."))
        noted = self._note_control(leg, mode)
        try:
            pbx._converse(
                pbx._adapter().supervise(
                    pbx._credentials(),
                    self._channel_of(leg),
                    own.number,
                    mode,
                    secrets.token_hex(16),
                )
            )
        except pbx_adapter.PbxError as error:
            transaction.begin(self.env)
            message = pbx._in_words(error)
            noted.write({"state": "failed", "message": message})
            return self._tell("danger", message)
        transaction.begin(self.env)
        noted.state = "done"
        return self._tell(
            "info", self.env._("Your phone rings; take it up to be connected.")
        )

    def _own_extension(self):
        """Return the user's extension on the PBX of the call."""
        extension = self.env["telephony.extension"].sudo()
        extension = extension.search(
            [("pbx_id", "=", self.pbx_id.id), ("user_id", "=", self.env.uid)], limit=1
        )
        if not extension:
            raise UserError(
                self.env._("You have no extension on %s.", self.pbx_id.sudo().name)
            )
        return extension

    def _tell(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": False},
        }
