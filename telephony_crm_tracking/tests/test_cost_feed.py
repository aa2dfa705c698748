from odoo.tests import tagged

from .cost_common import CostCase


@tagged("post_install", "-at_install")
class TestCostFeed(CostCase):
    """Files of one feed: what they are known by, and what of them would count twice."""

    def test_a_line_that_sums_up_others_is_told_and_left_out(self):
        table = (
            "Day,Campaign,Cost\n2026-03-01,,300\n2026-03-01,A,100\n2026-03-01,B,200\n"
        )
        wizard = self._wizard(table)
        self.assertEqual((wizard.total_count, wizard.line_count), (1, 2))
        wizard.action_import()
        self.assertEqual(sum(self.costs.search([]).mapped("amount")), 300)
        wizard.leave_totals = False  # somebody knows better
        wizard.action_import()
        self.assertEqual(sum(self.costs.search([]).mapped("amount")), 600)

    def test_a_line_that_sums_up_a_wrong_one_too_counts_nothing_twice(self):
        table = "Day,Campaign,Cost\n2026-03-01,,22\n2026-03-01,A,10\n2026-03-01,B,x12\n"
        wizard = self._wizard(table, leave_out=True)
        counts = (wizard.total_count, wizard.line_count, wizard.wrong_count)
        self.assertEqual(counts, (1, 1, 1))
        wizard.action_import()
        self.assertEqual(self._days(), [("2026-03-01", 10)])

    def test_a_line_that_is_left_out_tells_of_which_days_the_file_is(self):
        for day in ("2026-02-28", "2026-03-01", "2026-03-05", "2026-03-31"):
            self._cost(1, day)
        table = (
            "From,To,Campaign,Cost\n2026-03-01,2026-03-31,,300\n"
            "2026-03-04,2026-03-04,A,100\n2026-03-06,2026-03-06,B,200\n"
        )
        wizard = self._wizard(table)
        self.assertEqual(wizard.total_count, 1)
        self.assertIn("They replace 3 rows of Google Ads", wizard.summary)
        wizard.action_import()
        self.assertEqual(
            self._days(), [("2026-02-28", 1), ("2026-03-04", 100), ("2026-03-06", 200)]
        )

    def test_capitals_make_no_other_feed(self):
        self._cost(feed="Meta", day="2026-03-02")
        wizard = self._wizard("Day,Cost\n2026-03-02,7\n", feed="META ")
        self.assertIn("They replace 1 rows of Meta", wizard.summary)
        wizard.action_import()
        self.assertEqual(self._days(feed="Meta"), [("2026-03-02", 7)])
        self.assertEqual(len(self.costs.search([])), 1)

    def test_of_two_spellings_that_are_there_the_one_that_is_chosen_is_replaced(self):
        self._cost(1, feed="Google")
        lower = self._cost(2, feed="Rest")
        self.env.cr.execute(
            "UPDATE telephony_tracking_cost SET feed = 'google' WHERE id = %s",
            lower.ids,
        )
        self.env.invalidate_all()
        for feed in ({"known_feed": "google", "feed": False}, {"feed": "google"}):
            self._wizard("Day,Cost\n2026-03-02,7\n", **feed).action_import()
            self.assertEqual(self._days(feed="google"), [("2026-03-02", 7)])
            self.assertEqual(self._days(feed="Google"), [("2026-03-02", 1)])

    def test_a_feed_that_is_written_by_hand_is_the_one_that_is_there(self):
        first = self._cost(feed="Meta")
        both = first | self._cost(feed=" META")
        self.assertEqual(set(both.mapped("feed")), {"Meta"})
        other = self._cost(feed="Other")
        other.feed = "meta"
        self.assertEqual(other.feed, "Meta")
        (both | other).feed = "META"  # all of it: so it is called from now on
        self.assertEqual(set((both | other).mapped("feed")), {"META"})
        new = [{**first.copy_data()[0], "feed": feed} for feed in ("Bing", "BING")]
        self.assertEqual(self.costs.create(new).mapped("feed"), ["Bing", "Bing"])

    def test_a_feed_that_is_named_anew_keeps_what_it_was_worth(self):
        rate = self._rate("2026-03-01", 4)
        cost = self._cost(100, currency=self.zloty)
        rate.rate = 5
        cost.feed = "Meta"
        self.env.flush_all()
        self.assertEqual(cost.amount_company, 25)

    def test_what_was_said_of_a_feed_s_columns_is_remembered(self):
        table = "A report\n%s\n02/03/2026;1.5;ad\n04/05/2026;2.5;ad\n"
        wizard = self._wizard(table % "Wann;Wieviel;Cost", header_line=2)
        meanings = ("start", "amount", "keyword")
        for column, meaning in zip(wizard.column_ids, meanings, strict=True):
            column.meaning = meaning
        wizard.day_order = "dmy"
        wizard.action_preview()
        wizard.action_import()
        again = self._wizard(table % "Cost;Wann;Sonst;Wieviel", feed="GOOGLE ads")
        self.assertEqual((again.header_line, again.day_order), (2, "dmy"))
        self.assertEqual(
            again.column_ids.mapped("meaning"), ["keyword", "start", False, "amount"]
        )
        other = self._wizard(table % "Wann;Wieviel;Cost", feed="Meta")
        self.assertEqual(other.column_ids.mapped("meaning"), [False, False, "amount"])
