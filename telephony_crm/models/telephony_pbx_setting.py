from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from ..tools import mask


class TelephonyPbxSetting(models.Model):
    """What an adapter needs beyond address, key and secret.

    The rows come from the adapter's own declaration, so that a new adapter
    needs no field, view or access rule of its own.
    """

    _name = "telephony.pbx.setting"
    _inherit = "telephony.pbx.part"
    _description = "PBX Setting"
    _order = "pbx_id, sequence, id"

    sequence = fields.Integer()
    key = fields.Char(required=True, readonly=True)
    label = fields.Char(compute="_compute_declaration")
    help = fields.Char(compute="_compute_declaration", string="Explanation")
    is_secret = fields.Boolean(compute="_compute_declaration")
    value = fields.Char(copy=False)
    secret_value = fields.Char(
        compute="_compute_secret_value", inverse="_inverse_secret_value", copy=False
    )
    secret_stored = fields.Char(groups=NO_ACCESS, copy=False)

    _key_unique = models.Constraint(
        "UNIQUE (pbx_id, key)", "A PBX has each setting once."
    )

    @api.depends("key", "pbx_id.adapter")
    def _compute_declaration(self):
        for setting in self:
            declared = setting.pbx_id._adapter_settings().get(setting.key)
            setting.label = declared.label if declared else setting.key
            setting.help = declared.help if declared else False
            setting.is_secret = bool(declared and declared.secret)

    @api.depends("secret_stored")
    def _compute_secret_value(self):
        for setting in self:
            setting.secret_value = mask.shown(setting.sudo().secret_stored)

    def _inverse_secret_value(self):
        for setting in self:
            if mask.is_new(setting.secret_value):
                setting.sudo().secret_stored = setting.secret_value

    def write(self, vals):
        if not self.env.su and set(vals) - {"value", "secret_value"}:
            raise AccessError(self.env._("The adapter says which settings there are."))
        return super().write(vals)
