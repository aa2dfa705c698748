from odoo import api, models


class ResCurrencyRate(models.Model):
    """A rate that was missing makes orders count that did not."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        short = leads.search([("tracking_is_short", "=", True)])
        self.env.add_to_compute(leads._fields["tracking_revenue"], short)
        return rates
