"""Parts of the SQL of the report: rows of one kind, each with its day and its origin.

All have the same columns, and are put together by nothing but UNION ALL: so PostgreSQL
leaves out what is not asked for, and the tables that only that needs. Days that are
asked for become moments here, which indexes find; that of a row is only reckoned where
it is shown.
"""

from datetime import date, datetime
from typing import NamedTuple

from odoo.tools import SQL

NAMES = ("source", "medium", "campaign")
#: Each part has ids of its own: ``id * PARTS + part``; see `twice` for the odd ones.
PARTS = 16
COUNTED, FRESH, CALL, TOUCH, ALONE, COST = range(6)
BORN, WON, EARNED = 6, 8, 10
NUMBERED = 2**31  #: above an id: which of a lead's rows of money it is
KINDS = {
    COUNTED: "visit",
    FRESH: "visit",
    CALL: "call",
    TOUCH: "lead",
    ALONE: "lead",
    COST: "cost",
    BORN: "lead",
    WON: "won",
    EARNED: "revenue",
}
#: What a row may have, and its type. Shares of leads are exact: they sum to whole ones.
COLUMNS = {
    **dict.fromkeys(NAMES, "text"),
    "keyword": "text",
    "landing": "text",
    "did_id": "int",
    "visits": "int",
    "calls": "int",
    "qualified": "int",
    "leads": "numeric",
    "won": "numeric",
    "revenue": "numeric",
    "cost": "numeric",
    "clicks": "int",
}


class Company(NamedTuple):
    """What a company's days are.

    :param begin: of the first day that is asked for, naive UTC; `None`: any
    :param end: of the last one; `None`: any
    """

    id: int
    tz: str
    currency_id: int
    begin: datetime | None
    end: datetime | None


class Scope(NamedTuple):
    """What the report is about.

    :param share: column of `telephony.tracking.touch`: whose share of a lead counts
    :param by_money: the day is that on which something happened; else that of the
        touch that had led to it
    :param companies: list of `Company`
    :param own: the company of leads that have none
    :param since: the first day that is asked for, or `None`
    :param until: the last one, or `None`
    :param lang: in which campaigns are named
    :param counted: until when the visits of all sites are counted, naive UTC; `None`:
        those of some are not at all
    """

    share: str
    by_money: bool
    companies: list
    own: int
    since: date | None
    until: date | None
    lang: str
    counted: datetime | None

    def on_days(self, column):
        """Return the condition that a day is one of those that are asked for."""
        terms = [SQL("TRUE")]
        if self.since:
            terms.append(SQL("%s >= %s", column, self.since))
        if self.until:
            terms.append(SQL("%s <= %s", column, self.until))
        return SQL(" AND ").join(terms)

    def within(self, moment):
        """Return the condition that a moment is within those days of the company.

        And before that of any, which an index finds.
        """
        terms = [SQL("TRUE")]
        if self.since:
            first = min(company.begin for company in self.companies)
            terms.append(SQL("%s >= %s", moment, first))
            terms.append(SQL("%s >= own.begin", moment))
        if self.until:
            last = max(company.end for company in self.companies)
            terms.append(SQL("%s < %s", moment, last))
            terms.append(SQL('%s < own."end"', moment))
        return SQL(" AND ").join(terms)

    def is_counted(self):
        """Tell whether the visits of all days that are asked for are counted."""
        ends = [company.end for company in self.companies]
        return bool(self.counted and self.until and self.counted >= max(ends))

    def of_us(self, column):
        """Return the condition that something is of one of the companies."""
        return SQL("%s = ANY(%s)", column, [company.id for company in self.companies])


