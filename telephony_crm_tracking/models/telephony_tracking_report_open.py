from odoo import api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL

from .telephony_tracking_report_part import (
    ALONE,
    BORN,
    COUNTED,
    EARNED,
    NUMBERED,
    PARTS,
    TOUCH,
    WON,
)
from .telephony_tracking_report_query import RATIOS

#: So many records of a figure are opened, the last ones: a list is no place for more.
MOST = 10_000
#: The rows of a figure: what they are about, and which of them count.
ROWS = {
    "visits": Domain("kind", "=", "visit"),
    "calls": Domain("kind", "=", "call"),
    "qualified": Domain("qualified", ">", 0),
    "leads": Domain("leads", ">", 0),
    "won": Domain("won", ">", 0),
    # Credit notes may make it less than nothing.
    "revenue": Domain("revenue", ">", 0) | Domain("revenue", "<", 0),
    "cost": Domain("cost", ">", 0) | Domain("cost", "<", 0),
    "clicks": Domain("clicks", ">", 0),
}
MODELS = {
    "visit": "telephony.tracking.visit",
    "call": "telephony.call",
    "lead": "crm.lead",
    "won": "crm.lead",
    "revenue": "crm.lead",
    "cost": "telephony.tracking.cost",
}
KIND_OF = {
    "visits": "visit",
    "calls": "call",
    "qualified": "call",
    "cost": "cost",
    "clicks": "cost",
}
#: The parts whose rows have the id of a touch of the lead, or of the lead itself.
OF_TOUCHES = {TOUCH, BORN, WON, EARNED}
OF_LEADS = {ALONE, BORN + 1, WON + 1, EARNED + 1}


