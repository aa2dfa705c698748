from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..attribution.clean import keyword
from ..tools.rates import Rates

#: What the row of an import says itself.
IMPORTED = (
    "date",
    "source_id",
    "medium_id",
    "campaign_id",
    "keyword",
    "did_id",
    "amount",
    "currency_id",
    "amount_company",
    "clicks",
)
NOW = "now() AT TIME ZONE 'UTC'"


class TelephonyTrackingCost(models.Model):
    """What advertising cost on one day.

    A cost of a longer time is a row for each of its days, so that every report finds
    what it asks for, whatever days it is about. What it is worth in the company's
    currency is written once, at the day's rate, and stays.
    """

    _name = "telephony.tracking.cost"
    _description = "Cost of Advertising"
    _rec_name = "feed"
    _order = "date DESC, id DESC"
    _check_company_auto = True

    feed = fields.Char(
        required=True,
        index=True,
        help="Where the cost comes from, such as “Google Ads, search”. An import "
        "replaces what its feed had said of the same days, and nothing else.",
    )
    date = fields.Date(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source_id = fields.Many2one("utm.source", index="btree_not_null")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null")
    keyword = fields.Char()
    did_id = fields.Many2one(
        "telephony.did",
        "Company Number",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The number that was advertised, such as the one on a leaflet.",
    )
    # Neither is rounded: a keyword may cost less than a cent a day, and thousands of
    # them sum to what was paid.
    amount = fields.Float(digits=0, required=True, aggregator=None)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount_company = fields.Float(
        "Cost",
        digits=0,
        compute="_compute_amount_company",
        store=True,
        help="In the currency of the company, at the rate of the day.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    clicks = fields.Integer()

    _by_day = models.Index("(company_id, date)")
    _by_feed = models.Index("(company_id, feed, date)")

    @api.depends("amount", "currency_id", "company_id", "date")
    def _compute_amount_company(self):
        rates = {company: Rates(company) for company in self.company_id}
        for cost in self:
            cost.amount_company = cost.amount * (cost._rate(rates) or 0)

    @api.constrains("currency_id", "company_id", "date")
    def _check_rate(self):
        rates = {company: Rates(company) for company in self.company_id}
        for cost in self:
            if cost._rate(rates) is None:
                raise ValidationError(cost._no_rate(cost.currency_id, cost.date))

    def _rate(self, rates):
        """Return what one of the cost's currency is worth on its day.

        :param rates: `Rates` of each company
        :return: `None` when nobody knows
        """
        if not (self.company_id and self.currency_id and self.date):
            return None
        own = self.company_id.currency_id
        return rates[self.company_id].get(self.currency_id, own, self.date)

    @api.model_create_multi
    def create(self, vals_list):
        """Override since keywords meet those of addresses whatever their spelling."""
        return super().create([_with_keyword(vals) for vals in vals_list])

    def write(self, vals):
        """Override for the same reason."""
        return super().write(_with_keyword(vals))

    @api.model
    def _no_rate(self, currency, day):
        """Say that nobody knows what a currency is worth on a day."""
        return self.env._(
            "%(currency)s has no rate for %(day)s. Enter one under Accounting or "
            "Settings, Currencies.",
            currency=currency.name,
            day=fields.Date.to_string(day),
        )

    @api.model
    def _replace(self, feed, company, span, rows):
        """Have these rows in the place of what a feed had said of the same days.

        In SQL, since a report may have a hundred thousand: they are gone and there in
        seconds, within the time that a request has.

        :param span: the first and the last day
        :param rows: dicts of `IMPORTED`, with ids for records
        """
        for operation in ("create", "unlink"):
            self.check_access(operation)
        if company not in self.env.companies:
            raise AccessError(self.env._("These are costs of another company."))
        self.env.flush_all()
        self.env.cr.execute(
            """
            DELETE FROM telephony_tracking_cost
             WHERE feed = %s AND company_id = %s AND date BETWEEN %s AND %s
            """,
            [feed, company.id, *span],
        )
        always = (feed, company.id, self.env.uid, self.env.uid)
        self.env.cr.execute_values(
            f"""
            INSERT INTO telephony_tracking_cost (
                feed, company_id, create_uid, write_uid, create_date, write_date,
                {", ".join(IMPORTED)}
            ) VALUES %s
            """,
            [(*always, *(row[name] for name in IMPORTED)) for row in rows],
            template=f"(%s, %s, %s, %s, {NOW}, {NOW}{', %s' * len(IMPORTED)})",
            page_size=1_000,
        )
        self.invalidate_model()


def _with_keyword(vals):
    said = vals.get("keyword")
    return {**vals, "keyword": keyword(said) or False} if said else vals
