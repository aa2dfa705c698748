from odoo import api, fields, models


class TelephonyPbx(models.Model):
    """Which PBXs can have browsers for telephones."""

    _inherit = "telephony.pbx"

    can_softphone = fields.Boolean(compute="_compute_can_softphone")

    @api.depends("adapter")
    def _compute_can_softphone(self):
        for pbx in self:
            adapter = pbx._adapter(raise_if_unknown=False)
            pbx.can_softphone = bool(adapter and "softphone" in adapter.capabilities)
