from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from ..attribution.match import LATE, LIVE, TAP, UNPROVEN
from .call_common import STATIC, RingingCase

OTHER = "+442037691899"
MODULE = "odoo.addons.telephony_crm_tracking.models.telephony_call_tracking"


@tagged("post_install", "-at_install")
class TestCallMatch(RingingCase):
    """Which visit made the phone ring, and how sure that is."""

    def _levels(self, call):
        return [(one.level, one.visit_id) for one in call.match_ids]

    def test_who_sees_the_number_is_likely_and_not_certain(self):
        told = self._visitor(utm_campaign="Spring sale")
        call = self._ring(self._shown(told), 30)
        self.assertEqual(call.tracking_state, "matched")
        self.assertEqual(self._levels(call), [("live", self._visit(told))])
        self.assertAlmostEqual(call.match_ids.weight, LIVE, 5)
        self.assertEqual(self._sources(call), ("google", "cpc", "Spring sale"))
        self.assertEqual(call.match_ids.lease_id, self._visit(told).lease_ids)
        self.assertTrue(self._visit(told).kept)

    def test_a_tap_seconds_before_says_who_it_was(self):
        told = self._visitor()
        number = self._shown(told)
        self._ask(k=told["k"], t=number, at=self._in(20))
        call = self._ring(number, 25)
        self.assertEqual(self._levels(call), [("tap", self._visit(told))])
        self.assertAlmostEqual(call.match_ids.weight, TAP, 5)
        self.assertIn("5 s", call.match_ids.why)

    def test_a_tap_that_is_heard_of_after_the_ring_counts_at_the_follow_up(self):
        told = self._visitor()
        number = self._shown(told)
        call = self._ring(number, 30)
        self.assertEqual(call.match_ids.level, "live")
        self._ask(k=told["k"], t=number, at=self._in(35))
        call = self._end(number, 30)
        self.assertEqual(self._levels(call), [("tap", self._visit(told))])
        self.assertFalse(call.tracking_due)

    def test_the_tap_of_a_next_call_does_not_take_away_that_of_this_one(self):
        told = self._visitor()
        number = self._shown(told)
        self._ask(k=told["k"], t=number, at=self._in(20))
        self._ring(number, 25)
        self._ask(k=told["k"], t=number, at=self._in(300))
        call = self._end(number, 25)
        self.assertEqual(self._levels(call), [("tap", self._visit(told))])

    def test_after_the_hold_the_last_visitor_is_less_likely_the_later(self):
        self.pool.late_seconds = 1000
        told = self._visitor()
        self._ask(k=told["k"], b=1, at=self._in(20))
        self.env["telephony.tracking.slot"].sudo()._close_over(self._in(5000))
        call = self._ring(self._shown(told), 20 + 600 + 500)
        self.assertEqual(call.match_ids.level, "late")
        self.assertAlmostEqual(call.match_ids.weight, LATE / 2, 5)
        call = self._ring(self._shown(told), 20 + 600 + 1000, "in_2", caller=OTHER)
        self.assertEqual((call.tracking_state, len(call.match_ids)), ("none", 0))

    def test_two_who_may_have_rung_are_both_kept(self):
        self.pool.write({"hold_seconds": 60, "cooldown_seconds": 0})
        first = self._visitor("google")
        self._ask(k=first["k"], b=1, at=self._in(20))
        other = self._visitor("bing", at=21)  # has the other number, and keeps it
        self._ask(k=other["k"], b=1, at=self._in(90))
        second = self._visitor("facebook", at=100)
        self.assertEqual(self._shown(second), self._shown(first))
        call = self._ring(self._shown(first), 110)
        self.assertEqual(call.tracking_state, "ambiguous")
        self.assertEqual(call.match_ids.mapped("level"), ["live", "late"])
        self.assertLess(sum(call.match_ids.mapped("weight")), 1)
        self.assertEqual(call.source_id.name, "Facebook")

    def test_a_caller_who_rang_this_number_before_outranks_who_sees_it_now(self):
        self.pool.write({"hold_seconds": 60, "cooldown_seconds": 0, "late_seconds": 0})
        first = self._visitor("google")
        number = self._shown(first)
        self._ring(number, 10)
        self._visitor("bing", at=21)
        second = self._visitor("facebook", at=200)
        self.assertEqual(self._shown(second), number)
        call = self._ring(number, 210, "in_2")
        self.assertEqual(
            self._levels(call),
            [("returning", self._visit(first)), ("live", self._visit(second))],
        )
        self.assertEqual(call.source_id.name, "google")
        stranger = self._ring(number, 215, "in_3", caller=OTHER)
        self.assertEqual(self._levels(stranger), [("live", self._visit(second))])

    def test_one_browser_is_one_visitor_who_came_by_the_last_click(self):
        self.pooled[1].pool_id = False
        first = self._visitor("google")
        number = self._shown(first)
        self._ring(number, 10)
        query = {"utm_source": "facebook", "utm_medium": "cpc"}
        again = self._page("/", q=query, p=first["k"], at=self._in(4000))
        self.assertEqual(self._shown(again), number)
        self.assertNotEqual(again["k"], first["k"])
        call = self._ring(number, 4010, "in_2")
        self.assertEqual(self._levels(call), [("live", self._visit(again))])
        self.assertEqual(call.tracking_state, "matched")
        self.assertEqual(call.source_id.name, "Facebook")

    def test_a_tap_on_the_static_number_of_a_dry_pool_is_matched_too(self):
        self._visitor()
        self._visitor()
        told = self._visitor("bing")
        self.assertIsNone(self._shown(told))
        self._ask(k=told["k"], t=STATIC, at=self._in(10))
        call = self._ring(STATIC, 15)
        self.assertEqual(self._levels(call), [("tap", self._visit(told))])
        self.assertEqual(call.source_id.name, "bing")

    def test_a_tap_on_the_static_number_beside_the_visitor_s_own_made_no_other_call(
        self,
    ):
        """What stands there for machines, or is marked, is left alone on a page."""
        told = self._visitor("bing")
        self._ask(k=told["k"], t=STATIC, at=self._in(20))
        stranger = self._ring(self._shown(told), 40, caller=OTHER)
        self.assertEqual(self._levels(stranger), [("live", self._visit(told))])
        call = self._ring(STATIC, 25, "in_2")
        self.assertEqual(self._levels(call), [("tap", self._visit(told))])
        self.assertEqual(call.source_id.name, "bing")

    def test_a_leaflet_s_number_says_its_source_and_no_visit(self):
        self.did.source_id = self.env["utm.source"].create({"name": "Leaflet"})
        call = self._ring(STATIC, 15)
        self.assertEqual(call.tracking_state, "static")
        self.assertAlmostEqual(call.match_ids.weight, UNPROVEN, 5)
        self.assertEqual(call.source_id.name, "Leaflet")
        self.assertEqual(call.match_ids.shown_source, "Leaflet")
        call = self._end(STATIC, 15)
        self.assertEqual((call.tracking_state, len(call.match_ids)), ("static", 1))

    def test_who_rings_back_was_brought_by_no_advertisement(self):
        self.did.source_id = self.env["utm.source"].create({"name": "Leaflet"})
        self._talk(minutes=150)
        call = self._ring(STATIC, 0)
        self.assertTrue(call.returns_ours)
        self.assertFalse(call.source_id)
        call = self._end(STATIC, 0)
        self.assertEqual((call.tracking_state, call.source_id.id), ("none", False))

    def test_a_visitor_s_source_outlives_what_the_pbx_tells_later(self):
        self.did.source_id = self.env["utm.source"].create({"name": "Web site"})
        told = self._visitor()
        number = self._shown(told)
        self.assertEqual(self._ring(number, 30).source_id.name, "google")
        self.assertEqual(self._end(number, 30).source_id.name, "google")
        direct = self._visitor(source="", at=60)
        call = self._ring(self._shown(direct), 70, "in_2", caller=OTHER)
        self.assertEqual(call.match_ids.visit_id, self._visit(direct))
        self.assertEqual(call.source_id.name, "Web site")

    def test_a_hidden_caller_s_visit_stays_while_the_phone_rings(self):
        told = self._visitor()
        hidden = {"caller_id": "anonymous", "called_did": self._shown(told)[1:]}
        self.assertEqual(
            self._ring(self._shown(told), 30, caller="anonymous").tracking_state,
            "matched",
        )
        at = {"started": self._in(30), "after": 2}
        self._tell("NOTIFY_INTERNAL", internal="100", **at, **hidden)
        call = self._call()
        self.assertTrue(call.hidden)
        self.assertEqual(
            (call.tracking_state, call.source_id.name), ("matched", "google")
        )

    def test_a_number_that_the_pbx_corrects_is_looked_at_anew(self):
        told, other = self._visitor(), self._visitor("bing")
        self._ring(self._shown(told), 30)
        self._end(self._shown(other), 30)
        call = self._call()
        if call.did_id.e164 == self._shown(other):
            self.assertEqual(call.match_ids.visit_id, self._visit(other))
            self.assertEqual(call.source_id.name, "bing")
        else:
            self.assertEqual(call.match_ids.visit_id, self._visit(told))

    def test_a_call_into_which_another_goes_knows_its_visit(self):
        told = self._visitor()
        part = self._ring(self._shown(told), 30)
        whole = self._ring(OTHER, 40, "in_2")
        self.assertFalse(whole.match_ids)
        whole.sudo()._take_over(part)
        self.assertEqual(whole.match_ids.visit_id, self._visit(told))
        self.assertEqual(whole.tracking_state, "matched")
        self.assertEqual(whole.source_id.name, "google")

    @mute_logger(MODULE)
    def test_a_call_is_not_lost_when_its_visit_cannot_be_found(self):
        told = self._visitor()
        number = self._shown(told)
        calls = type(self.env["telephony.call"])
        with patch.object(calls, "_candidates", side_effect=ValueError("broken")):
            call = self._ring(number, 30)
        self.assertTrue(call)
        self.assertEqual((call.tracking_state, call.tracking_due), ("none", True))
        call = self._end(number, 30)
        self.assertEqual((call.tracking_state, call.tracking_due), ("matched", False))
        with patch.object(calls, "_candidates", side_effect=ValueError("broken")):
            self._ring(number, 60, "in_2")
            call = self._end(number, 60, "in_2")
        self.assertTrue(call.follow_up)  # the job tries it again
        self.assertIn("broken", call.follow_up_error)

    def test_candidates_are_found_by_one_statement(self):
        told = self._visitor()
        pooled = self.pooled.filtered(lambda did: did.e164 == self._shown(told))
        calls = self.env["telephony.call"]
        tracked = self.env["telephony.did"]._tracked(self.pbx.id)
        self.assertEqual(set(tracked), {self.did.id, *self.pooled.ids})
        self.env.flush_all()
        for did in (pooled, self.did):
            with self.assertQueryCount(1):
                calls._candidates(
                    tracked[did.id], did.id, CUSTOMER, self._in(30), False
                )

    def test_visits_of_another_company_made_no_call_of_ours(self):
        told = self._visitor()
        self._visitor()
        dry = self._visitor()
        self._ask(k=dry["k"], t=STATIC, at=self._in(10))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visits = self._visit(dry) | self._visit(told)
        visits.company_id = other
        self.env.flush_all()
        self.assertFalse(self._ring(STATIC, 15).match_ids)

    def test_words_of_a_stranger_are_text(self):
        words = "<b onclick=x>'; DROP TABLE"
        told = self._visitor(words, utm_campaign="%_{0}\\")
        call = self._ring(self._shown(told), 30)
        self.assertEqual(self._sources(call), (words, "cpc", "%_{0}\\"))
        self.assertEqual(call.match_ids.shown_source, f"{words} / cpc · %_{{0}}\\")
