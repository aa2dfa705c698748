from odoo import models, tools

from ..tools.sms_api import SmsApiPbx


class ResCompany(models.Model):
    """A company may send its text messages through its PBX."""

    _inherit = "res.company"

    def _get_sms_api_class(self):
        """Override to send through the PBX where one is chosen for it."""
        self.ensure_one()
        return SmsApiPbx if self._sms_pbx() else super()._get_sms_api_class()

    def _sms_pbx(self):
        """Return the PBX that sends the text messages of this company, or none."""
        self.ensure_one()
        return self.env["telephony.pbx"].sudo().browse(self._sms_pbx_id())

    @tools.ormcache("self.id")
    def _sms_pbx_id(self):
        pbxs = self.env["telephony.pbx"].sudo()
        return pbxs.search([("company_id", "=", self.id), ("sms", "=", True)]).id
