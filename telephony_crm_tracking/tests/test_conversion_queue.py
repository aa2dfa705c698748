import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .conversion_common import ConversionCase


@tagged("post_install", "-at_install")
class TestConversionQueue(ConversionCase):
    """What came of a click is handed over, once and only with consent."""

    def test_a_call_is_handed_over_with_its_visit(self):
        destination = self._ga4()
        call = self._rang()
        self.assertTrue(call.qualified)
        rows = self._rows(destination)
        self.assertEqual(rows.mapped("event"), ["call", "qualified"])
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.assertEqual(rows.call_id, call)
        self.assertFalse(self.server.asked)  # only the job sends
        self._send()
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertEqual(len(self.server.asked), 2)
        told = json.loads(self.server.bodies[0])
        self.assertEqual(told["client_id"], "11.22")
        self.assertEqual(told["events"][0]["params"]["session_id"], "33")
        self._send()
        call._follow_up_later()
        self._follow_up()
        self._send()
        self.assertEqual(len(self.server.asked), 2)  # once

    def test_without_consent_nothing_leaves(self):
        destination = self._ga4()
        told = self._click(consent={"a": "granted", "d": "unknown", "by": "tcf"})
        self._rang(told=told)
        rows = self._rows(destination)
        self.assertEqual(set(rows.mapped("state")), {"skipped"})
        self.assertEqual(set(rows.mapped("reason")), {"consent"})
        self.assertIn("agreed", rows[0].reason_words)
        self._send()
        self.assertFalse(self.server.asked)

    def test_consent_is_looked_at_again_on_sending(self):
        destination = self._ga4()
        told = self._click()
        self._rang(told=told)
        self._ask(k=told["k"], b=1, c={"a": "granted", "d": "denied", "by": "tcf"})
        self._send()
        self.assertFalse(self.server.asked)
        self.assertEqual(set(self._rows(destination).mapped("reason")), {"consent"})

    def test_who_says_no_on_a_later_visit_has_said_it_of_the_earlier(self):
        destination = self._ga4()
        told = self._click()
        self._rang(told=told)
        consent = {"a": "granted", "d": "denied", "by": "tcf"}
        self._click(consent=consent, at=7200, gclid="", p=told["k"])
        self._send()
        self.assertFalse(self.server.asked)
        self.assertEqual(set(self._rows(destination).mapped("reason")), {"consent"})

    def test_an_unlikely_visit_is_not_handed_over(self):
        destination = self._ga4(min_weight=0.95)
        self._rang()
        self.assertEqual(set(self._rows(destination).mapped("reason")), {"unsure"})

    def test_a_call_of_no_visit_is_nobody_s_business(self):
        destination = self._ga4()
        self._ring(self.did.number, 10)
        self._end(self.did.number, 10)
        self.assertFalse(self._rows(destination))

    def test_a_time_out_leaves_it_to_a_person_where_repeats_count_twice(self):
        destination = self._ga4()
        self._rang()
        self.server.status = None  # it takes the request and hangs up
        self._send()
        row = self._rows(destination)[0]
        self.assertEqual((row.state, row.reason), ("unknown", "no_answer"))
        self._send()
        self.assertEqual(len(self.server.asked), 2)  # each once
        self.assertIn("unknown", [f["code"] for f in destination.health_findings])
        row.with_user(self.administrator).action_mark_sent()
        self.assertEqual(row.state, "sent")

    def test_what_was_being_sent_when_a_worker_died_is_not_sent_again(self):
        destination = self._ga4()
        self._rang()
        noted, own = [], type(destination)._exchange

        def watched(this, *args):
            """Look what a crash during the exchange would leave behind."""
            noted.extend((row.state, row.reason) for row in self._rows(destination)[:1])
            return own(this, *args)

        self.patch(type(destination), "_exchange", watched)
        self._send()
        self.assertEqual(noted[0], ("unknown", "interrupted"))
        self.assertEqual(self._rows(destination)[0].state, "sent")

    @mute_logger("odoo.addons.telephony_crm_tracking.models")
    def test_a_receiver_that_cannot_be_reached_is_left_alone(self):
        destination = self._ga4()
        self._rang()
        self.server.close()
        self.addCleanup(setattr, self.server, "close", lambda: None)
        self.server.close = lambda: None
        self._send()
        rows = self._rows(destination)
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.assertTrue(destination.pause_date)
        self.assertEqual(destination.problem, "unreachable")
        self.assertEqual(sum(rows.mapped("attempts")), 0)
        [finding] = [
            one for one in destination.health_findings if one["code"] == "problem"
        ]
        self.assertEqual(finding["action"], "action_try_again")

    def test_a_bad_key_is_told_of_and_nothing_is_lost(self):
        settings = {"dataset_id": "1", "access_token": "secret-of-meta"}
        destination = self._destination("meta", settings=settings)
        self._rang()
        self.server.status, self.server.body = 400, {"error": {"code": 190}}
        self._send()
        rows = self._rows(destination)
        self.assertEqual(rows.mapped("state"), ["waiting", "waiting"])
        self.assertEqual(len(self.server.asked), 1)  # not asked again and again
        destination.with_user(self.administrator).action_try_again()
        self.server.status, self.server.body = 200, {"events_received": 1}
        self._send()
        self.assertEqual(set(self._rows(destination).mapped("state")), {"accepted"})
        self.assertFalse(destination.problem)

    def test_what_is_no_result_any_more_is_left_out(self):
        destination = self._ga4()
        call = self._rang()
        call.with_user(self.agent).action_spam()
        rows = self._rows(destination)
        self.assertEqual(set(rows.mapped("state")), {"skipped"})
        self.assertEqual(set(rows.mapped("reason")), {"no_more"})
        call.with_user(self.agent).action_not_spam()
        rows = self._rows(destination)
        self.assertEqual(rows.mapped("state"), ["waiting", "waiting"])
        self.assertEqual(len(rows), 2)

    def test_in_test_mode_nothing_counts_and_all_goes_afterwards(self):
        destination = self._ga4(test_mode=True)
        self._rang()
        self.server.body = {"validationMessages": []}
        self._send()
        rows = self._rows(destination)
        self.assertEqual(set(rows.mapped("state")), {"accepted"})
        self.assertTrue(all(rows.mapped("is_test")))
        self.assertIn("/debug/", self.server.asked[0][0])
        destination.with_user(self.administrator).action_end_test()
        self.assertEqual(set(self._rows(destination).mapped("state")), {"waiting"})
        self._send()
        self.assertEqual(set(self._rows(destination).mapped("state")), {"sent"})
        self.assertFalse(any(self._rows(destination).mapped("is_test")))
        self.assertNotIn("/debug/", self.server.asked[-1][0])
