from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import telephony_pbx_event
from .common import TelephonyCase


@tagged("post_install", "-at_install")
class TestHostile(TelephonyCase):
    """What somebody tries who has a right, a caught request, or a copy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._user("telephony_admin", "telephony_administrator")
        other = cls.env["res.company"].create({"name": "Other Ltd"})
        cls.other_pbx = cls.env["telephony.pbx"].create(
            {"name": "Theirs", "company_id": other.id, "api_secret": "theirs"}
        )

    def test_a_company_number_has_digits_and_is_there_once(self):
        """One without would be that of every call that names none."""
        dids = self.env["telephony.did"]
        with self.assertRaises(ValidationError):
            dids.create({"pbx_id": self.pbx.id, "number": "Reception"})
        spelled = "00" + self.did.e164[1:]
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            dids.create({"pbx_id": self.pbx.id, "number": spelled})

    def test_nothing_is_moved_to_the_pbx_of_another_company(self):
        for record in (self.extension, self.did):
            with self.assertRaises(AccessError):
                record.with_user(self.admin).pbx_id = self.other_pbx
        with self.assertRaises(AccessError):
            self.env["telephony.extension"].with_user(self.admin).create(
                {"pbx_id": self.other_pbx.id, "number": "105"}
            )

    def test_the_events_of_a_pbx_cannot_be_rewritten(self):
        self._tell("NOTIFY_START")
        event = (
            self.env["telephony.pbx.event"].with_user(self.admin).search([], limit=1)
        )
        with self.assertRaises(AccessError):
            event.write({"payload": {}})
        event.action_replay()
        self.assertEqual(event.state, "done")

    def test_a_replay_corrects_the_call_and_is_no_news(self):
        self._tell("NOTIFY_START")
        self._tell("NOTIFY_INTERNAL", internal="100")
        call = self._call()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_call SET talk_seconds = 7 WHERE id = %s", [call.id]
        )
        self.env.invalidate_all()
        users = self.env.registry["res.users"]
        with patch.object(users, "_bus_send") as bus_send:
            call.event_ids.with_user(self.admin).action_replay()
            self.assertEqual(self._call().talk_seconds, 0)
            bus_send.assert_not_called()
            self._tell("NOTIFY_ANSWER")
            bus_send.assert_called()

    def test_replaying_what_belongs_to_no_call_changes_nothing(self):
        self._tell("DOCUMENT", call_ref="", result="{}")
        event = (
            self.env["telephony.pbx.event"].with_user(self.admin).search([], limit=1)
        )
        self.assertEqual(event.state, "ignored")
        event.action_replay()
        self.assertEqual(event.state, "ignored")

    def test_a_caught_request_makes_no_endless_call(self):
        started = self._ago(seconds=30)
        with patch.object(telephony_pbx_event, "MAX_OF_CALL", 5):
            for number in range(8):
                self._tell("NOTIFY_START", started=started, junk=str(number))
        events = self.env["telephony.pbx.event"].search([("call_ref", "=", "in_1")])
        self.assertEqual(len(events), 8)
        self.assertEqual(
            len(events.filtered(lambda event: event.state == "ignored")), 3
        )

    def test_an_old_request_made_into_an_end_settles_no_call_back(self):
        missed = self._ago(minutes=60)
        self._tell("NOTIFY_START", started=missed, after=0)
        self._tell("NOTIFY_INTERNAL", started=missed, after=1, internal="100")
        self._tell(
            "NOTIFY_END",
            started=missed,
            after=20,
            duration="0",
            disposition="no answer",
        )
        self._follow_up()
        self.assertTrue(self._call().needs_callback)
        self._tell(
            "NOTIFY_END",
            call_ref="in_forged",
            started=self._ago(minutes=50),
            internal="100",
            duration="900",
            disposition="answered",
        )
        self._follow_up()
        self.assertTrue(self._call("in_forged"))
        self.assertTrue(self._call().needs_callback)

    def test_an_outgoing_call_is_not_taken_away_from_its_agent(self):
        self.pbx.route_to_responsible = True
        self.env["res.partner"].create(
            {"name": "Ann", "phone": "+442037691880", "user_id": self.colleague.id}
        )
        decision = self._tell(
            "NOTIFY_START", caller_id="100", called_did="442037691880"
        )
        self.assertFalse(decision and (decision.extension or decision.caller_name))

    def test_a_mobile_that_is_no_number_is_refused(self):
        with self.assertRaises(ValidationError):
            self.extension.mobile = "call reception"

    def test_an_extension_is_written_as_events_write_it(self):
        self.extension.number = "499499-105"
        self.assertEqual(self.extension.number, "105")
        with self.assertRaises(ValidationError):
            self.extension.number = "123456"

    def test_keys_are_not_sent_over_an_open_line(self):
        with self.assertRaises(ValidationError):
            self.pbx.api_url = "http://internal.example/"
        self.pbx.api_url = "http://127.0.0.1:8899"

    def test_the_purge_goes_on_until_all_but_the_last_sign_of_life_is_gone(self):
        for number in range(5):
            started = self._ago(days=40)
            self._tell("NOTIFY_END", call_ref=f"in_{number}", started=started)
        events = self.env["telephony.pbx.event"].search([("pbx_id", "=", self.pbx.id)])
        events.received_at = self._ago(days=40)
        with patch.object(telephony_pbx_event, "PURGE", 3):
            self.assertEqual(self.env["telephony.pbx.event"]._gc_events(), (3, True))
            self.assertEqual(self.env["telephony.pbx.event"]._gc_events(), (1, False))

    def test_an_agent_can_read_all_fields_of_a_call(self):
        self._tell("NOTIFY_START")
        self._tell("NOTIFY_INTERNAL", internal="100")
        self.assertTrue(self._call().with_user(self.agent).read())
