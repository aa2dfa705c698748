from datetime import timedelta
from itertools import permutations

from odoo import fields
from odoo.tests import tagged

from .common import CUSTOMER, TelephonyCase


@tagged("post_install", "-at_install")
class TestCall(TelephonyCase):
    def _bus_users(self):
        """Return the users who were told of a call since the last look."""
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search(
            [("message", "like", "telephony.call/update")]
        )
        users = self.env["res.users"]
        for user in (self.agent, self.colleague):
            partner = f'"res.partner",{user.partner_id.id}]'
            if any(
                partner in message.channel.replace(" ", "")
                or f'"res.users",{user.id}]' in message.channel.replace(" ", "")
                for message in messages
            ):
                users |= user
        messages.unlink()
        return users

    def test_an_answered_call_has_its_agent_times_and_result(self):
        started = self._ago(seconds=30)
        self._tell("NOTIFY_START", started=started)
        self._tell("NOTIFY_INTERNAL", started=started, internal="100")
        self._tell("NOTIFY_ANSWER", started=started)
        call = self._call()
        self.assertEqual(call.state, "in_progress")
        self.assertTrue(call.answer_date)
        self._tell(
            "NOTIFY_END",
            started=started,
            internal="100",
            duration="12",
            disposition="answered",
            status_code="16",
        )
        call = self._call()
        self.assertEqual(call.state, "ended")
        self.assertEqual(call.disposition, "answered")
        self.assertEqual(call.answered_by, "person")
        self.assertEqual(call.user_id, self.agent)
        self.assertEqual(call.talk_seconds, 12)
        self.assertEqual(call.hangup_cause, 16)
        self.assertFalse(call.needs_callback)

    def test_who_has_left_the_company_is_told_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.colleague.write({"company_ids": other.ids, "company_id": other.id})
        self._tell("NOTIFY_START")
        self._tell("NOTIFY_INTERNAL", internal="100")
        self._tell("NOTIFY_INTERNAL", internal="101")
        self.assertEqual(self._call().leg_ids.user_id, self.agent + self.colleague)
        self.assertEqual(self._bus_users(), self.agent)

    def test_in_a_ring_group_each_extension_has_its_leg_and_one_answers(self):
        started = self._ago(seconds=40)
        self._tell("NOTIFY_START", started=started, after=0)
        self._tell("NOTIFY_INTERNAL", started=started, after=2, internal="100")
        self._tell("NOTIFY_INTERNAL", started=started, after=2, internal="101")
        self._tell(
            "NOTIFY_ANSWER", started=started, after=9, internal="101", destination="101"
        )
        self._tell(
            "NOTIFY_END",
            started=started,
            after=29,
            internal="101",
            duration="20",
            disposition="answered",
        )
        call = self._call()
        legs = {
            leg.extension_id.number: leg for leg in call.leg_ids if leg.kind == "agent"
        }
        self.assertEqual(legs["100"].disposition, "answered_elsewhere")
        self.assertEqual(legs["101"].disposition, "answered")
        self.assertEqual(call.user_id, self.colleague)
        self.assertIn(self.agent, call.participant_ids)

    def test_any_order_of_the_events_ends_in_the_same_call(self):
        started = self._ago(seconds=30)
        told = [
            ("NOTIFY_START", {}),
            ("NOTIFY_INTERNAL", {"internal": "100"}),
            ("NOTIFY_ANSWER", {}),
            (
                "NOTIFY_END",
                {"internal": "100", "duration": "12", "disposition": "answered"},
            ),
        ]
        ann = self.env["res.partner"].create({"name": "Ann", "phone": CUSTOMER})
        mine, newest = (
            self.env["crm.lead"].create(
                {"name": user.name, "partner_id": ann.id, "user_id": user.id}
            )
            for user in (self.agent, self.colleague)
        )
        self.assertGreater(newest.id, mine.id)
        seen = set()
        for number, order in enumerate(permutations(told)):
            ref = f"in_order_{number}"
            for event, values in order:
                self._tell(event, call_ref=ref, started=started, **values)
            call = self._call(ref)
            self.assertEqual(len(call), 1)
            seen.add(
                (call.state, call.disposition, call.user_id, call.talk_seconds)
                + (call.partner_id, call.lead_id, call.owner_id)
                + tuple(
                    (leg.kind, leg.disposition)
                    for leg in call.leg_ids.sorted("leg_ref")
                )
            )
        self.assertEqual(len(seen), 1)
        self.assertEqual(call.lead_id, mine)

    def test_who_is_rung_is_told_and_nobody_else(self):
        self._tell("NOTIFY_START")
        self.assertFalse(self._bus_users())
        self._tell("NOTIFY_INTERNAL", internal="100")
        self.assertEqual(self._bus_users(), self.agent)

    def test_the_responsible_user_is_told_before_anybody_is_rung(self):
        self.env["res.partner"].create(
            {"name": "Ann", "phone": CUSTOMER, "user_id": self.colleague.id}
        )
        self._tell("NOTIFY_START")
        self.assertEqual(self._bus_users(), self.colleague)

    def test_the_responsible_user_is_told_that_a_colleague_is_rung_instead(self):
        self.env["res.partner"].create(
            {"name": "Ann", "phone": CUSTOMER, "user_id": self.colleague.id}
        )
        self._tell("NOTIFY_START")
        self._bus_users()
        self._tell("NOTIFY_INTERNAL", internal="100")
        self.assertEqual(self._bus_users(), self.agent + self.colleague)
        calls = self.env["telephony.call"].with_user(self.colleague)
        self.assertTrue(calls.get_card(self._call().id)["rings_others"])
        self._tell("NOTIFY_ANSWER")
        self.assertEqual(self._bus_users(), self.agent)

    def test_an_old_event_is_logged_and_tells_nobody(self):
        started = self._ago(minutes=6)
        self._tell("NOTIFY_START", started=started)
        self._tell("NOTIFY_INTERNAL", started=started, internal="100")
        self.assertTrue(self._call())
        self.assertFalse(self._bus_users())

    def test_a_missed_call_waits_for_a_call_back_until_somebody_talks(self):
        started = self._ago(minutes=2)
        self._tell("NOTIFY_START", started=started)
        self._tell("NOTIFY_INTERNAL", started=started, internal="100")
        self._tell("NOTIFY_END", started=started, duration="0", disposition="no answer")
        self._follow_up()
        call = self._call()
        self.assertEqual(call.disposition, "missed")
        self.assertTrue(call.needs_callback)
        for ref, seconds, waits in (("out_1", "3", True), ("out_2", "30", False)):
            dialled = self._ago(seconds=60)
            self._tell("NOTIFY_OUT_START", call_ref=ref, started=dialled, after=0)
            self._tell(
                "NOTIFY_OUT_END",
                call_ref=ref,
                started=dialled,
                after=45,
                caller_id="442037691881",
                duration=seconds,
                disposition="answered",
            )
            self._follow_up()
            self.assertEqual(self._call().needs_callback, waits, ref)

    def test_a_hidden_caller_has_no_number_and_is_nobody(self):
        self.env["res.partner"].create({"name": "Zero", "phone": "0"})
        self._tell("NOTIFY_START", caller_id="0")
        call = self._call()
        self.assertTrue(call.hidden)
        self.assertFalse(call.partner_id)
        self.assertEqual(call.match_reason, "hidden")

    def test_a_call_of_a_private_extension_is_not_logged(self):
        self.extension.log_calls = False
        self._tell("NOTIFY_OUT_START", call_ref="out_9")
        self.assertFalse(self._call("out_9"))

    def test_a_leg_stays_with_whoever_had_the_extension_then(self):
        started = self._ago(seconds=30)
        self._tell("NOTIFY_INTERNAL", started=started, internal="100")
        self.extension.user_id = self.colleague
        self._tell(
            "NOTIFY_END",
            started=started,
            internal="100",
            duration="12",
            disposition="answered",
        )
        self.assertEqual(self._call().user_id, self.agent)

    def test_a_call_of_which_nothing_is_heard_is_marked_and_stays_open(self):
        self._tell("NOTIFY_START")
        call = self._call()
        self.env.cr.execute(
            "UPDATE telephony_call SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(seconds=130), call.id],
        )
        self.env["telephony.call"]._cron_mark_stale()
        call = self._call()
        self.assertTrue(call.stale)
        self.assertEqual(call.state, "ringing")

    def test_events_may_be_purged_and_the_call_stays_as_it_is(self):
        started = self._ago(days=40)
        self._tell("NOTIFY_START", started=started)
        self._tell("NOTIFY_END", started=started, duration="0", disposition="no answer")
        call = self._call()
        events = self.env["telephony.pbx.event"].search([("call_id", "=", call.id)])
        events.received_at = started
        self._tell("NOTIFY_START", call_ref="in_2")  # the last sign of life is kept
        self.env["telephony.pbx.event"]._gc_events()
        self.assertFalse(events.exists())
        self._tell("NOTIFY_INTERNAL", started=started, internal="101")
        self.assertFalse(self._call().leg_ids)

    def test_an_end_that_alone_names_who_talked_is_enough(self):
        started = self._ago(seconds=60)
        self._tell(
            "NOTIFY_END",
            started=started,
            after=40,
            internal="101",
            duration="20",
            disposition="answered",
        )
        call = self._call()
        self.assertEqual(call.user_id, self.colleague)
        self.assertFalse(call.answer_date)
        self.assertEqual(call.talk_seconds, 20)

    def test_a_click_on_a_contact_gives_the_call_to_the_contacts_open_lead(self):
        partner = self.env["res.partner"].create({"name": "Ann", "phone": CUSTOMER})
        others, mine = self.env["crm.lead"].create(
            [
                {"name": "A", "partner_id": partner.id, "user_id": self.colleague.id},
                {"name": "B", "partner_id": partner.id, "user_id": self.agent.id},
            ]
        )
        self.env["telephony.dial"].create(
            {
                "user_id": self.agent.id,
                "company_id": self.company.id,
                "pbx_id": self.pbx.id,
                "extension_id": self.extension.id,
                "e164": CUSTOMER,
                "partner_id": partner.id,
            }
        )
        self._tell("NOTIFY_OUT_START", call_ref="out_1")
        call = self._call("out_1")
        self.assertEqual(call.match_reason, "clicked")
        self.assertEqual(call.lead_id, mine)
        self.assertNotEqual(call.lead_id, others)

    def test_who_was_answered_by_nobody_knows_whom_is_rung_back_after_ten_minutes(self):
        started = self._ago(minutes=12)
        self._tell("NOTIFY_START", started=started, after=0)
        self._tell(
            "NOTIFY_END",
            started=started,
            after=20,
            duration="15",
            disposition="answered",
        )
        call = self._call()
        self.assertEqual(call.answered_by, "unknown")
        self.assertFalse(call.needs_callback)
        self._follow_up()
        self.assertTrue(self._call().needs_callback)
