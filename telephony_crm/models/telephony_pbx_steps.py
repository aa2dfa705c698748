from odoo import models

from ..pbx import adapter as pbx_adapter


class TelephonyPbx(models.Model):
    """How a PBX is asked for what takes more than one request."""

    _inherit = "telephony.pbx"

    def _can(self, capability):
        """Tell whether the PBX is switched on and its adapter can do something."""
        self.ensure_one()
        adapter = self._adapter(raise_if_unknown=False)
        return bool(self.active and adapter and capability in adapter.capabilities)

    def _converse(self, steps):
        """Send what a conversation asks for, one after the other.

        What the caller has written is committed; no transaction is open meanwhile.

        :param steps: see `pbx.call_control.Steps`
        :return: what came of it
        :raises pbx.adapter.PbxError: the conversation ends with it
        """
        answer = None
        try:
            while True:
                answer = self._send(steps.send(answer))
        except StopIteration as end:
            return end.value

    def _in_words(self, error):
        """Override for what is said of a call that goes on."""
        _ = self.env._
        words = {
            "gone": _("The call is over."),
            "phone_away": _("Your phone is not connected to %s.", self.name),
            "alone": _("Nobody is at the other end of the call just now."),
            "no_hold": _(
                "%s cannot put calls on hold: its dialplan lacks what that takes. An "
                "administrator can test the connection.",
                self.name,
            ),
            "not_recorded": _("The call is not being recorded."),
            "number": _("This is no number that %s can dial.", self.name),
            "keys": _("A telephone has the keys 0 to 9, * and #."),
            "setting": _(
                "A setting of %s is wrong; an administrator can correct it.", self.name
            ),
            "ami_auth": _(
                "%s does not let the AMI user in. An administrator can test the "
                "connection.",
                self.name,
            ),
            "ami_permission": _(
                "%s does not permit this: the AMI user lacks a right. An "
                "administrator can test the connection.",
                self.name,
            ),
            "ami_unset": _(
                "%s can only do this with an AMI user, which is not set.", self.name
            ),
            "no_ari": _(
                "%s can only do this with ARI, which is not set up.", self.name
            ),
            "ami_off": _(
                "%s can only do this where AMI is served over HTTP.", self.name
            ),
        }
        if isinstance(error, pbx_adapter.PbxError) and error.code in words:
            return words[error.code]
        return super()._in_words(error)
