from odoo.exceptions import MissingError
from odoo.tests import tagged

from .report_common import DAY, ReportCase


@tagged("post_install", "-at_install")
class TestReportOpen(ReportCase):
    """Every figure opens the records that it counts."""

    def _opened(self, measure, domain=(), **context):
        """Return what a figure opens."""
        action = self._asked(**context).action_open(measure, list(domain))
        found = self.env[action["res_model"]].with_context(**action["context"])
        return found.search(action["domain"])

    def _check(self, records, measure, domain, **context):
        opened = self._opened(measure, domain, **context)
        self.assertEqual(set(opened.ids), set(records.ids), (measure, context))

    def test_visits_are_opened_before_and_after_they_are_counted(self):
        visits = self._visit_at(utm_term="boots") + self._visit_at(1, "Google ")
        self._visit_at(source="bing")
        google = [("source", "=", "google")]
        for _time in ("fresh", "counted"):
            self.assertEqual(self._opened("visits", google), visits.sorted("id", True))
            self.assertEqual(
                self._opened("visits", [*google, ("keyword", "=", "boots")]), visits[0]
            )
            self.assertEqual(
                self._opened("visits", [*google, ("date", "=", DAY.date())]), visits[0]
            )
            self._count_days()
        self.assertEqual(len(self._opened("cost_per_visit")), 3)

    def test_it_is_said_that_visits_are_forgotten(self):
        kept, lost = self._visit_at(), self._visit_at()
        self._count_days()
        action = self._asked().action_open("visits", [])
        self.assertEqual(action["name"], "Visits")
        lost.unlink()
        action = self._asked().action_open("visits", [])
        self.assertEqual(action["name"], "Visits (1 of 2 are kept)")
        self.assertEqual(action["domain"], [("id", "in", kept.ids)])

    def test_calls_and_costs_are_opened(self):
        call = self._call_at(source=self.google, qualified=True)
        calls = call + self._call_at(source=self.google)
        self._call_at(source=self.bing)
        cost = self._cost(5, self.google)
        google = [("source", "=", "google")]
        self.assertEqual(self._opened("calls", google).ids, calls.sorted().ids)
        self.assertEqual(self._opened("cost_per_call", google).ids, call.ids)
        self.assertEqual(self._opened("qualified", google).ids, call.ids)
        self.assertEqual(self._opened("cost", google), cost)

    def test_leads_are_opened_by_the_model_that_shared_them(self):
        won = self._lead_of(
            (self.google, 0, 1, 0, 0, 0.5, 0.5),
            (self.bing, 1, 0, 1, 1, 0.5, 0.5),
            won=2,
            revenue=10,
        )
        lead = self._lead_of((self.google, 0, 1))
        lost = self._lead_of((self.google, 0, 1), active=False)
        google = [("source", "=", "google")]
        for clock in ("touch", "money"):
            first = {"model": "first", "clock": clock}
            self._check(won + lead + lost, "leads", google, **first)
            self.assertEqual(self._opened("won", google, **first), won)
            self.assertEqual(self._opened("revenue", google, **first), won)
            self.assertEqual(self._opened("return_rate", google, **first), won)
            last = {"model": "last", "clock": clock}
            self._check(lead + lost, "leads", google, **last)
            self.assertFalse(self._opened("won", google, **last))

    def test_a_row_of_the_list_opens_what_it_is_about(self):
        call = self._call_at()
        visit = self._visit_at()
        lead = self._lead_of((self.google, 0, 1))
        report = self._asked()
        rows = {row.kind: row for row in report.search([])}
        action = rows["call"].action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (call._name, call.id))
        action = rows["lead"].action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (lead._name, lead.id))
        action = rows["visit"].action_open_record()
        self.assertEqual(action["domain"], [("id", "in", visit.ids)])

    def test_a_row_that_is_no_more_opens_the_lead_of_which_it_was(self):
        led = self._lead_of((self.google, 0, 1), won=2, revenue=70)
        alone = self._lead_of(won=2, revenue=70)
        alone.touch_ids.sudo().unlink()
        rows = self._asked(clock="money").search([("kind", "in", ("won", "revenue"))])
        leads = rows.mapped(lambda row: (row.kind, row.res_id))
        kinds = ("won", "revenue")
        self.assertEqual(
            set(leads), {(kind, lead.id) for kind in kinds for lead in led | alone}
        )
        stages = self.env["crm.stage"]
        (led | alone).stage_id = stages.search([("is_won", "=", False)], limit=1)
        self.env.flush_all()
        self.env.invalidate_all()  # as in the next request
        self.assertFalse(rows.exists())
        opened = [row.action_open_record() for row in rows]
        self.assertEqual(
            [(one["res_model"], one["res_id"]) for one in opened],
            [("crm.lead", lead_id) for _kind, lead_id in leads],
        )
        cost = self._cost(5, self.google)
        row = self._asked(clock="money").search([("kind", "=", "cost")])
        cost.unlink()
        self.env.invalidate_all()
        with self.assertRaises(MissingError):
            row.action_open_record()

    def test_a_number_of_rows_is_no_figure_of_the_shop(self):
        self.assertFalse(self._asked().action_open("__count", []))
        self.assertFalse(self._asked().action_open("company_id", []))