class TelephonyTrackingReport(models.Model):
    """Every figure opens the records that it counts."""

    _inherit = "telephony.tracking.report"

    @api.model
    def action_open(self, measure, domain):
        """Open what a figure counts; of a ratio, what it is about.

        :param measure: name of a field, such as ``calls``
        :param domain: of the report's rows that the figure sums up
        :return: an action; `False` for what counts no records, such as a difference
        """
        name = RATIOS.get(measure, measure)
        if measure == "return_rate" or name == "profit":
            name = "revenue"
        if name not in ROWS:
            return False
        rows = Domain(domain) & ROWS[name]
        title = self._fields[name].get_description(self.env, ["string"])["string"]
        if name == "visits":
            ids, count = self._visit_ids(rows)
            if len(ids) < min(count, MOST):
                title = self.env._(
                    "%(figure)s (%(kept)s of %(count)s are kept)",
                    figure=title,
                    kept=len(ids),
                    count=count,
                )
            model = MODELS["visit"]
        elif name == "revenue":
            model, ids = self._origins_of(rows)
        else:
            model, ids = MODELS[KIND_OF.get(name, "lead")], self._row_ids(rows)
        return self._list_of(model, ids, title)

    def action_open_record(self):
        """Open what a row is about; of the visits of a day, all of them.

        Since somebody read the list, a sale may have been taken back, or money earned
        anew: then the lead is opened of which the row was.
        """
        self.ensure_one()
        try:
            kind = self.kind
        except MissingError:
            lead = self._lead_of_id()
            if not lead:
                raise
            return self._form_of(lead._name, lead.id)
        if kind == "visit":
            return self.action_open("visits", [("id", "=", self.id)])
        model, res_id = MODELS[kind], self.res_id
        if kind == "revenue":
            row = Domain("date", "=", self.date) & Domain("id", "=", self.id)
            origin, ids = self._origins_of(row)
            if len(ids) == 1:  # else it was earned anew since the row was read
                model, [res_id] = origin, ids
        return self._form_of(model, res_id)

    def _lead_of_id(self):
        """Return the lead that a row is about, by the row's id alone; or none.

        As the rows do, it names leads of the companies that their reader may not open.
        """
        place, its = self.id % PARTS, self.id // PARTS % NUMBERED
        if place in OF_TOUCHES:
            touches = self.env["telephony.tracking.touch"]
            return touches.search([("id", "=", its)]).lead_id
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        if place not in OF_LEADS:
            return leads
        companies = [False, *self.env.companies.ids]
        return leads.search([("id", "=", its), ("company_id", "in", companies)])

    @api.model
    def _form_of(self, model, res_id):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }

    @api.model
    def _list_of(self, model, ids, title):
        """Return the action that lists records, as far as their reader may see them."""
        if len(ids) >= MOST:
            title = self.env._(
                "%(figure)s (the last %(count)s)", figure=title, count=MOST
            )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "domain": [("id", "in", ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False, "active_test": False},
        }

    @api.model
    def _origins_of(self, domain):
        """Return where the revenue of rows is seen: in orders, where all of it is.

        By the day of money it is that of single orders or credit notes.

        :return: model and ids
        """
        rows = self._rows_of(domain, "id", "res_id")
        leads = list(dict.fromkeys(lead_id for _id, lead_id in rows))
        money = self.env["telephony.tracking.money"].sudo()
        money = money.search([("lead_id", "in", leads)])
        if self._scope().by_money:
            counted = {(lead_id, id_ // PARTS // NUMBERED) for id_, lead_id in rows}
            money = money.filtered(lambda row: (row.lead_id.id, row.number) in counted)
        else:  # what was credited is seen in the order
            money = money.filtered(lambda row: row.res_model != "account.move")
        models, ids = set(money.mapped("res_model")), list(set(money.mapped("res_id")))
        if len(models) == 1 and set(money.lead_id.ids) == set(leads):
            origins = self.env.get(models.pop())
            if origins is not None and origins.has_access("read"):
                if origins.search_count([("id", "in", ids)]) == len(ids):
                    return origins._name, ids
        return "crm.lead", leads

    @api.model
    def _row_ids(self, domain):
        """Return the ids of the records that rows are about, the last ones first."""
        found = self._rows_of(domain, "res_id")
        return list(dict.fromkeys(id_ for [id_] in found))

    @api.model
    def _rows_of(self, domain, *names):
        """Return the values of rows, the last ones first."""
        query = self._search(domain, order="date desc, id desc", limit=MOST)
        columns = [self._field_to_sql(self._table, name, query) for name in names]
        return self.env.execute_query(query.select(*columns))

    @api.model
    def _visit_ids(self, domain):
        """Return the ids of visits, and how many there were: some may be forgotten.

        Those of rows that count a whole day are found.
        """
        query = self._search(domain)
        columns = [
            self._field_to_sql(self._table, name, query)
            for name in ("id", "res_id", "date", "visits")
        ]
        rows = self.env.execute_query(query.select(*columns))
        counted = [row[1:3] for row in rows if row[0] % PARTS == COUNTED]
        fresh = [row[1] for row in rows if row[0] % PARTS != COUNTED]
        found = [[id_] for id_ in fresh]
        if counted:
            zones = self.env["telephony.tracking.day"]._zones(self.env.companies)
            found += self.env.execute_query(
                SQL(
                    _COUNTED,
                    zones=SQL(", ").join(
                        SQL("(%s, %s)", *one) for one in zones.items()
                    ),
                    days=[id_ for id_, _day in counted],
                    since=min(day for _id, day in counted),
                    until=max(day for _id, day in counted),
                    most=MOST,
                )
            )
        ids = sorted((id_ for [id_] in found), reverse=True)[:MOST]
        return ids, sum(row[3] for row in rows)


#: The visits behind the counts of days: found by the same words of the same day.
_COUNTED = """
    SELECT v.id
      FROM telephony_tracking_visit v
      JOIN (VALUES %(zones)s) own (id, tz) ON own.id = v.company_id
      JOIN telephony_tracking_day d
        ON d.site_id = v.site_id
       AND d.date = timezone(own.tz, timezone('UTC', v.start_date))::date
       AND COALESCE(d.source, '') = lower(trim(COALESCE(v.source, '')))
       AND COALESCE(d.medium, '') = lower(trim(COALESCE(v.medium, '')))
       AND COALESCE(d.campaign, '') = lower(trim(COALESCE(v.campaign, '')))
       AND COALESCE(d.keyword, '') = COALESCE(v.keyword, '')
       AND COALESCE(d.landing, '') = COALESCE(v.landing, '')
     WHERE d.id = ANY(%(days)s)
       AND v.start_date >= %(since)s::date - interval '1 day'
       AND v.start_date < %(until)s::date + interval '2 days'
     ORDER BY v.id DESC
     LIMIT %(most)s
"""
