from odoo.tests import tagged

from ..attribution.shares import WHOLE
from .report_common import FIGURES, ReportCase

BOOTS, SHOES = "winter boots", "red shoes"


@tagged("post_install", "-at_install")
class TestReportBy(ReportCase):
    """The way to the money by what somebody had looked for, and where they came in."""

    def setUp(self):
        super().setUp()
        for keyword, landing, revenue in ((BOOTS, "/boots", 100), (SHOES, "/", 0)):
            self._visit_at(utm_term=keyword, path=landing)
            self._visit_at(utm_term=keyword, path=landing)
            self._call_at(
                source=self.google,
                qualified=bool(revenue),
                visit_keyword=keyword,
                visit_landing=landing,
            )
            if revenue:
                self.lead = self._lead_of((self.google, 0, 1), won=9, revenue=revenue)
                touch = self.lead.touch_ids.sudo()
                touch.write({"keyword": keyword, "landing": landing})
            self._cost(40, self.google, keyword=keyword)
        self._visit_at(source=None, path="/boots")

    def test_a_keyword_has_its_whole_way_to_the_money_in_one_line(self):
        for clock in ("touch", "money"):
            for _time in ("fresh", "counted"):
                rows = self._rows("keyword", clock=clock)
                self.assertEqual(rows.pop(BOOTS), (2, 1, 1, 1, 1, 100, 40), clock)
                self.assertEqual(rows.pop(SHOES), (2, 1, 0, 0, 0, 0, 40), clock)
                self.assertEqual(rows, {False: (1, 0, 0, 0, 0, 0, 0)}, clock)
                self._count_days()

    def test_a_landing_page_has_all_but_what_advertisers_do_not_say(self):
        for clock in ("touch", "money"):
            for _time in ("fresh", "counted"):
                rows = self._rows("landing", clock=clock)
                self.assertEqual(rows.pop("/boots"), (3, 1, 1, 1, 1, 100, 0))
                self.assertEqual(rows.pop("/"), (2, 1, 0, 0, 0, 0, 0))
                self.assertEqual(rows, {False: (0, 0, 0, 0, 0, 0, 80)}, clock)
                self._count_days()

    def test_a_medium_and_a_number_have_all_that_is_said_of_them(self):
        letter = self.env["utm.medium"].create({"name": "letter"})
        of_letter = {"medium_id": letter.id, "did_id": self.pooled[0].id}
        self._visit_at(utm_medium="letter")
        self._call_at(qualified=True, **of_letter)
        lead = self._lead_of(won=3, revenue=70)
        self.env["telephony.tracking.touch"].sudo().create(
            {
                "lead_id": lead.id,
                "company_id": self.company.id,
                "channel": "call",
                "date": lead.tracking_date,
                **of_letter,
                **{f"share_{name}": WHOLE for name in ("first", "last_non_direct")},
            }
        )
        self._cost(20, **of_letter)
        for clock in ("touch", "money"):
            rows = self._rows("medium", clock=clock)
            self.assertEqual(rows["letter"], (1, 1, 1, 1, 1, 70, 20), clock)
            rows = self._rows("did_id", clock=clock)
            # A number of a pool is the one that it stands for.
            self.assertEqual(rows[self.did], (0, 1, 1, 1, 1, 70, 20), clock)

    def test_keywords_and_landing_pages_are_told_apart_within_a_source(self):
        sums = [f"{name}:sum" for name in FIGURES]
        groups = self._asked()._read_group([], ["source", "keyword", "landing"], sums)
        found = {tuple(row[:3]): tuple(row[3:]) for row in groups}
        boots = found["google", BOOTS, "/boots"]
        self.assertEqual(boots, (2, 1, 1, 1, 1, 100, 0))
        self.assertEqual(found["google", BOOTS, False], (0, 0, 0, 0, 0, 0, 40))

    def test_their_figures_open_what_they_count(self):
        for clock in ("touch", "money"):
            for line in (("keyword", BOOTS), ("landing", "/boots")):
                domain = [(line[0], "=", line[1])]
                action = self._asked(clock=clock).action_open("revenue", domain)
                self.assertEqual(action["domain"], [("id", "in", self.lead.ids)])
                action = self._asked(clock=clock).action_open("calls", domain)
                self.assertEqual(len(action["domain"][0][2]), 1)
