from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CUSTOMER, DID, TelephonyCase

SHOWN = "+44 20 3769 1880"


@tagged("post_install", "-at_install")
class TestCreation(TelephonyCase):
    """Unknown callers become contacts or leads as the PBX and the number say."""

    def _records(self):
        """Return contacts and leads that have the caller's number."""
        self.env.invalidate_all()
        numbers = self.env["telephony.number"].search([("e164", "=", CUSTOMER)])
        return numbers.partner_id, numbers.lead_id

    def _start(self, call_ref="in_1", **fields):
        self._tell("NOTIFY_START", call_ref=call_ref, **fields)
        self._tell("NOTIFY_INTERNAL", call_ref=call_ref, internal="100", **fields)
        return self._call(call_ref)

    def _answer(self, call_ref="in_1"):
        self._tell("NOTIFY_ANSWER", call_ref=call_ref)
        return self._call(call_ref)

    def _end(self, call_ref="in_1", **fields):
        self._tell(
            "NOTIFY_END",
            call_ref=call_ref,
            **{"duration": "0", "disposition": "cancel", **fields},
        )
        self._follow_up()
        return self._call(call_ref)

    # -- what, and when ----------------------------------------------------------------

    def test_by_default_nothing_is_created(self):
        self._start()
        self._answer()
        self._end(internal="100", duration="30", disposition="answered")
        self.assertFalse(any(self._records()))

    def test_a_contact_when_it_rings(self):
        self.pbx.write({"creation_policy": "contact", "create_on": "start"})
        call = self._start()
        partner, lead = self._records()
        self.assertEqual(call.partner_id, partner)
        self.assertFalse(lead)
        self.assertEqual(partner.name, SHOWN)
        self.assertEqual(partner.phone, SHOWN)
        self.assertEqual(call.match_reason, "created")

    def test_a_lead_when_it_is_answered(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "answer"})
        self.assertFalse(self._start().lead_id)
        call = self._answer()
        self.assertTrue(call.lead_id)
        self.assertIn(SHOWN, call.lead_id.name)
        self.assertIn("London line", call.lead_id.name)
        self.assertEqual(call.lead_id.user_id, self.agent, "who answered has it")
        self.assertEqual(call.owner_id, self.agent)
        self.assertEqual(call.lead_id.company_id, self.company)

    def test_an_unanswered_caller_is_not_created_on_answer(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "answer"})
        self._start()
        self._end()
        self.assertFalse(any(self._records()))

    def test_a_contact_and_a_lead_when_it_is_over(self):
        self.pbx.write({"creation_policy": "both", "create_on": "end"})
        self.assertFalse(self._start().lead_id)
        call = self._end()
        self.assertTrue(call.lead_id)
        self.assertEqual(call.lead_id.partner_id, call.partner_id)
        self.assertTrue(call.partner_id)
        self.assertEqual(self._callback().lead_id, call.lead_id)
        self.assertEqual(call.message_id.res_id, call.lead_id.id)

    def test_the_number_that_was_called_says_otherwise(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        self.did.creation_policy = "none"
        self.assertFalse(self._start().lead_id)
        self.did.write({"creation_policy": "contact"})
        call = self._start("in_2")
        self.assertTrue(call.partner_id)
        self.assertFalse(call.lead_id)

    def test_a_number_without_a_word_of_its_own_does_as_the_pbx(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "end"})
        self.did.create_on = "start"
        self.assertTrue(self._start().lead_id)

    def test_it_takes_team_user_and_origin_from_the_number_that_was_called(self):
        team = self.env["crm.team"].create(
            {"name": "North", "company_id": self.company.id}
        )
        source = self.env["utm.source"].create({"name": "Flyer"})
        self.did.write(
            {
                "team_id": team.id,
                "user_id": self.colleague.id,
                "source_id": source.id,
                "creation_policy": "lead",
                "create_on": "start",
            }
        )
        lead = self._start().lead_id
        self.assertEqual(lead.team_id, team)
        self.assertEqual(lead.user_id, self.colleague)
        self.assertEqual(lead.source_id, source)

    def test_without_anybody_it_is_nobodys_and_not_the_robots(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        self.assertFalse(self._start().lead_id.user_id)

    # -- never -------------------------------------------------------------------------

    def test_never_for_hidden_own_and_blocked_numbers(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        before = self.env["crm.lead"].search_count([])
        self._start("in_hidden", caller_id="0")
        self._start("in_own", caller_id=DID[1:])
        self.env["telephony.blocked.number"].create(
            {"number": CUSTOMER, "company_id": self.company.id}
        )
        self._start("in_blocked")
        for call_ref in ("in_hidden", "in_own", "in_blocked"):
            self._end(call_ref)
        self.assertEqual(self.env["crm.lead"].search_count([]), before)

    def test_never_when_it_could_be_several(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        for name in ("Ann", "Bob"):
            self.env["res.partner"].create({"name": name, "phone": CUSTOMER})
        call = self._start()
        self.assertEqual(call.match_reason, "ambiguous")
        self.assertFalse(call.lead_id)

    def test_never_for_imported_history(self):
        call = self._start()
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        call.write({"imported": True, "state": "ended", "follow_up": True})
        self._follow_up()
        self.assertFalse(self._call().lead_id)

    def test_never_after_somebody_said_it_is_nobody(self):
        call = self._start()
        self.env["telephony.call"].with_user(self.agent).card_none(call.id)
        self.pbx.write({"creation_policy": "lead", "create_on": "end"})
        self.assertFalse(self._end().lead_id)

    def test_numbers_that_are_called_only_where_the_pbx_says_so(self):
        self.pbx.write({"creation_policy": "contact", "create_on": "start"})
        self.assertFalse(self._talk("out_1").partner_id)
        self.pbx.create_outbound = True
        self.assertTrue(self._talk("out_2").partner_id)

    # -- never twice -------------------------------------------------------------------

    def test_the_next_call_is_of_who_was_created(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        first = self._start().lead_id
        self._end()
        second = self._start("in_2")
        self.assertEqual(second.lead_id, first)
        self.assertEqual(second.match_reason, "exact")

    def test_two_calls_at_once_are_one_lead(self):
        """Both began before anything was created."""
        self.pbx.write({"creation_policy": "lead", "create_on": "answer"})
        self._start("in_1")
        self._start("in_2")
        lead = self._answer("in_1").lead_id
        self.assertTrue(lead)
        self.assertEqual(self._answer("in_2").lead_id, lead)
        self.assertEqual(self._records()[1], lead)

    def test_a_call_heard_of_late_creates_nobody(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "end"})
        started = self._ago(minutes=30)
        self._tell("NOTIFY_START", started=started)
        self._tell("NOTIFY_END", started=started, duration="0", disposition="cancel")
        self._follow_up()
        self.assertFalse(self._call().lead_id)
        self.assertTrue(self._callback(), "who waits is still rung back")

    # -- whatever happens --------------------------------------------------------------

    @mute_logger("odoo.addons.telephony_crm.models.telephony_call_creation")
    def test_a_lead_that_cannot_be_created_loses_no_call(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        self.patch(
            type(self.env["telephony.call"]),
            "_vals_of_created",
            lambda call: 1 / 0,
        )
        call = self._start()
        self.assertEqual(call.state, "ringing")
        self.assertFalse(call.lead_id)
        self.assertTrue(self._bus_users())

    @mute_logger(
        "odoo.addons.telephony_crm.models.telephony_call_creation",
        "odoo.addons.telephony_crm.models.telephony_call_follow_up",
    )
    def test_a_lead_that_cannot_be_created_is_tried_again_and_told_of(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        model = type(self.env["telephony.call"])
        with patch.object(model, "_vals_of_created", side_effect=ValueError("broken")):
            call = self._miss()
        self.assertFalse(call.lead_id)
        self.assertTrue(self._callback(), "who waits is rung back all the same")
        [finding] = self._follow_up_findings()
        self.assertIn("ValueError: broken", finding["text"])
        with freeze_time(datetime.now() + timedelta(minutes=10)):
            self._follow_up()
        call = self._call()
        self.assertEqual(call.lead_id.phone, "+44 20 3769 1880")
        self.assertEqual(self._callback().lead_id, call.lead_id)
        self.assertFalse(call.follow_up)
        self.assertFalse(self._follow_up_findings())

    @mute_logger("odoo.addons.telephony_crm.models.telephony_call_follow_up")
    def test_what_was_given_up_is_done_when_an_administrator_wants_it(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "end"})
        model = type(self.env["telephony.call"])
        with patch.object(model, "_vals_of_created", side_effect=ValueError("broken")):
            call = self._miss()
            call.end_date -= timedelta(days=8)
            call.follow_up_date = False
            self._follow_up()
        self.assertFalse(call.follow_up)
        [finding] = self._follow_up_findings()
        getattr(self.pbx, finding["action"])()
        self._follow_up()
        self.assertTrue(self._call().lead_id)
        self.assertFalse(self._follow_up_findings())
        call.follow_up_error = "ValueError: broken"
        [finding] = self._follow_up_findings()
        getattr(self.pbx, finding["dismiss"])()
        self.assertFalse(self._follow_up_findings())

    def _follow_up_findings(self):
        self.env.invalidate_all()
        findings = self.pbx._health_findings()
        return [one for one in findings if one["code"] == "follow_up"]

    # -- the card ----------------------------------------------------------------------

    def test_the_card_offers_unless_nothing_is_to_be_done(self):
        calls = self.env["telephony.call"].with_user(self.agent)
        call = self._start()
        self.assertTrue(calls.get_card(call.id)["offer"])
        self.pbx.creation_policy = "none"
        self.assertFalse(calls.get_card(call.id)["offer"])

    def _bus_users(self):
        """Return whose screens were told of a call."""
        self.env.cr.precommit.run()
        return self.env["bus.bus"].search(
            [("message", "like", "telephony.call/update")]
        )
