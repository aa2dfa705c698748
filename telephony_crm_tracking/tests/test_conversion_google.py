import json
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..attribution import google_token
from ..attribution.conversion import Result, State
from .conversion_common import ConversionCase

ANSWERS = Path(__file__).parent / "payloads" / "google_data_manager" / "answers"


@tagged("post_install", "-at_install")
class TestConversionGoogle(ConversionCase):
    """The Data Manager API: a token, a receipt, and what became of it later."""

    def setUp(self):
        super().setUp()
        patcher = patch.object(google_token, "URL", f"{self.server.url}/token")
        patcher.start()
        self.addCleanup(patcher.stop)
        settings = {
            "account_id": "123-456-7890",
            "action_call": "111",
            "client_id": "client",
            "client_secret": "secret-of-client",
            "refresh_token": "refresh",
        }
        self.destination = self._destination("google_data_manager", settings=settings)
        self.answers = {"/token": "token", "ingest": "receipt", "retrieve": "asked"}
        self.server.during = self._answer
        self._rang()
        self.row = self._rows(self.destination)

    def _answer(self):
        """Have the receiver answer as its payload files say, by what it is asked."""
        path = self.server.asked[-1][0]
        name = next(self.answers[part] for part in self.answers if part in path)
        said = json.loads((ANSWERS / f"{name}.json").read_text()) if name else {}
        self.server.status = said.get("status")
        self.server.body = said.get("body")

    def _paths(self):
        return [path.partition("?")[0] for path, _headers in self.server.asked]

    def _asks(self, name):
        """Have it be asked what became of the conversion, and answer so."""
        self.answers["retrieve"] = name
        self.row.ask_date = fields.Datetime.now()
        self._send()

    def test_a_receipt_is_followed_by_what_became_of_it(self):
        self._send()
        self.assertEqual(self._paths(), ["/token", "/v1/events:ingest"])
        _path, headers = self.server.asked[1]
        self.assertEqual(headers["Authorization"], "Bearer ya29.new")
        [event] = json.loads(self.server.bodies[1])["events"]
        self.assertEqual(event["adIdentifiers"], {"gclid": "Click_1"})
        self.assertEqual(event["transactionId"], self.row.key)
        self.assertEqual((self.row.state, self.row.ref), ("sent", "9f2c-1"))
        wait = self.row.ask_date - self.row.sent_date
        self.assertEqual(wait, timedelta(minutes=30))
        self._asks("asked_processing")
        self.assertEqual(self.row.state, "sent")
        self.assertTrue(self.row.ask_date > fields.Datetime.now())
        self._asks("asked_success")
        self.assertEqual(self.row.state, "accepted")
        self.assertFalse(self.row.ask_date)
        self.assertNotIn("ya29.new", str(self.destination.sudo().setting_ids.read()))

    def test_what_google_refuses_later_is_told_of(self):
        self._send()
        self._asks("asked_failed")
        self.assertEqual(
            (self.row.state, self.row.reason), ("refused", "DENIED_CONSENT")
        )
        codes = [one["code"] for one in self.destination.health_findings]
        self.assertIn("refused", codes)

    def test_of_what_is_not_known_for_days_nobody_asks_any_more(self):
        self._send()
        self.row.sent_date -= timedelta(days=4)
        self._asks("asked_processing")
        self.assertFalse(self.row.ask_date)
        self.assertEqual(self.row.state, "sent")

    def test_a_repeat_counts_once_so_a_time_out_is_tried_again(self):
        self.answers["ingest"] = None
        self._send()
        self.assertEqual((self.row.state, self.row.reason), ("waiting", "no_answer"))
        self.assertTrue(self.row.due_date > fields.Datetime.now())
        self.answers["ingest"] = "receipt"
        self._due_now(self.row)
        self._send()
        self.assertEqual(self.row.state, "sent")
        keys = [
            json.loads(body)["events"][0]["transactionId"]
            for path, body in zip(self._paths(), self.server.bodies, strict=True)
            if "ingest" in path
        ]
        self.assertEqual(keys, [self.row.key] * 2)
        self.answers["ingest"] = None
        self.row._queue()
        for _time in range(8):
            self._due_now(self.row)
            self._send()
        self.assertEqual(self.row.state, "unknown")

    def test_without_a_token_nothing_is_sent(self):
        self.answers["/token"] = "token_refused"
        self._send()
        self.assertEqual(self._paths(), ["/token"])
        self.assertEqual((self.row.state, self.row.attempts), ("waiting", 0))
        self.assertEqual(self.destination.problem, "invalid_grant")
        rows = self.destination.setting_ids
        rows.filtered(lambda row: row.key == "refresh_token").secret_value = "new"
        self.assertFalse(self.destination.problem)  # what is entered anew is tried

    def _is_spam_on_its_way(self, answer=None):
        """Have somebody say that the call was spam while the job sends it.

        :param answer: `Result`, where the receiver does not say what it says otherwise
        """
        own = type(self.destination)._exchange

        def ceases(this, *args):
            self.row.call_id.with_user(self.agent).action_spam()
            return answer or own(this, *args)

        self.patch(type(self.destination), "_exchange", ceases)
        self._send()

    def test_what_ceases_to_be_so_on_its_way_is_taken_back(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self._is_spam_on_its_way()
        self.assertEqual(self.row.state, "sent")
        self.assertTrue(self.row.cancelled_date)
        self.assertEqual(self._rows(back).original_id, self.row)
        self.row._queue()
        self.assertEqual(self.row.state, "sent")  # it does not go once more

    def test_what_ceases_to_be_so_on_its_way_is_taken_back_without_an_answer_too(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self.answers["ingest"] = None
        self._is_spam_on_its_way()
        self.assertEqual((self.row.state, self.row.reason), ("unknown", "no_answer"))
        self.assertEqual(self._rows(back).original_id, self.row)

    def test_what_ceases_to_be_so_and_was_not_taken_is_left_out(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self._is_spam_on_its_way(Result(State.WAITING, "HTTP 429"))
        self.assertEqual((self.row.state, self.row.reason), ("skipped", "no_more"))
        self.assertEqual(self.row.attempts, 0)
        self.assertFalse(self._rows(back))

    def test_what_ceases_to_be_so_as_a_worker_dies_is_taken_back(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self.assertTrue(self.row._claim())  # and nobody notes what came of it
        self.row.call_id.with_user(self.agent).action_spam()
        self.assertEqual(self.row.state, "waiting")
        self._due_now(self.row)
        self._send()
        self.assertEqual(self._paths(), ["/token"])
        self.assertEqual((self.row.state, self.row.reason), ("unknown", "interrupted"))
        self.assertEqual(self._rows(back).original_id, self.row)

    def _while_it_gets_a_token(self, happens):
        """Have something happen while the job waits for a token."""
        own = type(self.destination)._token

        def get_token(this, tokens):
            found = own(this, tokens)
            happens()
            self.env.flush_all()
            return found

        self.patch(type(self.destination), "_token", get_token)

    def test_who_takes_consent_back_while_it_is_being_sent_is_not_told_of(self):
        def deny():
            self.row.visit_id.sudo().consent_ads = "denied"

        self._while_it_gets_a_token(deny)
        self._send()
        self.assertEqual(self._paths(), ["/token"])
        self.assertEqual((self.row.state, self.row.reason), ("skipped", "consent"))

    def test_what_a_person_leaves_out_meanwhile_is_not_sent(self):
        self._while_it_gets_a_token(
            self.row.with_user(self.administrator).action_skip,
        )
        self._send()
        self.assertEqual(self._paths(), ["/token"])
        self.assertEqual((self.row.state, self.row.reason), ("skipped", "person"))

    def test_a_click_that_google_does_not_know_yet_waits(self):
        self._send()
        self._asks("asked_too_recent")
        self.assertEqual((self.row.state, self.row.reason), ("held", "too_recent"))
        wait = self.row.due_date - fields.Datetime.now()
        self.assertTrue(timedelta(hours=5, minutes=59) < wait <= timedelta(hours=6))
        self._due_now(self.row)
        self._send()
        self.assertEqual((self.row.state, self.row.attempts), ("sent", 2))
        self.row.attempts = 8  # it was never known, however often it was sent
        self._asks("asked_too_recent")
        self.assertEqual(self.row.state, "refused")

    def test_what_google_had_already_can_be_taken_back(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self._send()
        self._asks("asked_duplicate")
        self.assertEqual(self.row.state, "accepted")
        self.row.call_id.with_user(self.agent).action_spam()
        self.assertEqual(self._rows(back).original_id, self.row)

    def test_what_got_no_answer_is_taken_back_since_google_may_have_it(self):
        back = self._destination("google_adjustments", settings={"action_call": "C"})
        self.answers["ingest"] = None
        self._send()
        self.assertEqual(self.row.state, "waiting")
        call = self.row.call_id.with_user(self.agent)
        call.action_spam()
        self.assertEqual(self.row.state, "unknown")
        self.assertEqual(self._rows(back).original_id, self.row)