def part(scope, place, source, terms, record, names, company=None, **columns):
    """Return one part of the report.

    :param place: which one
    :param source: what stands after FROM
    :param terms: conditions
    :param record: the id of the record that a row is about
    :param names: see `by_id` and `by_word`
    :param company: its id, if it is not that of ``v``
    :param columns: ``moment`` or ``day``; ``id`` and ``currency`` where they are not
        the obvious ones; ``twice``: 1 for rows whose ids are of another table; those
        of `COLUMNS`, ``did_id`` as it is stored
    """
    joins, named = names
    columns = {**columns, **named}
    if did := columns.get("did_id"):
        joins = SQL(
            "%s LEFT JOIN telephony_did did ON did.id = %s "
            "LEFT JOIN telephony_tracking_pool pool ON pool.id = did.pool_id",
            joins,
            did,
        )
        columns["did_id"] = SQL("COALESCE(pool.stands_for_id, %s)", did)
    day = columns.get("day") or SQL(
        "timezone(own.tz, timezone('UTC', %s))::date", columns.get("moment")
    )
    return SQL(
        """
        SELECT %(id)s::bigint * %(parts)s + %(place)s AS id, %(kind)s::text AS kind,
               %(record)s AS res_id, %(day)s AS date, own.id AS company_id,
               COALESCE(%(currency)s, own.currency_id) AS currency_id, %(columns)s
          FROM %(source)s
          JOIN (VALUES %(companies)s) own (id, tz, currency_id, begin, "end")
            ON own.id = %(company)s
          %(joins)s
         WHERE %(terms)s
        """,
        id=columns.get("id", record),
        parts=PARTS,
        place=SQL("%s + %s", place, columns.get("twice", SQL("0"))),
        kind=KINDS[place],
        record=record,
        day=day,
        currency=columns.get("currency", SQL("NULL::int")),
        columns=SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                columns.get(name, SQL("NULL")),
                SQL(kind),
                SQL.identifier(name),
            )
            for name, kind in COLUMNS.items()
        ),
        source=source,
        companies=SQL(", ").join(
            SQL("(%s, %s, %s, %s::timestamp, %s::timestamp)", *one)
            for one in scope.companies
        ),
        company=company or SQL("v.company_id"),
        joins=joins,
        terms=SQL(" AND ").join(terms),
    )


def by_id(scope, ids):
    """Return the joins and columns that name records; ``ids``: SQL by `NAMES`."""
    joins = [
        SQL(
            "LEFT JOIN %s %s ON %s = %s",
            SQL.identifier(f"utm_{name}"),
            SQL.identifier(f"of_{name}"),
            SQL.identifier(f"of_{name}", "id"),
            ids[name],
        )
        for name in NAMES
    ]
    named = {name: _name(scope, name, f"of_{name}") for name in NAMES}
    return SQL(" ").join(joins), named


def by_word(scope, words):
    """Return the same of words in lower case, which mean a record if there is one."""
    joins, named = [], {}
    for name in NAMES:
        known = SQL.identifier(f"of_{name}")
        joins.append(
            SQL(
                "LEFT JOIN (%s) %s ON %s.word = %s",
                _meanings(scope, name),
                known,
                known,
                words[name],
            )
        )
        named[name] = SQL("COALESCE(%s.name, %s)", known, words[name])
    return SQL(" ").join(joins), named


def _meanings(scope, name):
    """Return the query of what words mean, as where a call gets its source.

    An alias says more than a name; of equal names the oldest counts.
    """
    return SQL(
        """
        SELECT DISTINCT ON (1) lower(said.name) AS word, %(named)s AS name
          FROM (SELECT name, %(column)s AS id, 0 AS place
                  FROM telephony_tracking_alias WHERE kind = %(kind)s
                 UNION ALL
                SELECT name, id, 1 FROM %(table)s) said
          JOIN %(table)s meant ON meant.id = said.id
         ORDER BY 1, said.place, said.id
        """,
        named=_name(scope, name, "meant"),
        column=SQL.identifier(f"{name}_id"),
        kind=name,
        table=SQL.identifier(f"utm_{name}"),
    )


def _name(scope, name, table):
    if name != "campaign":
        return SQL.identifier(table, "name")
    title = SQL.identifier(table, "title")
    return SQL("COALESCE(%s->>%s, %s->>'en_US')", title, scope.lang, title)


def same(table, *names):
    """Return columns of a table that have the name of those of the report."""
    return {name: SQL.identifier(table, name) for name in names}
