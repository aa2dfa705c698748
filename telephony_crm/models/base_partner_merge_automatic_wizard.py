from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts are merged by SQL on whatever table refers to them."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override to move the numbers first: a double would stop the merge."""
        self.env["telephony.number"]._move(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override to finish when the values of the merged contact are known."""
        result = super()._update_values(src_partners, dst_partner)
        self.env["telephony.number"]._drop_doubles(dst_partner)
        self.env["telephony.call"]._move_owner_of(dst_partner)
        self.env["telephony.callback"]._hand_over_of(dst_partner)
        return result
