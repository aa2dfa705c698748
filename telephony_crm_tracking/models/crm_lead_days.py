from odoo import models


class CrmLead(models.Model):
    """Leads are found by the days that the reports ask for."""

    _inherit = "crm.lead"

    _tracking_born = models.Index("(COALESCE(tracking_date, create_date))")
    _tracking_sold = models.Index(
        "(tracking_sold_date) WHERE tracking_sold_date IS NOT NULL"
    )
