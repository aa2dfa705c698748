from odoo import models
from odoo.tools import SQL, split_every, sql

#: So many leads are read, with their orders and invoices, before others are.
AT_ONCE = 1_000


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
        """Have leads that have earned have their rows of money, where they have none.

        Those that were won with nothing never have any. What was credited altogether is
        no revenue, but came in on one day and was given back on another.
        """
        earned = SQL("tracking_revenue <> 0")
        if "order_ids" in self._fields:
            earned = SQL(
                """
                %s OR EXISTS (SELECT FROM sale_order o
                               WHERE o.opportunity_id = crm_lead.id
                                 AND o.state = 'sale' AND o.amount_untaxed <> 0)
                """,
                earned,
            )
        sold = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_lead
                 WHERE tracking_sold_date IS NOT NULL AND (%s)
                   AND NOT EXISTS (SELECT FROM telephony_tracking_money m
                                    WHERE m.lead_id = crm_lead.id)
                 ORDER BY id
                """,
                earned,
            )
        )
        revenue = self._fields["tracking_revenue"]
        for ids in split_every(AT_ONCE, (id_ for [id_] in sold)):
            self.env.add_to_compute(revenue, self.browse(ids))
            self.env.invalidate_all()  # written first, and then no more in memory
