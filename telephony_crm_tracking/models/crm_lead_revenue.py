from odoo import api, fields, models

#: What an order is worth changes with these, where there are orders.
OF_ORDERS = (
    "order_ids.state",
    "order_ids.amount_untaxed",
    "order_ids.date_order",
    "order_ids.currency_rate",
    "order_ids.order_line.invoice_lines.parent_state",
    "order_ids.order_line.invoice_lines.price_subtotal",
    "order_ids.order_line.invoice_lines.move_id.invoice_date",
    "order_ids.order_line.invoice_lines.move_id.reversal_move_ids.state",
    "order_ids.order_line.invoice_lines.move_id.reversal_move_ids.invoice_date",
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
    # A lead is a sale if and only if it has this: orders come before somebody marks it
    # as won, and one that is won with none, or after they were cancelled, is one, too.
    tracking_sold_date = fields.Datetime(
        string="Sold On",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
        help="The day of its first order; without an order, on which it was won.",
    )
    # Orders decide whether it is a sale, also when they are cancelled while it is won.
    tracking_is_sold = fields.Boolean(
        compute="_compute_tracking_revenue", store=True, copy=False
    )
    # What was expected when it last had orders, which raise it: that is theirs, and
    # counts no more when they are cancelled, until somebody expects something else.
    tracking_ordered = fields.Monetary(
        currency_field="company_currency",
        compute="_compute_tracking_revenue",
        store=True,
        copy=False,
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
        money = {}
        for lead in self:
            before, was_sold = lead.tracking_revenue, lead.tracking_sold_date
            orders = lead._tracking_orders()
            expected, is_won = lead.expected_revenue, lead.won_status == "won"
            if orders:
                lead.tracking_ordered = expected
            elif lead.tracking_ordered != expected:
                lead.tracking_ordered = 0
            is_theirs = lead.tracking_ordered == expected
            lead.tracking_is_sold = bool(orders) or (
                lead.tracking_is_sold and is_won and is_theirs
            )
            currency = lead._tracking_company(orders).currency_id
            lead.tracking_currency_id = currency
            brought = [lead._order_money(order, currency) for order in orders]
            lead.tracking_is_short = None in brought
            rows = [row for each in filter(None, brought) for row in each]
            sold = min((order.date_order for order in orders), default=False)
            if is_won and not lead.tracking_is_sold:
                sold = lead.tracking_won_date
                if not is_theirs:
                    rows.append((sold, currency.round(expected), lead))
            lead.tracking_sold_date = sold
            lead.tracking_revenue = sum(amount for _moment, amount, _record in rows)
            if lead == lead._origin and (rows or was_sold):
                money[lead.id] = [
                    (moment, amount, currency.id, record)
                    for moment, amount, record in sorted(rows, key=lambda row: row[0])
                ]
            lead._note_revenue(before, was_sold)
        self.env["telephony.tracking.money"]._keep(money)

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

    def _note_revenue(self, before, was_sold):
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
        precommit.data[CHANGED].setdefault(self.id, (before, was_sold))

    @api.model
    def _tell_revenue(self):
        noted = self.env.cr.precommit.data.pop(CHANGED, {})
        leads = self.browse(noted).exists()
        changed = leads.filtered(lambda lead: lead._has_changed(*noted[lead.id]))
        if changed:
            changed._tracking_revenue_changed(
                {lead.id: noted[lead.id][0] for lead in changed}
            )

    def _has_changed(self, before, was_sold):
        """Tell whether the revenue is another one, or whether and when it is a sale.

        An order of nothing is a sale, too: a trial that is free, say.
        """
        own = self.tracking_revenue
        is_other = self.tracking_currency_id.compare_amounts(own, before) != 0
        return is_other or self.tracking_sold_date != was_sold

    def _tracking_revenue_changed(self, before):
        """Do what has to be done once revenues have become others; nothing here.

        Called as superuser before the transaction is committed, or whatever part of it
        is done by itself (a savepoint).

        :param before: ``{lead id: revenue that it had}``
        """
