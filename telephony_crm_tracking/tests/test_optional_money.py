from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .report_common import ReportCase
from .sales_common import SalesCase

JANUARY, MARCH, APRIL = date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1)
SEEN = ("leads", "won", "revenue")


@tagged("post_install", "-at_install")
class TestOptionalMoney(SalesCase, ReportCase):
    """Orders and credit notes in the report, each on its own day.

    Chosen by its name for the second database of the tests, which has Odoo's sales.
    """

    def setUp(self):
        super().setUp()
        sales = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.supervisor.group_ids += sales

    def _on(self, when, price=100, **more):
        order = self._order(price, **more)
        order.date_order = datetime.combine(when, datetime.min.time()).replace(hour=12)
        return order

    def _credited_on(self, when, order, price, again=False):
        """Have a part of an order credited on a day; return the credit note."""
        invoice = order._create_invoices()
        invoice.invoice_date = order.date_order.date()
        invoice.action_post()
        note = self._credit(invoice)
        note.invoice_date = when
        note.invoice_line_ids.price_unit = price
        note.action_post()
        return note

    def _fill_anew(self):
        """Have no rows of money, as before there were any, and update the addon."""
        self.env.flush_all()
        self.env["telephony.tracking.money"].search([]).unlink()
        self.assertFalse(self._by_month())
        self.env["crm.lead"]._fill_money()

    def _by_month(self, figures="revenue", clock="money", by="date:month", **more):
        rows = self._rows(by, figures=(figures,), clock=clock, **more)
        return {month: value for month, value in rows.items() if value}

    def _opened(self, *days, **context):
        """Return what the revenue of some days opens."""
        domain = [("date", ">=", days[0]), ("date", "<=", days[-1])] if days else []
        asked = self._asked(**{"clock": "money", **context})
        action = asked.action_open("revenue", domain)
        found = self.env[action["res_model"]].with_context(active_test=False)
        return found.search(action["domain"])

    # -- days ----------------------------------------------------------------------

    def test_each_order_and_each_credit_note_counts_on_its_own_day(self):
        self._on(date(2026, 1, 10))
        later = self._on(date(2026, 3, 10), 900)
        before = {JANUARY: 100, MARCH: 900}
        self.assertEqual(self._by_month(), before)
        self._credited_on(date(2026, 4, 1), later, 40)
        self.assertEqual(self._by_month(), {**before, APRIL: -40})
        self.assertEqual(self.lead.tracking_revenue, 960)
        self.lead.tracking_date = datetime(2026, 2, 2, 12)
        by_touch = self._by_month(clock="touch")
        self.assertEqual(by_touch, {date(2026, 2, 1): 960})

    def test_a_day_that_is_changed_later_is_changed_in_the_report(self):
        order = self._on(date(2026, 1, 10))
        note = self._credited_on(date(2026, 3, 1), order, 40)
        order.date_order = datetime(2026, 3, 5)
        self.assertEqual(self._by_month(), {MARCH: 60})
        note.button_draft()
        note.invoice_date = APRIL
        note.action_post()
        self.assertEqual(self._by_month(), {MARCH: 100, APRIL: -40})

    def test_an_invoice_that_is_written_anew_gives_back_on_its_own_day(self):
        order = self._on(date(2026, 1, 10))
        self._credited_on(date(2026, 3, 1), order, 100)
        self.assertEqual(self._by_month(), {JANUARY: 100, MARCH: -100})
        self._fill_anew()
        self.assertEqual(self._by_month(), {JANUARY: 100, MARCH: -100})
        again = order._create_invoices()
        again.invoice_date = date(2026, 4, 3)
        again.action_post()
        self.assertEqual(self._by_month(), {JANUARY: 100, MARCH: -100, APRIL: 100})

    def test_a_credit_note_keeps_its_day_wherever_the_company_moves(self):
        order = self._on(date(2026, 1, 10))
        self._credited_on(APRIL, order, 40)
        self.env.flush_all()
        for zone in ("America/Los_Angeles", "Europe/Kyiv", "Asia/Tokyo"):
            self.pbx.tz = zone
            rows = self._rows("date:day", figures=("revenue",), clock="money")
            self.assertEqual(rows.get(APRIL), -40, zone)

    def test_money_is_shared_among_all_that_had_led_to_it_on_each_of_its_days(self):
        lead = self._lead_of(
            (self.google, 0, 0.5), (self.bing, 1, 0.5), partner_id=self.partner.id
        )
        first = self._on(date(2026, 1, 10), lead=lead)
        order = self._on(date(2026, 3, 10), 900, lead=lead)
        note = self._credited_on(APRIL, order, 40)
        for source in ("google", "bing"):
            asked = [("source", "=", source)]
            self.assertEqual(
                self._by_month(domain=asked), {JANUARY: 50, MARCH: 450, APRIL: -20}
            )
        rows = self._asked(clock="money").search([("kind", "=", "revenue")])
        self.assertEqual(len(rows), 6)
        self.assertEqual(sum(rows.mapped("revenue")), 960)
        opened = [row.action_open_record() for row in rows]
        self.assertEqual(
            [(action["res_model"], action["res_id"]) for action in opened],
            [(one._name, one.id) for one in (note, order, first) for _share in "12"],
        )

    def test_what_was_expected_is_money_of_the_day_it_was_won(self):
        lead = self._lead_of((self.google, 0, 1), won=30, revenue=70)
        self.assertEqual(self._by_month(), {APRIL: 70})
        self.assertEqual(self._opened(), lead)

    def test_leads_of_before_get_their_rows_when_the_addon_is_updated(self):
        self._on(date(2026, 1, 10))
        self._on(date(2026, 3, 10), 900)
        self._fill_anew()
        self.assertEqual(self._by_month(), {JANUARY: 100, MARCH: 900})

    def test_agents_read_no_money(self):
        agent = self._user("money_agent", "telephony_agent")
        with self.assertRaises(AccessError):
            self.env["telephony.tracking.money"].with_user(agent).search([])

    # -- what a figure opens -------------------------------------------------------

    def test_the_money_of_a_day_opens_its_orders_and_no_others(self):
        first, later = self._on(date(2026, 1, 10)), self._on(date(2026, 3, 10), 900)
        self.assertEqual(self._opened(JANUARY, date(2026, 1, 31)), first)
        self.assertEqual(self._opened(MARCH, date(2026, 3, 31)), later)
        self.assertEqual(self._opened(), first | later)
        self.assertEqual(self._opened(clock="touch"), first | later)

    def test_the_credit_notes_of_a_day_are_opened_by_who_may_read_them(self):
        note = self._credited_on(APRIL, self._on(date(2026, 1, 10)), 40)
        self.assertEqual(self._opened(APRIL), note)
        reader = self._user("money_reader", "telephony_supervisor")
        self.assertEqual(self._opened(APRIL, user=reader), self.lead)
        self.assertEqual(self._opened(), self.lead, "some of each")

    def test_money_that_is_no_more_opens_the_lead_that_had_it(self):
        order = self._on(date(2026, 1, 10))
        row = self._asked(clock="money").search([("kind", "=", "revenue")])
        self.assertEqual(row.action_open_record()["res_id"], order.id)
        order._action_cancel()
        self.env.flush_all()
        self.env.invalidate_all()  # as in the next request
        action = row.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.lead", self.lead.id)
        )

    def test_revenue_that_is_not_all_of_orders_opens_leads(self):
        self._on(date(2026, 1, 10))
        other = self._lead_of((self.google, 0, 1), won=30, revenue=70)
        for clock in ("money", "touch"):
            self.assertEqual(self._opened(clock=clock), self.lead | other)

    # -- sales ---------------------------------------------------------------------

    def test_a_confirmed_order_is_a_sale_before_the_lead_is_marked_as_won(self):
        order = self._on(date(2026, 3, 10))
        self._cost(30)
        self.assertEqual(self.lead.won_status, "pending")
        figures = [f"{name}:sum" for name in SEEN]
        for clock in ("touch", "money"):
            asked = self._asked(clock=clock)
            [(*seen, cost)] = asked._read_group([], [], [*figures, "cost_per_sale:avg"])
            self.assertEqual((*seen, cost), (1, 1, 100, 30), clock)
        self.assertEqual(self._by_month("won"), {MARCH: 1})
        self.assertTrue(self.lead._is_sale(), "advertisers are told the same")
        self.lead.action_set_won()
        self.assertEqual(self._by_month("won"), {MARCH: 1})
        order._action_cancel()
        for clock in ("touch", "money"):
            self.assertFalse(self._by_month("won", clock))
        self.assertFalse(self.lead._is_sale())

    def test_what_orders_had_raised_is_no_money_of_a_lead_that_is_won_again(self):
        order = self._order(500)
        self.lead.action_set_won()
        self.assertEqual(self.lead.expected_revenue, 500)  # Odoo raised it
        order._action_cancel()
        self.lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)])[0]
        self.lead.probability = 20
        self.assertEqual(self.lead.tracking_revenue, 0)
        self.lead.action_set_won()
        self.assertEqual(self.lead.tracking_revenue, 0)
        self.assertTrue(self.lead._is_sale(), "a person says so")
        self.lead.expected_revenue = 300
        self.assertEqual(self.lead.tracking_revenue, 300)
        self.lead.expected_revenue = 500
        self.assertEqual(self.lead.tracking_revenue, 500)
