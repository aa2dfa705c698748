"""Odoo's text messages over a PBX, as one more provider of Odoo's own ``sms``."""

from odoo.addons.sms.tools.sms_api import SmsApiBase


class SmsApiPbx(SmsApiBase):
    """Sends through the PBX that a company has chosen for it.

    What the results' states mean, see `telephony.pbx._send_sms`. A message of which
    there is no result was not taken for the moment, and is sent later.
    """

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        "country_not_supported": "sms_country_not_supported",
        "insufficient_credit": "sms_credit",
        "unregistered": "sms_acc",
        "refused": "telephony_refused",
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Override to send each message by a request of its own."""
        pbx = self.company._sms_pbx().with_env(self.env).sudo()
        results = []
        for message in messages:
            for to in message["numbers"]:
                result = pbx._send_sms(to["number"], message["content"])
                if result:
                    results.append({"uuid": to["uuid"], **result})
        return results
