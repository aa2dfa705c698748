from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are merged have each other's calls, and so their touches."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override to find the touches of the leads of both anew."""
        result = super()._update_values(src_partners, dst_partner)
        self.env.flush_all()
        self.env.invalidate_all()
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads.search([("partner_id", "=", dst_partner.id)])._sync_touches()
        return result
