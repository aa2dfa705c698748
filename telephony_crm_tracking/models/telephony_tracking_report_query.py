"""The SQL of the report: visits, calls, leads and costs, row by row.

How the parts are made, and why they are fast: see `telephony_tracking_report_part`.
"""

from odoo.tools import SQL

from ..attribution.shares import WHOLE
from .telephony_tracking_report_part import (
    ALONE,
    BORN,
    CALL,
    COLUMNS,
    COST,
    COUNTED,
    EARNED,
    FRESH,
    NAMES,
    NUMBERED,
    TOUCH,
    WON,
    by_id,
    by_word,
    part,
    same,
)

#: Figures that are made of two others, each a sum; of a single row there are none.
RATIOS = {
    "cost_per_visit": "visits",
    "cost_per_call": "qualified",
    "cost_per_any_call": "calls",
    "cost_per_lead": "leads",
    "cost_per_sale": "won",
    "return_rate": "cost",
}
LEAD_BORN = SQL("COALESCE(l.tracking_date, l.create_date)")
#: What is a sale is said by `crm.lead`, as for those who are told of sales.
SOLD = SQL("l.tracking_sold_date")
IS_SOLD = SQL("%s IS NOT NULL", SOLD)
#: No advertisement has brought these calls, or nobody wants them. One of ours that has
#: won a missed one counts as that.
COUNTS = SQL(
    """
    v.spam IS NOT TRUE AND v.blocked IS NOT TRUE AND v.returns_ours IS NOT TRUE
    AND v.match_reason IS DISTINCT FROM 'own' AND v.not_qualified IS DISTINCT FROM 'won'
    """
)


def whole(scope):
    """Return the query of the whole report."""
    leads = _leads_by_money if scope.by_money else _leads_by_touch
    parts = [*_visits(scope), _calls(scope), *leads(scope), _costs(scope)]
    return SQL(
        """
        SELECT r.id, r.kind, r.res_id, r.date, r.company_id, r.currency_id, %(columns)s,
               COALESCE(r.revenue, 0) - COALESCE(r.cost, 0) AS profit, %(none)s
          FROM (%(parts)s) r
        """,
        parts=SQL(" UNION ALL ").join(parts),
        columns=SQL(", ").join(SQL.identifier("r", name) for name in COLUMNS),
        none=SQL(", ").join(
            SQL("NULL::numeric AS %s", SQL.identifier(name)) for name in RATIOS
        ),
    )


def _visits(scope):
    """Visits: those of the days that are counted, and those of the days since."""
    words = {name: SQL.identifier("v", name) for name in NAMES}
    yield part(
        scope,
        COUNTED,
        SQL("telephony_tracking_day v"),
        [scope.on_days(SQL("v.date")), scope.of_us(SQL("v.company_id"))],
        record=SQL("v.id"),
        names=by_word(scope, words),
        day=SQL("v.date"),
        **same("v", "keyword", "landing", "visits"),
    )
    if scope.is_counted():
        return
    terms = [scope.within(SQL("v.start_date")), scope.of_us(SQL("v.company_id"))]
    if scope.counted:
        # Says the same as the join, and PostgreSQL sees that few are left.
        terms.append(SQL("v.start_date >= %s", scope.counted))
    words = {
        name: SQL("NULLIF(lower(trim(%s)), '')", word) for name, word in words.items()
    }
    yield part(
        scope,
        FRESH,
        SQL(
            "telephony_tracking_site site JOIN telephony_tracking_visit v "
            "ON v.site_id = site.id "
            "AND v.start_date >= COALESCE(site.counted_until, '-infinity')"
        ),
        terms,
        record=SQL("v.id"),
        names=by_word(scope, words),
        moment=SQL("v.start_date"),
        **same("v", "keyword", "landing"),
        visits=SQL("1"),
    )


def _calls(scope):
    """Calls: who rang, and whom we rang since they had asked for it on a page."""
    moment = SQL("v.start_date")
    if not scope.by_money:
        moment = SQL("COALESCE(v.visit_date, v.start_date)")
    return part(
        scope,
        CALL,
        SQL("telephony_call v"),
        [
            SQL("(v.direction = 'inbound' OR v.tracking_state != 'none')"),
            COUNTS,
            scope.within(moment),
            scope.of_us(SQL("v.company_id")),
        ],
        record=SQL("v.id"),
        names=by_id(scope, _ids("v")),
        moment=moment,
        did_id=SQL("v.did_id"),
        keyword=SQL("v.visit_keyword"),
        landing=SQL("v.visit_landing"),
        calls=SQL("1"),
        qualified=SQL("v.qualified::int"),
    )


