from odoo import api, fields, models


class TelephonyPbxPart(models.AbstractModel):
    """What belongs to one PBX, and is kept in memory for its events."""

    _name = "telephony.pbx.part"
    _description = "Part of a PBX"
    _check_company_auto = True

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_pbx(vals)
        parts = super().create(vals_list)
        self.env.registry.clear_cache()
        return parts

    def write(self, vals):
        self._check_pbx(vals)
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_pbx(self, vals):
        """Refuse to put something on a PBX that the user may not change.

        The rules of Odoo look at a record before it is written, not at where it goes.
        """
        if vals.get("pbx_id") and not self.env.su:
            self.env["telephony.pbx"].browse(vals["pbx_id"]).check_access("write")
