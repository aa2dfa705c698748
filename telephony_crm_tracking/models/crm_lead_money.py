from odoo import models
from odoo.tools import SQL, sql


class CrmLead(models.Model):
    """Leads that had earned before their money was kept day by day."""

    _inherit = "crm.lead"

    def _auto_init(self):
        """Override to keep what is known of sales, rather than reckon it anew.

        That would be too early: orders are known when all addons are loaded.
        """
        cr, table = self.env.cr, self._table
        has = sql.table_columns(cr, table)
        if "tracking_revenue_date" in has and "tracking_sold_date" not in has:
            sql.create_column(cr, table, "tracking_sold_date", "timestamp")
            sql.create_column(cr, table, "tracking_ordered", "numeric")
            cr.execute(
                """
                UPDATE crm_lead
                   SET tracking_sold_date = tracking_revenue_date,
                       tracking_ordered = expected_revenue * tracking_is_sold::int
                 WHERE tracking_revenue_date IS NOT NULL OR tracking_is_sold
                """
            )
        return super()._auto_init()

    def _register_hook(self):
        """Override to write the rows of money once all addons are there."""
        super()._register_hook()
        if "telephony_crm_tracking" in self.pool.updated_modules:
            self._fill_money()

    def _fill_money(self):
        """Have leads that were sold have their rows of money, where they have none."""
        sold = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_lead
                 WHERE tracking_sold_date IS NOT NULL
                   AND NOT EXISTS (SELECT FROM telephony_tracking_money m
                                    WHERE m.lead_id = crm_lead.id)
                """
            )
        )
        leads = self.browse(id_ for [id_] in sold)
        self.env.add_to_compute(self._fields["tracking_revenue"], leads)