def _leads_by_touch(scope):
    """Leads by the day of what had led to them; without that, by their own."""
    share = SQL("t.%s::numeric / %s", SQL.identifier(scope.share), WHOLE)
    yield part(
        scope,
        TOUCH,
        SQL("telephony_tracking_touch t JOIN crm_lead l ON l.id = t.lead_id"),
        [
            SQL("t.%s > 0", SQL.identifier(scope.share)),
            scope.within(SQL("t.date")),
            scope.of_us(SQL("t.company_id")),
        ],
        record=SQL("l.id"),
        names=by_id(scope, _ids("t")),
        company=SQL("t.company_id"),
        id=SQL("t.id"),
        currency=SQL("l.tracking_currency_id"),
        moment=SQL("t.date"),
        **same("t", "keyword", "landing", "did_id"),
        leads=share,
        won=SQL("CASE WHEN %s THEN %s END", IS_SOLD, share),
        revenue=SQL("l.tracking_revenue * %s", share),
    )
    yield part(
        scope,
        ALONE,
        SQL("crm_lead l"),
        [
            SQL(
                "NOT EXISTS (SELECT FROM telephony_tracking_touch t "
                "WHERE t.lead_id = l.id)"
            ),
            scope.within(LEAD_BORN),
        ],
        record=SQL("l.id"),
        names=by_id(scope, _ids("l")),
        company=SQL("COALESCE(l.company_id, %s)", scope.own),
        currency=SQL("l.tracking_currency_id"),
        moment=LEAD_BORN,
        leads=SQL("1"),
        won=SQL("(%s)::int", IS_SOLD),
        revenue=SQL("l.tracking_revenue"),
    )


def _leads_by_money(scope):
    """Leads by the day they came about, were sold, and brought money: three times.

    Money comes on several days. A lead without touches is one row of each, with its own
    source.
    """
    share = SQL("COALESCE(t.%s::numeric / %s, 1)", SQL.identifier(scope.share), WHOLE)
    lead, its = SQL("crm_lead l"), SQL("COALESCE(t.id, l.id)")
    money = SQL("telephony_tracking_money m JOIN crm_lead l ON l.id = m.lead_id")
    for place, source, moment, more in (
        (BORN, lead, LEAD_BORN, {"leads": share}),
        (WON, lead, SOLD, {"won": share}),
        (
            EARNED,
            money,
            SQL("m.date"),
            {
                "revenue": SQL("m.amount * %s", share),
                "currency": SQL("m.currency_id"),
                "id": SQL("(m.number::bigint * %s + %s)", NUMBERED, its),
            },
        ),
    ):
        columns = {"id": its, "currency": SQL("l.tracking_currency_id"), **more}
        yield part(
            scope,
            place,
            SQL(
                "%s LEFT JOIN telephony_tracking_touch t "
                "ON t.lead_id = l.id AND t.%s > 0",
                source,
                SQL.identifier(scope.share),
            ),
            [SQL("%s IS NOT NULL", moment), scope.within(moment)],
            record=SQL("l.id"),
            names=by_id(
                scope,
                {
                    name: SQL("CASE WHEN t.id IS NULL THEN %s ELSE %s END", own, its)
                    for (name, own), its in zip(
                        _ids("l").items(), _ids("t").values(), strict=True
                    )
                },
            ),
            company=SQL("COALESCE(t.company_id, l.company_id, %s)", scope.own),
            twice=SQL("CASE WHEN t.id IS NULL THEN 1 ELSE 0 END"),
            moment=moment,
            **same("t", "keyword", "landing", "did_id"),
            **columns,
        )


def _costs(scope):
    return part(
        scope,
        COST,
        SQL("telephony_tracking_cost v"),
        [scope.on_days(SQL("v.date")), scope.of_us(SQL("v.company_id"))],
        record=SQL("v.id"),
        names=by_id(scope, _ids("v")),
        day=SQL("v.date"),
        **same("v", "keyword", "did_id", "clicks"),
        cost=SQL("v.amount_company"),
    )


def _ids(table):
    return {name: SQL.identifier(table, f"{name}_id") for name in NAMES}
