from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CUSTOMER
from .offer_common import OfferCase


@tagged("post_install", "-at_install")
class TestOfferResult(OfferCase):
    """Whether the customer was reached, how soon it rang, and how often it is tried."""

    def _round(self, number, result="no answer", talk=0):
        """Somebody accepts, and the PBX tells what came of it."""
        answer = self._accept(self.agent)
        self.assertEqual(answer["status"], "calling", answer)
        return self._dialled(f"out_{number}", result=result, talk=talk)

    def test_how_long_it_took_to_ring_is_kept_and_stands_in_the_chatter(self):
        self._ask(asked=self._ago(minutes=2))
        call = self._round(1, "answered", 15)
        callback = self._callback()
        customer = call.leg_ids.filtered(lambda leg: leg.kind == "customer")
        seconds = (customer.ring_date - callback.promised_date).total_seconds()
        self.assertEqual(callback.ring_date, customer.ring_date)
        self.assertEqual(callback.ring_seconds, int(seconds))
        self.assertIn("Asked to be called back", call.message_id.body)
        self.assertIn(f"rang after {int(seconds)} s", call.message_id.body)
        line = call._line(call)
        self.assertEqual(line["asked"], fields.Datetime.to_string(callback.asked_date))
        self.assertEqual(line["ring_seconds"], callback.ring_seconds)

    def test_a_call_that_nobody_asked_for_says_nothing_of_it(self):
        call = self._talk()
        self.assertNotIn("Asked", call.message_id.body)
        self.assertNotIn("asked", call._line(call))

    def test_seconds_to_ring_are_measured_on_average_of_those_that_rang(self):
        self._ask(asked=self._ago(minutes=2))
        self._round(1, "answered", 15)
        self._presence(self.users, "offline")
        self._ask("+442079460123")
        callbacks = self.env["telephony.callback"]
        [(mean,)] = callbacks._read_group([], aggregates=["ring_seconds:avg"])
        self.assertGreater(mean, 60)
        self.assertEqual(mean, self._callback().ring_seconds)

    def test_who_does_not_answer_is_offered_again_and_not_for_ever(self):
        self.pbx.offer_retries = 2
        self._ask()
        for number in (1, 2):
            self._round(number, ("no answer", "busy")[number - 1])
            callback = self._callback()
            self.assertEqual((callback.offer, callback.tries), ("waiting", number))
            wait = callback.offer_date - fields.Datetime.now()
            self.assertGreater(wait, timedelta(minutes=9))
            self._job(minutes=5)
            self.assertEqual(self._callback().offer, "waiting")
            self._job(minutes=11)
            self.assertEqual(self._callback().offer, "offered")
            self._callback().offer_end_date = fields.Datetime.now() + timedelta(days=1)
        self._round(3)
        callback = self._callback()
        self.assertEqual((callback.state, callback.offer), ("open", "over"))
        self._job(days=2)
        self.assertEqual(self._callback().offer, "over")
        self.assertEqual(len(self.server.asked), 3)

    def test_what_is_told_twice_of_a_call_counts_once(self):
        self._ask()
        call = self._round(1)
        callback = self._callback()
        date = callback.offer_date
        call.note = "Again"
        self._follow_up()
        self.assertEqual(self._callback().offer_date, date)
        self.assertEqual(self._callback().tries, 1)

    def test_who_spoke_too_shortly_or_was_hung_up_on_is_left_to_the_agent(self):
        for number, (result, talk) in enumerate((("answered", 2), ("cancel", 0))):
            self._ask()
            self._round(number, result, talk)
            callback = self._callback()
            self.assertEqual((callback.state, callback.offer), ("open", "over"))
            self.assertEqual(callback.user_id, self.agent)

    def test_a_call_that_never_came_is_tried_again(self):
        self._ask()
        self._accept(self.agent)
        self._job(minutes=5)
        self.assertEqual(self._callback().offer, "accepted")
        self._job(minutes=11)
        self.assertEqual(self._callback().offer, "waiting")

    def test_a_pbx_that_cannot_be_reached_is_tried_again(self):
        self._ask()
        self.server.status = 500
        answer = self._accept(self.agent)
        self.assertEqual(answer["status"], "failed")
        self.assertTrue(answer["message"])
        self.assertEqual(self._callback().offer, "waiting")

    def test_a_customer_who_rings_in_and_is_answered_is_offered_no_more(self):
        self._ask(asked=self._ago(minutes=10))
        self._talk(minutes=1)
        self.assertEqual(self._callback().state, "done")
        self.assertFalse(self._offers(self.agent))

    def test_who_was_missed_and_asks_too_has_one_call_back(self):
        self._miss(minutes=5)
        self._ask(asked=self._ago(minutes=2))
        callback = self._callback()
        self.assertEqual(len(callback), 1)
        self.assertEqual((callback.kind, callback.attempts), ("promised", 1))
        self._round(1, "answered", 30)
        self.assertEqual(self._callback().state, "done")
        self.assertFalse(self._call("in_1").needs_callback)

    def test_who_is_called_at_this_moment_and_asks_again_changes_nothing(self):
        self._ask()
        self._accept(self.agent)
        asked = self._ask()
        self.assertTrue(asked.is_offered)
        callback = self._callback()
        self.assertEqual((callback.offer, callback.tries), ("accepted", 1))

    def test_the_number_of_the_call_is_the_customers(self):
        self._ask()
        call = self._round(1, "answered", 30)
        self.assertEqual(call.number_e164, CUSTOMER)
        self.assertEqual(call.direction, "outbound")
