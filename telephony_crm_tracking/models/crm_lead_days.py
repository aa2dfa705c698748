from odoo import models


class CrmLead(models.Model):
    """Leads are found by the days that the reports ask for."""

    _inherit = "crm.lead"

    _tracking_born = models.Index("(COALESCE(tracking_date, create_date))")
    _tracking_won = models.Index(
        "(tracking_won_date) WHERE tracking_won_date IS NOT NULL"
    )
    _tracking_earned = models.Index(
        "(tracking_revenue_date) WHERE tracking_revenue_date IS NOT NULL"
    )
