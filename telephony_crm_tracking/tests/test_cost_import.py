import base64
import io
from datetime import date, datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import STATIC
from .cost_common import CostCase

GOOGLE = """Campaign report
"1 March 2026 - 31 March 2026"
Day,Campaign,Campaign ID,Currency code,Cost,Clicks
2026-03-01,Spring sale,17,EUR,"1,200.50",300
2026-03-02,Spring sale,17,EUR,99.50,20
Total: Account,,,EUR,"1,300.00",320
"""


@tagged("post_install", "-at_install")
class TestCostImport(CostCase):
    """A file of costs: seen before it is imported, and right or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["utm.source"].create({"name": "Adverts"})

    def _import(self, content, **vals):
        wizard = self._wizard(content, **vals)
        self.assertFalse(wizard.wrong_ids.mapped("error"))
        return wizard.action_import()

    def _told(self, wizard):
        return [(line.line, line.value, line.error) for line in wizard.wrong_ids]

    def test_google_s_report_is_imported_as_it_is(self):
        wizard = self._wizard(GOOGLE, source_id=self.source.id)
        self.assertFalse(self.costs.search([]))  # so far it is only shown
        self.assertEqual((wizard.line_count, wizard.wrong_count), (2, 0))
        self.assertIn("Google Ads has said nothing of these days", wizard.summary)
        self.assertEqual(wizard.line_ids.mapped("source"), ["Adverts", "Adverts"])
        action = wizard.action_import()["params"]["next"]
        self.assertEqual(action["context"], {"search_default_feed": "Google Ads"})
        self.assertEqual(
            self._days(source_id=self.source.id),
            [("2026-03-01", 1200.5), ("2026-03-02", 99.5)],
        )
        costs = self.costs.search([])
        self.assertEqual(costs.campaign_id.name, "Spring sale")
        self.assertEqual(sum(costs.mapped("clicks")), 320)
        self.assertEqual(costs.company_id, self.company)

    def test_names_mean_what_they_mean_in_addresses_and_new_ones_are_told(self):
        self.env["telephony.tracking.alias"].create(
            {"kind": "source", "name": "adv", "source_id": self.source.id}
        )
        table = "Day,Cost,Source,Medium\n2026-03-01,1,ADV,%\n2026-03-02,1,adv,%\n"
        wizard = self._wizard(table)
        self.assertEqual(wizard.new_names, "Media: %")
        wizard.action_import()
        costs = self.costs.search([])
        self.assertEqual((len(costs), costs.source_id), (2, self.source))
        self.assertEqual(costs.medium_id.name, "%")
        self.assertFalse(self._wizard(table).new_names)

    def test_the_daily_limit_of_visitors_is_none_of_ours(self):
        limit = "telephony_crm_tracking.utm_per_day"
        self.env["ir.config_parameter"].sudo().set_param(limit, "1")
        lines = [f"2026-03-01,1,Campaign number {number}" for number in range(3)]
        self._import("\n".join(["Day,Cost,Campaign", *lines]))
        self.assertEqual(len(self.costs.search([]).campaign_id), 3)

    def test_an_import_replaces_its_feed_between_its_first_and_last_day(self):
        self._cost(1, "2026-02-28")
        self._cost(2, "2026-03-01")
        self._cost(3, "2026-03-02")
        self._cost(4, "2026-03-03")
        self._cost(5, "2026-03-02", feed="Meta")
        wizard = self._wizard("Day,Cost\n2026-03-01,10\n2026-03-03,30\n")
        self.assertIn("They replace 3 rows of Google Ads", wizard.summary)
        wizard.action_import()
        self.assertEqual(
            self._days(feed="Google Ads"),
            [("2026-02-28", 1), ("2026-03-01", 10), ("2026-03-03", 30)],
        )
        self.assertEqual(self._days(feed="Meta"), [("2026-03-02", 5)])

    def test_an_import_leaves_the_same_feed_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.supervisor.company_ids += other
        theirs = self._cost(6, company_id=other.id, currency=other.currency_id)
        self._import("Day,Cost\n2026-03-02,10\n")
        self.assertTrue(theirs.exists())
        alone = self._wizard("Day,Cost\n2026-03-02,10\n", preview=False)
        alone.company_id = self.env["res.company"].create({"name": "Nobody's"})
        with self.assertRaises(UserError):
            alone.action_preview()

    def test_a_period_is_divided_among_its_days(self):
        self._import("From,To,Cost,Clicks\n2026-03-01,2026-03-03,100,4\n")
        self.assertEqual(
            self._days(),
            [("2026-03-01", 33.34), ("2026-03-02", 33.33), ("2026-03-03", 33.33)],
        )
        self.assertEqual(sum(self.costs.search([]).mapped("clicks")), 4)

    def test_nothing_of_a_file_is_imported_while_a_line_is_wrong(self):
        wizard = self._wizard(
            "Day,Cost,Currency,Number\n"
            "2026-03-01,10,EUR,\n"
            "2026-03-01,10,XQX,\n"
            "2026-03-01,10,PLN,\n"
            "2026-03-01,ten,EUR,\n"
            "31 February,10,EUR,\n"
            "2026-03-01,10,EUR,+447700900999\n"
        )
        self.assertEqual(
            [(line, value) for line, value, _words in self._told(wizard)],
            [
                (3, "XQX"),
                (4, "PLN 2026-03-01"),
                (5, "ten"),
                (6, "31 February"),
                (7, "+447700900999"),
            ],
        )
        self.assertTrue(all(words for *_line, words in self._told(wizard)))
        wizard.action_import()
        self.assertFalse(self.costs.search([]))
        wizard.leave_out = True
        wizard.action_import()
        self.assertEqual(self._days(), [("2026-03-01", 10)])

    def test_each_day_has_its_own_rate(self):
        self._rate("2026-03-01", 4)
        self._rate("2026-03-02", 5)
        self._import("From,To,Cost,Currency\n2026-03-01,2026-03-02,200,PLN\n")
        self.assertEqual(self._days(), [("2026-03-01", 25), ("2026-03-02", 20)])

    def test_days_that_may_be_two_are_asked_for(self):
        table = "Day,Cost\n01/02/2026,10\n03/04/2026,10\n"
        wizard = self._wizard(table)
        self.assertEqual([line for line, *_ in self._told(wizard)], [2, 3])
        wizard.day_order = "dmy"
        wizard.action_preview()
        self.assertFalse(wizard.wrong_ids)
        wizard.action_import()
        self.assertEqual(self._days(), [("2026-02-01", 10), ("2026-04-03", 10)])

    def test_columns_that_nobody_knows_are_chosen(self):
        wizard = self._wizard("Wann;Wieviel;Womit\n01.03.2026;1,5;adv\n")
        self.assertEqual(self._told(wizard)[0][0], 0)
        self.assertEqual(
            wizard.column_ids.mapped("header"), ["Wann", "Wieviel", "Womit"]
        )
        self.assertEqual(
            wizard.column_ids.mapped("sample"), ["01.03.2026", "1,5", "adv"]
        )
        for column, meaning in zip(
            wizard.column_ids, ("start", "amount", "keyword"), strict=True
        ):
            column.meaning = meaning
        wizard.action_preview()
        self.assertFalse(wizard.wrong_ids)
        wizard.action_import()
        self.assertEqual(self._days(keyword="adv"), [("2026-03-01", 1.5)])

    def test_a_spreadsheet_and_a_number_without_its_plus(self):
        book, file = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["Day", "Cost", "Number"])
        book.active.append([datetime(2026, 3, 1), 12.5, int(STATIC.lstrip("+"))])
        book.save(file)
        self._import(file.getvalue())
        cost = self.costs.search([])
        self.assertEqual((cost.date, cost.did_id), (date(2026, 3, 1), self.did))

    def test_a_file_that_is_no_table_says_so(self):
        for data in (b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 torn", b"a\0b"):
            with self.assertRaises(UserError):
                self._wizard(data)
        self.assertEqual(self._told(self._wizard("hello"))[0][0], 0)
        with self.assertRaises(UserError):
            self._wizard("")

    def test_a_feed_that_is_known_is_chosen_with_what_was_said_of_it(self):
        self._cost(feed="Meta", source_id=self.source.id)
        imports = self.env["telephony.tracking.cost.import"].with_user(self.supervisor)
        with Form(imports) as form:
            form.file = base64.b64encode(b"Day,Cost")
            form.known_feed = "Meta"
            self.assertEqual(form.source_id, self.source)
        wizard = self._wizard("Day,Cost\n2026-03-02,7\n", feed=False, known_feed="Meta")
        wizard.action_import()
        self.assertEqual(self._days(feed="Meta"), [("2026-03-02", 7)])

    def test_agents_import_no_costs(self):
        with self.assertRaises(AccessError):
            self._wizard("Day,Cost\n2026-03-01,1\n", user=self.agent)
