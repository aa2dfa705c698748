from odoo import api, models

from ..pbx import softphone


class TelephonyDial(models.Model):
    """Whom a call in the browser is handed to: allowed and counted as all dialling."""

    _inherit = "telephony.dial"

    @api.model
    def softphone_target(self, number, call_id=False):
        """Tell what the user's softphone dials to hand a call over, or to ask first.

        :param number: in any spelling, or a colleague's extension
        :param call_id: of the call, as far as Odoo knows it
        :return: ``{"number": <as the PBX's phones dial it>}``, or ``{"message": <why
            not, in one sentence>}``
        :raises AccessError: for a call that is not the user's
        """
        extension = self.env["telephony.extension"]._softphone_of(self.env.user)
        if not extension:
            pbx = extension.pbx_id
            return {"message": self._in_words("no_extension", pbx, "")}
        calls = self.env["telephony.call"]
        call = calls._for_card(call_id) if call_id else calls
        wish = self._forward(call, extension, str(number or ""))
        if wish.state != "tied":
            return {"message": wish.message}
        settings = extension.pbx_id._credentials().settings
        return {"number": softphone.dialled(settings, wish.e164)}
