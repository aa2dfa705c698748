import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CUSTOMER
from .offer_common import OfferCase

OTHER = "+442079460123"


@tagged("post_install", "-at_install")
class TestOffer(OfferCase):
    """Who asks to be called back comes up on screens, and one who accepts calls."""

    # -- for whom ----------------------------------------------------------------------

    def test_the_responsible_user_sees_it_first_and_the_team_a_little_later(self):
        asked = self._ask()
        self.assertTrue(asked.is_offered)
        callback = self._callback()
        self.assertEqual((callback.kind, callback.offer), ("promised", "offered"))
        self.assertEqual(callback.user_id, self.agent)
        [own] = self._offers(self.agent)
        [others] = self._offers(self.colleague)
        self.assertEqual(own["name"], "Olena Shevchenko")
        self.assertEqual(own["number"], "+44 20 3769 1880")
        self.assertEqual(own["asked_by"], "Web site")
        first, later, until = (
            fields.Datetime.to_datetime(moment)
            for moment in (own["from"], others["from"], own["until"])
        )
        self.assertLessEqual(first, fields.Datetime.now())
        self.assertEqual(later - first, timedelta(seconds=self.pbx.offer_seconds))
        self.assertEqual(until - first, timedelta(seconds=self.pbx.offer_total_seconds))
        self.assertEqual(others["until"], own["until"])

    def test_set_so_all_of_the_team_see_it_at_once(self):
        self.pbx.offer_first = "team"
        self._ask()
        for user in self.users:
            [offer] = self._offers(user)
            self.assertLessEqual(offer["from"], offer["now"])

    def test_who_is_away_from_the_screen_or_on_the_phone_is_not_offered_it(self):
        self._presence(self.agent, "offline")
        self._tell("NOTIFY_START", call_ref="in_busy", caller_id=OTHER[1:])
        self._tell(
            "NOTIFY_INTERNAL", call_ref="in_busy", caller_id=OTHER[1:], internal="101"
        )
        self._ask()
        self.assertEqual(self._callback().offered_ids, self.third)
        [offer] = self._offers(self.third)
        self.assertLessEqual(offer["from"], offer["now"], "nobody has it before them")
        self.assertFalse(self._offers(self.agent) or self._offers(self.colleague))

    def test_who_has_no_extension_or_role_there_is_not_offered_it(self):
        outsider = self._user("outsider", "telephony_agent")
        self.team.member_ids |= outsider
        self._presence(outsider, "online")
        self.extension_two.user_id = False
        self.third.group_ids -= self.env.ref("telephony_crm.group_telephony_agent")
        self._ask()
        self.assertEqual(self._callback().offered_ids, self.agent)

    def test_a_number_of_nobody_goes_to_the_team_of_the_pbx(self):
        self._ask(OTHER, name="Ann <b>Lee</b>")
        callback = self._callback(OTHER)
        self.assertFalse(callback.lead_id or callback.partner_id or callback.user_id)
        self.assertEqual(callback.offered_ids, self.users)
        self.assertEqual(self._offers(self.third)[0]["name"], "Ann <b>Lee</b>")

    def test_the_name_of_a_record_is_for_those_who_may_read_it(self):
        self.env["ir.rule"].create(
            {
                "name": "No customers",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", self.partner.id)],
            }
        )
        self._ask()
        # The lead is the agent's own; the colleague may see neither.
        self.assertEqual(self._offers(self.colleague)[0]["name"], "")

    def test_screens_are_told_on_the_users_own_channels(self):
        self._ask()
        for user in self.users:
            self.assertIn("telephony.callback/offer", self._types_told(user))
        told = self._types_told(self.dispatcher)
        self.assertFalse([one for one in told if one.startswith("telephony")])

    def _types_told(self, user):
        return [json.loads(message)["type"] for message in self._told(user)]

    # -- taking ------------------------------------------------------------------------

    def test_nobody_is_called_before_a_person_has_accepted(self):
        self._ask()
        self._job()
        self._job(minutes=5)
        self.assertFalse(self.server.asked)
        self.assertFalse(self.env["telephony.dial"].search([]))
        callback = self._callback()
        for user in (self.agent, self.colleague):
            with self.assertRaises(AccessError):
                self.env["telephony.dial"].with_user(user)._fulfil(callback)
        self.assertFalse(self.server.asked)

    def test_the_agents_own_phone_rings_then_the_customers_and_the_call_is_tied(self):
        self._ask(asked=self._ago(minutes=2))
        answer = self._accept(self.colleague)
        self.assertEqual(answer["status"], "calling")
        self.assertEqual(answer["e164"], CUSTOMER)
        [(path, _headers)] = self.server.asked
        self.assertIn("from=101", path)
        self.assertIn(f"to={CUSTOMER[1:]}", path.replace("%2B", ""))
        callback = self._callback()
        self.assertEqual(callback.offer, "accepted")
        self.assertEqual(callback.accepted_user_id, self.colleague)
        self.assertEqual(callback.user_id, self.colleague, "it is theirs now")
        call = self._dialled(extension="101", result="answered", talk=30)
        self.assertEqual(call.lead_id, self.lead)
        callback = self._callback()
        self.assertEqual(callback.state, "done")
        self.assertEqual(callback.done_call_id, call)
        self.assertFalse(callback.offer)

    def test_of_two_who_accept_one_calls_and_the_other_is_told_who(self):
        self._ask()
        callback = self._callback()
        self._accept(self.colleague, callback)
        answer = self._accept(self.agent, callback)
        self.assertEqual(answer["status"], "taken")
        self.assertEqual(len(self.server.asked), 1)
        self.assertEqual(self._callback().tries, 1)
        for user in self.users:
            self.assertFalse(self._offers(user), "the cards are gone")

    def test_who_accepts_at_the_same_moment_finds_it_taken(self):
        """Both have read that it is offered to them; the lock lets one go first."""
        self._ask()
        callback = self._callback()
        callbacks = self.env["telephony.callback"].with_user(self.agent)
        seen = callbacks._offered(callback.id)
        self.assertTrue(seen)
        self._accept(self.colleague, callback)
        with patch.object(type(callbacks), "_offered", return_value=seen):
            answer = callbacks.accept_offer(callback.id)
        self.assertEqual(answer["status"], "taken")
        self.assertIn(self.colleague.name, answer["message"])
        self.assertEqual(len(self.server.asked), 1)

    def test_only_who_is_offered_it_can_accept_it(self):
        self._presence(self.third, "offline")
        self._ask()
        self.assertEqual(self._accept(self.third)["status"], "taken")
        for nonsense in (0, -1, 2**40, True, "1", None, [1]):
            answer = (
                self.env["telephony.callback"]
                .with_user(self.agent)
                .accept_offer(nonsense)
            )
            self.assertEqual(answer["status"], "taken")
        internal = self.third.copy({"login": "internal"})
        internal.group_ids = self.env.ref("base.group_user")
        for method in ("accept_offer", "decline_offer"):
            with self.assertRaises(AccessError):
                getattr(self.env["telephony.callback"].with_user(internal), method)(1)
        self.assertFalse(self.server.asked)

    def test_after_its_time_it_cannot_be_accepted(self):
        self._ask()
        callback = self._callback()
        callback.offer_end_date = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self._offers(self.agent))
        self.assertEqual(self._accept(self.agent)["status"], "taken")
        self.assertFalse(self.server.asked)

    def test_the_guard_looks_again_when_it_is_dialled(self):
        self._ask()
        self.pbx.allowed_country_ids = self.env.ref("base.fr")
        answer = self._accept(self.agent)
        self.assertEqual(answer["status"], "refused")
        self.assertIn("may not call the country", answer["message"])
        self.assertFalse(self.server.asked)
        self.assertEqual(self._callback().offer, "waiting")

    # -- not now -----------------------------------------------------------------------

    def test_when_the_responsible_cannot_the_team_has_it_at_once(self):
        self._ask()
        self._decline(self.agent)
        self.assertFalse(self._offers(self.agent))
        [offer] = self._offers(self.colleague)
        self.assertLessEqual(offer["from"], offer["now"])

    def test_when_all_say_no_it_is_left_as_a_call_back_that_is_due(self):
        self._ask()
        for user in self.users:
            self._decline(user)
        callback = self._callback()
        self.assertEqual((callback.state, callback.offer), ("open", "over"))
        self.assertLessEqual(callback.due_date, fields.Datetime.now())

    def test_when_nobody_takes_it_in_time_the_team_is_told(self):
        self._ask()
        self._job(seconds=30)
        self.assertEqual(self._callback().offer, "offered", "not yet")
        self._job(seconds=61)
        callback = self._callback()
        self.assertEqual((callback.state, callback.offer), ("open", "over"))
        self.assertEqual(callback.told_ids, self.users, "who may take it")
        self.assertTrue(callback.activity_id)
        told = "".join(self._told(self.third))
        self.assertIn("asked to be called back, and nobody has called", told)
        own = callback.with_user(self.third)
        own.action_take()
        self.assertEqual(callback.user_id, self.third)

    def test_when_nobody_is_there_it_is_a_call_back_at_once(self):
        self._presence(self.users, "offline")
        asked = self._ask()
        self.assertFalse(asked.is_offered)
        self.assertEqual(self._callback().offer, "over")

    def test_a_pbx_that_offers_none_keeps_the_promise_for_its_user(self):
        self.pbx.offer_calls = False
        self._ask()
        callback = self._callback()
        self.assertEqual((callback.kind, callback.offer), ("promised", False))
        self.assertEqual(callback.user_id, self.agent)
        self.assertEqual(callback.activity_id.user_id, self.agent)
        self.assertFalse(self._offers(self.agent))

    def test_a_switched_off_pbx_offers_nothing(self):
        self._ask(wanted=fields.Datetime.now() + timedelta(hours=1))
        self.pbx.active = False
        self.assertEqual(self._ask(OTHER).reason, "inactive")
        self._job(hours=2)
        self.assertEqual(self._callback().offer, "over")
        self.assertFalse(self._offers(self.agent))

    # -- by a dispatcher ---------------------------------------------------------------

    def test_a_dispatcher_has_a_lead_and_a_missed_caller_called_at_once(self):
        self.lead.write({"user_id": self.dispatcher.id, "team_id": self.team.id})
        lead = self.lead.with_user(self.dispatcher)
        action = lead.action_telephony_offer()
        self.assertIn("Offered to 3 agents", action["params"]["message"])
        self.assertEqual(self._callback().asked_by, "person")
        self._miss("in_2", caller_id=OTHER[1:])
        missed = self._callback(OTHER)
        missed.with_user(self.dispatcher).action_offer()
        missed = self._callback(OTHER)
        self.assertEqual(len(missed), 1, "it is the same call-back")
        self.assertEqual((missed.kind, missed.attempts), ("promised", 1))
        self.assertEqual(missed.offered_ids, self.users)

    def test_an_agent_offers_nothing_to_others(self):
        self._miss()
        callback = self._callback()
        with self.assertRaises(AccessError):
            callback.with_user(self.agent).action_offer()
        with self.assertRaises(AccessError):
            self.lead.with_user(self.agent).action_telephony_offer()
