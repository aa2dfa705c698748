from odoo import models

ADDRESS = "web.base.url"


class IrConfigParameter(models.Model):
    """Where Odoo is found, which stands in the pages of its own web site."""

    _inherit = "ir.config_parameter"

    def write(self, vals):
        """Override to have the lines in those pages lead to where it is found now."""
        done = super().write(vals)
        if "value" in vals and ADDRESS in self.mapped("key"):
            sites = self.env["telephony.tracking.site"].sudo().search([])
            sites.invalidate_recordset(["script_url", "snippet"])
            sites._put_line()
        return done
