"""What addons bring that may not be installed: nothing here depends on one."""

from odoo import api, fields, models
from odoo.http import request


class CrmLead(models.Model):
    """A form of Odoo's own web site carries the visit in a hidden field."""

    _inherit = "crm.lead"

    telephony_visit = fields.Char(
        string="Key of the Visit",
        store=False,
        copy=False,
        help="A hidden field of this name in a web form is filled in by the script.",
    )

    def _register_hook(self):
        """Override to let forms fill in the field, where there are forms."""
        super()._register_hook()
        if "website_form_blacklisted" in self.env["ir.model.fields"]._fields:
            self.env.cr.execute(
                """
                UPDATE ir_model_fields SET website_form_blacklisted = FALSE
                 WHERE model = 'crm.lead' AND name = 'telephony_visit'
                   AND website_form_blacklisted IS DISTINCT FROM FALSE
                """
            )

    @api.model
    def _is_web_form(self):
        """Tell whether a form of Odoo's own web site is being sent."""
        return bool(request) and request.httprequest.path.startswith("/website/form/")
