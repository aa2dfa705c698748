from odoo import api, fields, models

#: What an order is worth changes with these, where there are orders.
OF_ORDERS = (
    "order_ids.state",
    "order_ids.amount_untaxed",
    "order_ids.currency_rate",
    "order_ids.order_line.invoice_lines.parent_state",
    "order_ids.order_line.invoice_lines.price_subtotal",
    "order_ids.order_line.invoice_lines.move_id.reversal_move_ids.state",
    "order_ids.order_line.invoice_lines.move_id.reversal_move_ids.amount_untaxed",
)
CHANGED = "telephony_crm_tracking.revenue_before"


class CrmLead(models.Model):
    """What a lead has earned.

    Its confirmed orders without what was credited, where there are orders; else what
    was expected of it, once it is won. Never both: to confirm an order raises what is
    expected.
    """

    _inherit = "crm.lead"

    tracking_revenue = fields.Monetary(
        string="Revenue",
        currency_field="tracking_currency_id",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
        help="Untaxed: confirmed orders less credit notes. Without an order, the "
        "expected revenue of a won opportunity.",
    )
    # That of the company, as it was: a lead without a company has the viewer's.
    tracking_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Revenue",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
    )
    # The day of the money; orders come before somebody marks the lead as won.
    tracking_revenue_date = fields.Datetime(
        string="Earned On",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
    )
    # Once an order was confirmed, what was expected counts no more: it is the order's.
    tracking_is_sold = fields.Boolean(
        compute="_compute_tracking_revenue", store=True, copy=False
    )
    tracking_is_short = fields.Boolean(
        string="Orders Without a Rate",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
        help="An order is in a currency that had no rate on its day.",
    )

    _short = models.Index("(id) WHERE tracking_is_short")

    @api.depends(lambda self: self._tracking_revenue_depends())
    def _compute_tracking_revenue(self):
        for lead in self:
            before = lead.tracking_revenue
            orders = lead._tracking_orders()
            lead.tracking_is_sold = bool(orders) or (
                lead.tracking_is_sold and lead.won_status == "won"
            )
            company = lead._tracking_company(orders)
            currency = lead.tracking_currency_id = company.currency_id
            lead.tracking_is_short = False
            if lead.tracking_is_sold:
                amounts = [lead._order_revenue(order, currency) for order in orders]
                lead.tracking_is_short = None in amounts
                revenue = sum(filter(None, amounts))
                date = min((order.date_order for order in orders), default=False)
            else:
                is_won = lead.won_status == "won"
                revenue = lead.expected_revenue if is_won else 0
                date = lead.tracking_won_date if is_won else False
            lead.tracking_revenue = revenue
            lead.tracking_revenue_date = date
            lead._note_revenue(before)

    @api.model
    def _tracking_revenue_depends(self):
        """Return what the revenue depends on, with the addons that are installed."""
        always = ("won_status", "tracking_won_date", "expected_revenue", "company_id")
        return always + (OF_ORDERS if "order_ids" in self._fields else ())

    def _tracking_company(self, orders):
        """Return the company in whose currency the lead earns."""
        self.ensure_one()
        return (
            self.company_id
            or (orders and orders[0].company_id)
            or self.sudo().touch_ids[:1].company_id
            or self.user_id.company_id
            or self.env.company
        )

    # -- a change ------------------------------------------------------------------

    def _note_revenue(self, before):
        """Have a change told to `_tracking_revenue_changed` when all is known.

        An order is confirmed, and the lead won, in one go: what lies between the
        first value and the last is nobody's business. Nor is what becomes known as
        this addon is installed, or updated.
        """
        if self != self._origin or not self.env.registry.ready:
            return
        precommit = self.env.cr.precommit
        if CHANGED not in precommit.data:
            precommit.data[CHANGED] = {}
            precommit.add(self.env["crm.lead"].sudo()._tell_revenue)
        precommit.data[CHANGED].setdefault(self.id, before)

    @api.model
    def _tell_revenue(self):
        noted = self.env.cr.precommit.data.pop(CHANGED, {})
        leads = self.browse(noted).exists()
        changed = leads.filtered(
            lambda lead: lead.tracking_currency_id.compare_amounts(
                lead.tracking_revenue, noted[lead.id]
            )
        )
        if changed:
            changed._tracking_revenue_changed(
                {lead.id: noted[lead.id] for lead in changed}
            )

    def _tracking_revenue_changed(self, before):
        """Do what has to be done once revenues have become others; nothing here.

        Called as superuser before the transaction is committed, or whatever part of it
        is done by itself (a savepoint).

        :param before: ``{lead id: revenue that it had}``
        """
