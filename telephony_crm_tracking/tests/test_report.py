from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .report_common import DAY, ReportCase

MARCH = [("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")]


@tagged("post_install", "-at_install")
class TestReport(ReportCase):
    """From the visit to the money, by what had led there."""

    def test_a_keyword_is_the_same_however_advertisers_mark_it(self):
        self._visit_at(utm_term="Red Shoes")
        self._cost(10, keyword="[red shoes]")
        self._cost(20, keyword="+Red +shoes")
        figures = self._rows("keyword", figures=("visits", "cost"))
        self.assertEqual(figures, {"red shoes": (1, 30)})

    def test_each_source_has_its_whole_way_to_the_money_in_one_line(self):
        for _visitor in range(3):
            self._visit_at(source="google")
        self._visit_at(source="bing")
        self._visit_at(source=None)
        self._call_at(source=self.google, qualified=True)
        self._call_at(source=self.google)
        self._lead_of((self.google, 0, 1), won=1, revenue=100)
        self._cost(40, self.google)
        self._cost(7, self.bing)
        self.assertEqual(
            self._rows(),
            {
                "google": (3, 2, 1, 1, 1, 100, 40),
                "bing": (1, 0, 0, 0, 0, 0, 7),
                False: (1, 0, 0, 0, 0, 0, 0),
            },
        )

    def test_what_is_said_of_each_model_is_shared_as_it_says(self):
        self._lead_of(
            (self.google, 0, 1, 0, 0, 0.5, 0.4),
            (self.bing, 5, 0, 1, 1, 0.5, 0.6),
            won=6,
            revenue=100,
        )
        for model, google, bing in (
            ("first", (1, 1, 100), None),
            ("last", None, (1, 1, 100)),
            ("last_non_direct", None, (1, 1, 100)),
            ("linear", (0.5, 0.5, 50), (0.5, 0.5, 50)),
            ("position", (0.4, 0.4, 40), (0.6, 0.6, 60)),
            ("no such model", None, (1, 1, 100)),
        ):
            for clock in ("touch", "money"):
                rows = self._rows(
                    figures=("leads", "won", "revenue"), model=model, clock=clock
                )
                self.assertEqual(rows.get("google"), google, (model, clock))
                self.assertEqual(rows.get("bing"), bing, (model, clock))

    def test_one_clock_shows_the_day_of_the_touch_the_other_that_of_the_money(self):
        visit = self._visit_at(0)
        self._call_at(2, self.google, tracking_state="matched", visit_date=DAY)
        self._lead_of((self.google, 0, 1), born=2, won=9, revenue=100)
        self._cost(40, self.google)
        self.assertTrue(visit)
        days = [DAY.date() + timedelta(days=days) for days in (0, 2, 9)]
        by_touch = self._rows("date:day", clock="touch")
        self.assertEqual(by_touch, {days[0]: (1, 1, 0, 1, 1, 100, 40)})
        by_money = self._rows("date:day", clock="money")
        self.assertEqual(
            by_money,
            {
                days[0]: (1, 0, 0, 0, 0, 0, 40),
                days[1]: (0, 1, 0, 1, 0, 0, 0),
                days[2]: (0, 0, 0, 0, 1, 100, 0),
            },
        )

    def test_a_figure_of_two_is_that_of_their_sums(self):
        self._cost(30, self.google)
        self._cost(10, self.bing)
        for source in (self.google, self.bing, self.bing, self.bing):
            self._call_at(source=source, qualified=True)
        self._lead_of((self.google, 0, 1), won=1, revenue=100)
        asked = ["cost_per_call:avg", "cost_per_sale:avg", "return_rate:avg"]
        asked += ["profit:sum"]
        report = self._asked()
        self.assertEqual(report._read_group([], [], asked), [(10, 40, 1.5, 60)])
        rows = report._read_group([], ["source"], asked)
        by_source = {source: tuple(figures) for source, *figures in rows}
        self.assertEqual(by_source["google"], (30, 30, 70 / 30, 70))
        per_call, per_sale, returned, profit = by_source["bing"]
        self.assertAlmostEqual(per_call, 10 / 3)
        self.assertFalse(per_sale)
        self.assertEqual((returned, profit), (-1, -10))

    def test_each_step_has_its_cost(self):
        self._cost(60, self.google)
        for _time in range(5):
            self._visit_at()
        for number in range(4):
            self._call_at(source=self.google, qualified=number > 0)
        for _time in range(2):
            self._lead_of((self.google, 0, 1))
        self._lead_of((self.google, 0, 1), won=1)
        steps = ("visit", "any_call", "call", "lead", "sale")
        asked = [f"cost_per_{step}:avg" for step in steps]
        [costs] = self._asked()._read_group([], [], asked)
        self.assertEqual(costs, (12, 15, 20, 20, 60))

    def test_what_nobody_wants_and_what_is_ours_is_no_call(self):
        self._call_at(source=self.google)
        for vals in (
            {"spam": True},
            {"blocked": True},
            {"match_reason": "own"},
            {"returns_ours": True},
            {
                "direction": "outbound",
                "tracking_state": "matched",
                "not_qualified": "won",
            },
        ):
            self._call_at(source=self.google, **vals)
        for clock in ("touch", "money"):
            self.assertEqual(self._rows(figures=("calls",), clock=clock), {"google": 1})

    def test_each_clock_is_named_in_the_title_of_its_report(self):
        for clock, title in (
            ("touch", "Return by Day of Touch"),
            ("money", "Return by Day of Money"),
        ):
            xmlid = f"telephony_crm_tracking.action_telephony_tracking_report_{clock}"
            action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
            self.assertEqual(action["name"], title)
            self.assertIn(f"'telephony_clock': '{clock}'", action["context"])

    def test_what_costs_nothing_has_no_return(self):
        self._lead_of((self.google, 0, 1), won=1, revenue=100)
        rows = self._asked()._read_group([], ["source"], ["return_rate:avg"])
        self.assertFalse(rows[0][1])

    def test_figures_in_two_currencies_have_no_return(self):
        pounds = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": self.env.ref("base.GBP").id}
        )
        self.company.currency_id = self.env.ref("base.EUR")
        self.supervisor.company_ids += pounds
        self._cost(40, self.google)
        self._lead_of((self.google, 0, 1), won=1, revenue=99, company=pounds)
        report = self._asked().with_context(
            allowed_company_ids=[self.company.id, pounds.id]
        )
        [(returned, revenue)] = report._read_group(
            [], [], ["return_rate:avg", "revenue:sum"]
        )
        self.assertFalse(returned)
        self.assertEqual(revenue, 99)

    def test_a_lead_to_which_nothing_led_counts_by_its_own_source(self):
        self._lead_of(source_id=self.bing.id, won=3, revenue=50)
        self._lead_of(company=self.env["res.company"].browse())
        for clock in ("touch", "money"):
            rows = self._rows(figures=("leads", "won", "revenue"), clock=clock)
            self.assertEqual(rows["bing"], (1, 1, 50), clock)
            self.assertEqual(rows[False], (1, 0, 0), clock)

    def test_words_of_visitors_stand_in_the_line_that_they_mean(self):
        self.env["telephony.tracking.alias"].create(
            {"kind": "source", "name": "FB-ads", "source_id": self.bing.id}
        )
        for word in ("fb-ads", "BING", " bing ", "elsewhere"):
            self._visit_at(source=word)
        self.assertEqual(self._rows(figures=("visits",)), {"bing": 3, "elsewhere": 1})
        self._count_days()
        self.assertEqual(self._rows(figures=("visits",)), {"bing": 3, "elsewhere": 1})

    def test_a_campaign_has_the_name_that_people_gave_it(self):
        self._visit_at(utm_campaign="spring")
        known = self.env["telephony.tracking.alias"]._resolve("campaign", "spring")
        self.env["utm.campaign"].browse(known).title = "Spring Sale"
        self._cost(5, campaign_id=known)
        rows = self._rows("campaign", figures=("visits", "cost"))
        self.assertEqual(rows, {"Spring Sale": (1, 5)})

    def test_a_number_of_the_pool_counts_as_the_one_it_stands_for(self):
        self._call_at(did_id=self.pooled[0].id)
        self._call_at(did_id=self.did.id)
        self.assertEqual(
            self._rows("did_id", figures=("calls",)), {self.did.with_env(self.env): 2}
        )

    def test_our_own_calls_do_not_count_but_those_that_a_page_asked_for(self):
        self._call_at(direction="outbound")
        self._call_at(direction="internal")
        self._call_at(direction="outbound", tracking_state="matched")
        self.assertEqual(self._rows(figures=("calls",)), {False: 1})

    # -- days --------------------------------------------------------------------------

    def test_a_day_is_that_of_the_company(self):
        late = timedelta(hours=10, minutes=30)  # 22:30 in UTC is past midnight in Kyiv
        self._visit_at(hours=10.5)
        self._call_at(start_date=DAY + late)
        self._lead_of((self.google, late / timedelta(days=1), 1))
        tomorrow = DAY.date() + timedelta(days=1)
        figures = ("visits", "calls", "leads")
        for _time in ("fresh", "counted"):
            self.assertEqual(
                self._rows("date:day", figures=figures), {tomorrow: (1, 1, 1)}
            )
            on = [("date", "=", tomorrow)]
            self.assertEqual(self._rows("date:day", on, figures), {tomorrow: (1, 1, 1)})
            on = [("date", "<", tomorrow)]
            self.assertEqual(self._rows("date:day", on, figures), {})
            self._count_days()

    def test_days_are_found_however_they_are_asked_for(self):
        for day in range(4):
            self._call_at(day)
        first = DAY.date()

        def found(domain):
            return sum(self._rows("date:day", domain, ("calls",)).values())

        def on(day):
            return first + timedelta(days=day)

        self.assertEqual(found(MARCH), 4)
        self.assertEqual(found([("date", ">", on(0)), ("date", "<", on(3))]), 2)
        self.assertEqual(found([("date", "in", [on(0), on(3)])]), 2)
        self.assertEqual(found(["|", ("date", "=", on(0)), ("date", ">=", on(2))]), 3)
        self.assertEqual(
            found(["|", ("date", "=", on(0)), ("source", "=", "nobody")]), 1
        )
        self.assertEqual(found([("date", "!=", on(1))]), 3)
        self.assertEqual(found([("date", "=", False)]), 0)

    def test_what_was_counted_stays_when_its_visits_are_forgotten(self):
        for source in ("google", "google", "bing"):
            self._visit_at(source=source, utm_term="boots")
        before = self._rows(figures=("visits",))
        self.assertEqual(before, {"google": 2, "bing": 1})
        visits = self.env["telephony.tracking.visit"].sudo()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 60)
        self.env["telephony.tracking.day"]._cron_count()
        self.assertEqual(self._rows(figures=("visits",)), before)
        visits._cron_forget()
        self.assertFalse(visits.search([("site_id", "=", self.site.id)]))
        self.assertEqual(self._rows(figures=("visits",)), before)
        self.assertEqual(self._rows("keyword", figures=("visits",)), {"boots": 3})

    def test_a_day_is_counted_once_and_not_before_it_is_over(self):
        self._visit_at()
        midnight = 10 / 24  # of Kyiv, after `DAY`
        for after, counted in ((0.3, 0), (midnight, 0), (midnight + 0.1, 1), (1.2, 1)):
            self._count_days(after)
            days = self.env["telephony.tracking.day"].search(
                [("site_id", "=", self.site.id)]
            )
            self.assertEqual(sum(days.mapped("visits")), counted, after)
            self.assertEqual(self._rows(figures=("visits",)), {"google": 1})
        self._visit_at(2)
        self._count_days()
        self.assertEqual(
            self._rows("date:day", figures=("visits",)),
            {date(2026, 3, 10): 1, date(2026, 3, 12): 1},
        )

    # -- rights ------------------------------------------------------------------------

    def test_supervisors_read_it_and_agents_do_not(self):
        agent = self._user("report_agent", "telephony_agent")
        with self.assertRaises(AccessError):
            self._asked(agent)._read_group([], ["source"], ["visits:sum"])
        with self.assertRaises(AccessError):
            self._asked(agent).action_open("visits", [])
        with self.assertRaises(AccessError):
            self.env["telephony.tracking.day"].with_user(agent).search([])

    def test_nobody_reads_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._lead_of((self.google, 0, 1), company=other)
        self._lead_of(company=other, source_id=self.bing.id)
        self._cost(5, self.google, company_id=other.id)
        for clock in ("touch", "money"):
            self.assertEqual(self._rows(clock=clock), {})
