import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..attribution.visit import parse
from .common import HOST, STATIC, TrackingCase

AD = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Spring"}


@tagged("post_install", "-at_install")
class TestVisit(TrackingCase):
    """What is kept of a visit, and whose consent it needs."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _in(self, **length):
        return self.now + timedelta(**length)

    def test_a_visit_is_kept_with_what_led_to_it(self):
        told = self._page(
            "/sofas",
            q={**AD, "utm_term": "sofa", "gclid": "Cj0KCQ", "email": "a@b.example"},
            r="www.google.com/",
            g={"client_id": "12.34", "session_id": "56", "fbp": "fb.1.1700000000000.7"},
            c={"a": "granted", "d": "granted", "by": "tcf"},
            at=self.now,
        )
        visit = self._visit(told)
        self.assertRecordValues(
            visit,
            [
                {
                    "site_id": self.site.id,
                    "company_id": self.company.id,
                    "start_date": self.now,
                    "host": HOST,
                    "landing": "/sofas",
                    "referrer": "www.google.com/",
                    "utm_source": "google",
                    "utm_term": "sofa",
                    "gclid": "Cj0KCQ",
                    "click_date": self.now,
                    "ga_client_id": "12.34",
                    "ga_session_id": "56",
                    "fbp": "fb.1.1700000000000.7",
                    "consent_analytics": "granted",
                    "consent_ads": "granted",
                    "consent_source": "tcf",
                    "kind": "paid",
                    "source": "google",
                    "medium": "cpc",
                    "campaign": "Spring",
                    "keyword": "sofa",
                }
            ],
        )
        self.assertFalse(visit.source_id or visit.medium_id or visit.campaign_id)

    def test_pages_of_the_same_browser_are_one_visit(self):
        told = self._page("/", q=AD, at=self.now)
        again = self._page("/", k=told["k"], q=AD, at=self._in(minutes=1))
        other = self._page("/sofas", p=told["k"], at=self._in(minutes=2))
        self._ask(k=told["k"], v=1, u="/beds", at=self._in(minutes=3))
        self.assertEqual({again["k"], other["k"]}, {told["k"]})
        self.assertEqual(self._shown(other), self._shown(told))
        visit = self._visit(told)
        self.assertEqual(visit.page_ids.mapped("path"), ["/sofas", "/beds"])
        self.assertEqual(visit.seen_date, self._in(minutes=3))

    def test_a_page_that_asks_anew_is_not_opened_anew(self):
        """As in an application of one page, whose visitor looks at another tab."""
        told = self._page("/", q=AD, at=self.now)
        for minute, path in enumerate(("/beds", "/sofas"), 1):
            self._ask(k=told["k"], v=1, u=path, at=self._in(minutes=minute))
            again = self._page("/", k=told["k"], q=AD, at=self._in(minutes=minute))
            self.assertEqual(self._shown(again), self._shown(told))
        self._page("/", p=told["k"], at=self._in(minutes=3))
        paths = self._visit(told).page_ids.mapped("path")
        self.assertEqual(paths, ["/beds", "/sofas", "/"], "the last was loaded")

    def test_after_half_an_hour_or_by_another_ad_it_is_another_visit_of_the_same(self):
        told = self._page(q={**AD, "gclid": "one"}, at=self.now)
        later = self._page(p=told["k"], at=self._in(minutes=31))
        other = self._page(
            p=told["k"], q={**AD, "utm_campaign": "Summer"}, at=self._in(minutes=1)
        )
        click = self._page(
            p=told["k"], q={**AD, "gclid": "two"}, at=self._in(minutes=1)
        )
        visits = [self._visit(one) for one in (told, later, other, click)]
        self.assertEqual(len({visit.key for visit in visits}), 4)
        self.assertEqual({visit.visitor_key for visit in visits}, {told["k"]})

    def test_a_page_that_names_no_number_of_ours_gets_none(self):
        self.assertEqual(self._page(numbers=())["n"], {})
        self.assertEqual(self._page(numbers=("+442037699999",))["n"], {})
        self.assertEqual(len(self.env["telephony.tracking.visit"].search([])), 2)

    def test_the_rule_of_the_site_says_who_gets_a_number(self):
        self.site.rule = "paid"
        self.assertFalse(self._shown(self._page()))
        self.assertFalse(self._shown(self._page(q={"fbclid": "Iw"})))
        self.assertTrue(self._shown(self._page(q={"gclid": "one"})))
        self.site.write({"rule": "source", "rule_sources": "Bing, Partner"})
        self.assertFalse(self._shown(self._page(q=AD)))
        self.assertTrue(self._shown(self._page(q={"utm_source": "partner"})))

    def test_pages_and_beats_cost_few_statements(self):
        told = self._page(at=self.now)
        key = told["k"]
        for message, most in (
            ({"u": "/", "n": [STATIC]}, 4),  # counted, stored, given a number, counted
            ({"k": key, "b": 1}, 2),
            ({"k": key, "t": self._shown(told)}, 2),
            ({"k": key, "v": 1, "u": "/2"}, 6),
        ):
            opening = self.env["telephony.tracking.site"]._openings()[self.site.token]
            asked = parse(json.dumps(message).encode())
            visits = self.env["telephony.tracking.visit"].sudo()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            visits._receive(opening, asked, "net")
            spent = self.env.cr.sql_log_count - before
            self.assertLessEqual(spent, most, message)

    # -- consent -----------------------------------------------------------------------

    def test_without_a_consent_that_is_required_nothing_is_kept(self):
        self.site.consent_required = True
        for consent in (None, {"a": "unknown"}, {"a": "denied", "d": "granted"}):
            self.assertEqual(self._page(c=consent), {"k": "", "n": {}, "beat": 0})
        self.assertFalse(self.env["telephony.tracking.visit"].search([]))
        self.assertTrue(self._shown(self._page(c={"a": "granted"})))

    def test_a_refusal_is_heeded_where_no_consent_is_required(self):
        self.assertFalse(self._page(c={"a": "denied"})["k"])

    def test_refused_advertising_leaves_no_click(self):
        told = self._page(
            q={**AD, "gclid": "one"},
            g={"client_id": "1.2", "fbp": "fb.1.1700000000000.7"},
            c={"a": "granted", "d": "denied"},
        )
        visit = self._visit(told)
        self.assertFalse(visit.gclid or visit.fbp or visit.click_date)
        self.assertEqual((visit.kind, visit.ga_client_id), ("paid", "1.2"))
        again = self._page(k=told["k"], q={**AD, "gclid": "one"})
        self.assertEqual(again["k"], told["k"])

    def test_unknown_consent_in_advertising_leaves_no_click_where_it_is_required(self):
        said = {"q": {**AD, "gclid": "one"}, "g": {"fbp": "fb.1.1700000000000.7"}}
        told = self._page(c={"a": "granted"}, at=self.now, **said)
        self.assertEqual(self._visit(told).gclid, "one")
        self.site.consent_required = True
        told = self._page(c={"a": "granted"}, at=self.now, **said)
        visit = self._visit(told)
        self.assertFalse(visit.gclid or visit.fbp or visit.click_date)
        self.assertEqual(visit.consent_date, self.now)
        agreed = self._in(seconds=9)
        yes = {"a": "granted", "d": "granted"}
        again = self._page(k=told["k"], c=yes, at=agreed, **said)
        self.assertEqual(again["k"], told["k"])
        visit = self._visit(told)
        self.assertEqual((visit.gclid, visit.click_date), ("one", self.now))
        self.assertTrue(visit.fbp)
        self.assertEqual((visit.consent_ads, visit.consent_date), ("granted", agreed))

    def test_the_next_visit_has_the_consent_of_when_it_was_given(self):
        yes = {"a": "granted", "d": "granted", "by": "tcf"}
        told = self._page(c=yes, at=self.now)
        later = self._in(hours=2)
        again = self._page(p=told["k"], c={"a": "unknown"}, at=later)
        self.assertNotEqual(again["k"], told["k"])
        visit = self._visit(again)
        self.assertEqual((visit.consent_ads, visit.consent_date), ("granted", self.now))
        no = {"a": "granted", "d": "denied"}
        again = self._page(p=again["k"], c=no, at=self._in(hours=4))
        self.assertEqual(self._visit(again).consent_date, self._in(hours=4))

    def test_consent_in_advertising_taken_back_erases_the_click(self):
        told = self._page(q={**AD, "gclid": "one"}, c={"a": "granted", "d": "granted"})
        self._ask(k=told["k"], b=1, c={"a": "granted", "d": "denied", "by": "page"})
        visit = self._visit(told)
        self.assertEqual(
            (visit.gclid, visit.click_date, visit.consent_ads, visit.consent_source),
            (False, False, "denied", "page"),
        )
        self._ask(k=told["k"], b=1, g={"fbp": "fb.1.1700000000000.7"})
        self.assertFalse(self._visit(told).fbp)

    def test_consent_taken_back_erases_the_visit_and_nobody_gets_its_number_soon(self):
        told = self._page(at=self.now)
        self._ask(k=told["k"], v=1, u="/beds", at=self._in(seconds=20))
        visit = self._visit(told)
        gone = self._ask(k=told["k"], b=1, c={"a": "denied"}, at=self._in(seconds=21))
        self.assertEqual(gone, {"k": "", "n": {}, "beat": 0})
        self.assertFalse(visit.exists())
        others = [self._page(at=self._in(seconds=22)) for _visitor in range(2)]
        self.assertEqual(len([one for one in others if self._shown(one)]), 1)

    def test_a_visit_with_a_call_loses_what_tells_its_browser_from_others(self):
        before = self._page(at=self.now)
        told = self._page(
            "/beds",
            p=before["k"],
            q={**AD, "gclid": "one"},
            g={"client_id": "1.2"},
            at=self._in(minutes=40),
        )
        self._visit(told)._keep()
        self._ask(k=told["k"], b=1, c={"a": "denied"}, at=self._in(minutes=41))
        visit = self._visit(told)
        self.assertEqual((visit.visitor_key, visit.campaign), (visit.key, "Spring"))
        self.assertFalse(visit.gclid or visit.ga_client_id or visit.click_date)
        self.assertEqual(visit.consent_ads, "denied")
        self.assertTrue(visit.lease_ids.end_date)

    # -- quotas ------------------------------------------------------------------------

    def test_a_network_is_shown_few_numbers_a_day_however_it_asks(self):
        self.site.numbers_per_network = 1
        shown = {self._shown(self._page("/", network="a")) for _visitor in range(3)}
        self.assertEqual(len(shown - {None}), 1)
        self.assertTrue(self._shown(self._page("/", network="b")))

    def test_a_network_and_a_site_open_so_many_pages_a_minute(self):
        self.site.visits_per_network = 2
        asked = [self._page("/", network="a", at=self.now) for _page in range(3)]
        self.assertEqual(asked[2], {"error": "too many visits"})
        self.assertIn("k", self._page("/", network="a", at=self._in(minutes=1)))
        self.site.visits_per_minute = 3
        later = self._in(minutes=2)
        asked = [self._page("/", network=str(one), at=later) for one in range(4)]
        self.assertEqual([("k" in one) for one in asked], [True, True, True, False])
