from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainOr
from odoo.tools import SQL

from ..attribution.shares import Model
from .telephony_tracking_day import midnight
from .telephony_tracking_report_part import Company, Scope
from .telephony_tracking_report_query import RATIOS, whole
from .telephony_tracking_touch import SHARES

#: What the views put into the context; what they do not, is the first of these.
MODEL, CLOCK = "telephony_model", "telephony_clock"
CLOCKS = ("touch", "money")
#: From the first to the last day that is asked for, found in the domain.
DAYS = "telephony_report_days"
A_DAY = timedelta(days=1)


def _money(words, help=""):
    return fields.Monetary(
        words, currency_field="currency_id", readonly=True, help=help
    )


def _ratio(words, help=""):
    return fields.Monetary(
        words,
        currency_field="currency_id",
        readonly=True,
        aggregator="avg",
        help=help or "Of the sums, not an average of averages.",
    )


class TelephonyTrackingReport(models.Model):
    """From the visit to the money: what advertising brought, and what it cost.

    Visits and calls count where they came from. Leads, sales and revenue are shared
    among what had led to them, by the model that is chosen; so halves of a lead are no
    mistake. There are two clocks: the day of the touch (what did the money earn that
    was spent then?), and the day of the money (what was spent and earned then?).
    """

    _name = "telephony.tracking.report"
    _description = "Return of Advertising"
    _auto = False
    _rec_name = "date"
    _order = "date desc, id desc"
    _depends = {
        "telephony.tracking.day": ["date", "visits"],
        "telephony.tracking.visit": ["start_date", "source", "medium", "campaign"],
        "telephony.tracking.alias": ["kind", "name", "source_id"],
        "telephony.tracking.touch": ["date", "lead_id", "source_id", *SHARES.values()],
        "telephony.tracking.cost": ["date", "amount_company", "clicks"],
        "telephony.tracking.pool": ["stands_for_id"],
        "telephony.did": ["pool_id"],
        "telephony.call": ["start_date", "visit_date", "qualified", "source_id"],
        "telephony.tracking.money": ["date", "amount"],
        "crm.lead": ["tracking_sold_date", "tracking_revenue"],
        "utm.source": ["name"],
        "utm.medium": ["name"],
        "utm.campaign": ["title"],
    }

    kind = fields.Selection(
        [
            ("visit", "Visits"),
            ("call", "Call"),
            ("lead", "Lead"),
            ("won", "Sale"),
            ("revenue", "Revenue"),
            ("cost", "Cost"),
        ],
        string="What",
        readonly=True,
    )
    res_id = fields.Integer("Record", readonly=True, aggregator=None)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Char(readonly=True)
    medium = fields.Char(readonly=True)
    campaign = fields.Char(readonly=True)
    keyword = fields.Char(readonly=True)
    landing = fields.Char("Landing Page", readonly=True)
    did_id = fields.Many2one("telephony.did", "Company Number", readonly=True)

    visits = fields.Integer(readonly=True)
    clicks = fields.Integer(readonly=True, help="As the advertiser counts them.")
    calls = fields.Integer(
        readonly=True, help="Without spam, blocked callers and numbers of yours."
    )
    qualified = fields.Integer(
        "Qualified Calls",
        readonly=True,
        help="Somebody new, with whom a person of ours talked for long enough.",
    )
    leads = fields.Float(readonly=True, digits=(16, 2))
    won = fields.Float("Sales", readonly=True, digits=(16, 2))
    revenue = _money("Revenue")
    cost = _money("Cost")
    profit = _money("Revenue Less Cost")
    cost_per_visit = _ratio("Cost per Visit")
    cost_per_call = _ratio("Cost per Call", help="Of qualified calls.")
    cost_per_any_call = _ratio("Cost per Any Call", help="Qualified or not.")
    cost_per_lead = _ratio("Cost per Lead")
    cost_per_sale = _ratio("Cost per Sale")
    return_rate = fields.Float(
        "Return",
        readonly=True,
        aggregator="avg",
        help="(Revenue − cost) ÷ cost: 100 % means that each unit of money came back, "
        "and as much again.",
    )

    # -- what is asked for -------------------------------------------------------------

    @property
    def _table_query(self):
        return whole(self._scope())

    @api.model
    def _scope(self):
        """Return the `Scope` that the context and the user's companies make."""
        model = self.env.context.get(MODEL)
        known = [one.value for one in Model]
        model = Model(model if model in known else Model.LAST_NON_DIRECT)
        companies = self.env["res.company"].sudo()
        if self.env.su:
            companies = companies.with_context(active_test=False).search([])
        else:
            companies = self.env.companies.sudo()
        zones = self.env["telephony.tracking.day"]._zones(companies)
        since, until = self.env.context.get(DAYS) or (None, None)
        return Scope(
            share=SHARES[model],
            by_money=self.env.context.get(CLOCK) == "money",
            companies=[
                Company(
                    company.id,
                    zones[company.id],
                    company.currency_id.id,
                    since and midnight(since, zones[company.id]),
                    until and midnight(until + A_DAY, zones[company.id]),
                )
                for company in companies
            ],
            own=self.env.company.id,
            since=since,
            until=until,
            lang=self.env.lang or "en_US",
            counted=self.env["telephony.tracking.day"]._counted_until(companies),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override to look at no other days than the domain speaks of.

        What says no more than that is done with then.
        """
        domain = Domain(domain).optimize_full(self)
        dated = self.with_context(**{DAYS: _days_of(domain)})
        rest = _without_days(domain)
        return super(TelephonyTrackingReport, dated)._search(rest, *args, **kwargs)

    # -- figures of sums ---------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        """Override since a cost per call is one sum divided by the other.

        Where there are several currencies, a return is none of numbers, so it is none.
        """
        name, _colon, function = aggregate_spec.partition(":")
        if name == "profit":
            revenue, cost = (
                super(TelephonyTrackingReport, self)._read_group_select(spec, query)
                for spec in (f"revenue:{function}", f"cost:{function}")
            )
            return SQL("COALESCE(%s, 0) - COALESCE(%s, 0)", revenue, cost)
        if name not in RATIOS or function not in ("avg", "sum", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        how = "sum_currency" if function == "sum_currency" else "sum"
        cost = super()._read_group_select(f"cost:{how}", query)
        below = super()._read_group_select(f"{RATIOS[name]}:sum", query)
        above = cost
        if name == "return_rate":
            revenue = super()._read_group_select("revenue:sum", query)
            above = SQL("(COALESCE(%s, 0) - %s)", revenue, cost)
        currency = self._field_to_sql(self._table, "currency_id", query)
        terms = SQL("TRUE")
        if how == "sum":
            terms = SQL("MIN(%s) IS NOT DISTINCT FROM MAX(%s)", currency, currency)
        return SQL("CASE WHEN %s THEN %s / NULLIF(%s, 0) END", terms, above, below)


def _days_of(domain):
    """Return the first and the last day that a domain speaks of.

    :param domain: optimised `Domain`
    :return: ``(since, until)``, each `None` where there is no limit
    """
    if isinstance(domain, DomainAnd | DomainOr):
        limits = [_days_of(child) for child in domain.children]
        since, until = ([each[i] for each in limits] for i in (0, 1))
        if isinstance(domain, DomainAnd):
            since, until = list(filter(None, since)), list(filter(None, until))
            return max(since, default=None), min(until, default=None)
        return (
            min(since) if all(since) else None,
            max(until) if all(until) else None,
        )
    if getattr(domain, "field_expr", None) != "date":
        return None, None
    value = domain.value
    if domain.operator == "in" and value and all(isinstance(d, date) for d in value):
        return min(value), max(value)
    if not isinstance(value, date):
        return None, None
    since = {">=": value, ">": value + A_DAY}.get(domain.operator)
    until = {"<=": value, "<": value - A_DAY}.get(domain.operator)
    return since, until


def _without_days(domain):
    """Return what a domain says besides limits that `_days_of` says as well."""
    children = domain.children if isinstance(domain, DomainAnd) else (domain,)
    return Domain.AND([child for child in children if not _is_limit(child)])


def _is_limit(domain):
    if getattr(domain, "field_expr", None) != "date":
        return False
    if domain.operator == "in" and len(domain.value) > 1:
        return False
    return _days_of(domain) != (None, None)
