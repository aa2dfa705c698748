import socket
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import sms_sms
from ..tools.sms_api import SmsApiPbx
from .common import CUSTOMER, SECRET
from .test_dial import DialCase

LOGGER = "odoo.addons.telephony_crm.models.telephony_pbx_sms"
TAKEN = {"status": "success", "messages": 1, "cost": 0.06, "currency": "EUR"}


@tagged("post_install", "-at_install")
class TestSms(DialCase):
    """Odoo's text messages, sent through the PBX."""

    def setUp(self):
        super().setUp()
        self.pbx.write({"sms": True, "sms_sender": "Acme"})
        self.server.body = TAKEN

    def _write(self, body="Hello", record=None, **values):
        """Have an agent write a message on a record."""
        record = (record or self.partner).with_user(self.agent)
        return record._message_sms(body, **values)

    def _work_off(self):
        self.env.flush_all()
        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=float("inf")
        )
        with commit:
            self.env["sms.sms"]._process_queue()
        self.env.invalidate_all()

    def _sms(self, message):
        return self.env["sms.sms"].search([("mail_message_id", "=", message.id)])

    def _triggers(self):
        job = self.env.ref("sms.ir_cron_sms_scheduler_action")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])

    def _findings(self):
        self.env.invalidate_all()
        found = self.pbx._health_findings()
        return {finding["code"]: finding for finding in found}

    def _sent(self):
        return [parse_qs(body) for body in self.server.bodies]

    def assertFailed(self, message, failure_type, words):
        """The chatter shows why, in words; nothing is tried again by itself."""
        notification = message.sudo().notification_ids
        self.assertEqual(notification.notification_status, "exception")
        self.assertEqual(notification.failure_type, failure_type)
        self.assertIn(words, notification.failure_reason)
        self.assertRegex(notification.failure_reason, r"^\S.*\S[.]$")
        sms = self._sms(message)
        self.assertEqual((sms.state, sms.failure_type), ("error", failure_type))
        asked = len(self.server.asked)
        self._work_off()
        self.assertEqual(len(self.server.asked), asked)

    def test_an_agents_message_goes_through_the_pbx_and_stands_in_the_chatter(self):
        message = self._write("Привіт, & ~50 %")
        self._work_off()
        [(path, headers)] = self.server.asked
        self.assertEqual(path, "/v1/sms/send/")
        self.assertTrue(headers["Authorization"].startswith("testkey:"))
        self.assertEqual(
            self._sent(),
            [
                {
                    "number": [CUSTOMER[1:]],
                    "message": ["Привіт, & ~50 %"],
                    "sender": ["Acme"],
                }
            ],
        )
        self.assertIn(message, self.partner.message_ids)
        self.assertEqual(message.message_type, "sms")
        notification = message.sudo().notification_ids
        self.assertEqual(notification.notification_status, "pending")
        self.assertEqual(self._sms(message).state, "pending")

    def test_nothing_is_sent_in_the_transaction_of_who_writes(self):
        message = self._write()
        self.assertFalse(self.server.asked)
        self.assertEqual(self._sms(message).state, "outgoing")
        self._sms(message).send()
        self.assertFalse(self.server.asked)

    def test_the_job_runs_at_once(self):
        known = self._triggers()
        self._write()
        self.assertTrue(self._triggers() - known)

    def test_each_message_is_sent_once(self):
        self._write()
        for _run in range(3):
            self._work_off()
        self.assertEqual(len(self.server.asked), 1)

    def test_a_message_is_out_of_the_queue_before_the_pbx_is_asked(self):
        message = self._write()
        seen = []
        sms = self._sms(message)
        self.server.during = lambda: seen.append(sms.state)
        self._work_off()
        self.assertEqual(seen, ["process"])

    def test_numbers_without_a_record_are_sent_to(self):
        composer = (
            self.env["sms.composer"]
            .with_user(self.agent)
            .create(
                {
                    "composition_mode": "numbers",
                    "numbers": CUSTOMER,
                    "body": "Hello",
                }
            )
        )
        composer.action_send_sms()
        self._work_off()
        self.assertEqual(self._sent()[0]["number"], [CUSTOMER[1:]])

    # -- what is not sent ------------------------------------------------------------

    def test_a_country_that_may_not_be_dialled_gets_none(self):
        message = self._write(sms_numbers=["+33478323232"], partner_ids=[])
        self._work_off()
        self.assertFalse(self.server.asked)
        self.assertFailed(message, "sms_country_not_supported", "Office")

    def test_an_allowed_country_gets_one(self):
        self.pbx.allowed_country_ids = self.env.ref("base.fr")
        self._write(sms_numbers=["+33478323232"])
        self._work_off()
        self.assertEqual(self._sent()[0]["number"], ["33478323232"])

    def test_premium_numbers_get_none(self):
        for number in ("+449098790000", "+881612345678", "+447012345678"):
            message = self._write(sms_numbers=[number])
            self._work_off()
            self.assertFalse(self.server.asked)
            self.assertFailed(message, "telephony_refused", number)

    def test_what_is_no_number_gets_none(self):
        message = self._write(sms_numbers=["+44123"])
        self._work_off()
        self.assertFalse(self.server.asked)
        self.assertFailed(message, "sms_number_format", "+44123")

    # -- what the PBX says --------------------------------------------------------

    def test_a_denied_number_says_why(self):
        reason = "The operator does not take messages."
        self.server.body = {
            **TAKEN,
            "denied_numbers": [{"number": CUSTOMER[1:], "message": reason}],
        }
        message = self._write()
        self._work_off()
        self.assertFailed(message, "telephony_refused", reason)

    @mute_logger(LOGGER)
    def test_failures_are_told_in_odoos_words_and_ours(self):
        for status, body, failure_type, words in (
            (401, {"status": "error", "message": "x"}, "sms_acc", "key"),
            (200, {"status": "error", "message": "No money."}, "sms_credit", "money"),
            (400, {"status": "error", "message": "No."}, "telephony_refused", "No"),
            (502, b"<html>Bad Gateway</html>", "sms_server", "understood"),
            (None, b"", "sms_server", "not known"),
        ):
            self.server.status, self.server.body = status, body
            self.pbx.sms_after = False
            message = self._write()
            with mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_request"):
                self._work_off()
            self.assertFailed(message, failure_type, words)

    def test_too_many_requests_leave_the_messages_in_the_queue(self):
        self.server.status, self.server.body = 429, {"status": "error"}
        self.server.headers = {"Retry-After": "30"}
        messages = [self._write() for _number in range(3)]
        known = self._triggers()
        self._work_off()
        self.assertEqual(len(self.server.asked), 1)
        wait = (self._triggers() - known).call_at - fields.Datetime.now()
        self.assertLessEqual(abs(wait.total_seconds() - 30), 3)
        for message in messages:
            self.assertEqual(self._sms(message).state, "outgoing")
            notification = message.sudo().notification_ids
            self.assertEqual(notification.notification_status, "ready")
        self._work_off()
        self.assertEqual(len(self.server.asked), 1)
        self.server.status, self.server.body = 200, TAKEN
        self.pbx.sms_after = fields.Datetime.now() - timedelta(seconds=1)
        self._work_off()
        self.assertEqual(len(self.server.asked), 4)

    @mute_logger(LOGGER, "odoo.addons.telephony_crm.models.telephony_pbx_request")
    def test_messages_wait_for_a_pbx_that_is_away(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        self.pbx.api_url = f"http://127.0.0.1:{port}"
        messages = [self._write() for _number in range(4)]
        known = self._triggers()
        self._work_off()
        for message in messages:
            self.assertEqual(self._sms(message).state, "outgoing")
        wait = (self._triggers() - known).call_at - fields.Datetime.now()
        self.assertLessEqual(abs(wait.total_seconds() - 300), 5)
        finding = self._findings()["sms_waiting"]
        self.assertIn("4", finding["text"])
        self.pbx.api_url = self.server.url
        self.pbx.sms_after = fields.Datetime.now() - timedelta(seconds=1)
        self.assertNotIn("sms_waiting", self._findings())
        self._work_off()
        self.assertEqual(len(self.server.asked), 4)

    @mute_logger(LOGGER, "odoo.addons.telephony_crm.models.telephony_pbx_request")
    def test_only_one_message_is_lost_to_a_pbx_that_does_not_answer(self):
        self.server.status = None
        first, *others = [self._write() for _number in range(3)]
        self._work_off()
        self.assertEqual(len(self.server.asked), 1)
        self.assertFailed(first, "sms_server", "not known")
        for message in others:
            self.assertEqual(self._sms(message).state, "outgoing")

    def test_a_slow_pbx_does_not_keep_the_job_for_long(self):
        messages = [self._write() for _number in range(3)]
        known = self._triggers()
        with patch.object(sms_sms, "DEADLINE", -1):
            self._work_off()
        self.assertFalse(self.server.asked)
        self.assertTrue(self._triggers() - known)
        for message in messages:
            self.assertEqual(self._sms(message).state, "outgoing")

    def test_a_queue_that_is_not_worked_off_is_noticed(self):
        sms = self._sms(self._write())
        self.assertNotIn("sms_waiting", self._findings())
        sms.flush_recordset()
        self.env.cr.execute(
            "UPDATE sms_sms SET create_date = create_date - interval '2 hours' "
            "WHERE id = %s",
            [sms.id],
        )
        self.assertIn("sms_waiting", self._findings())

    def test_a_message_that_was_interrupted_is_not_sent_twice(self):
        message = self._write()
        sms = self._sms(message)
        self.assertTrue(sms._claim(self.pbx))
        self._work_off()
        self.assertFalse(self.server.asked)
        self.assertEqual(sms.state, "process")
        sms.flush_recordset()
        self.env.cr.execute(
            "UPDATE sms_sms SET write_date = write_date - interval '1 hour' "
            "WHERE id = %s",
            [sms.id],
        )
        sms.invalidate_recordset()
        self._work_off()
        self.assertFailed(message, "sms_server", "not known")

    def test_the_log_holds_neither_secret_nor_number_nor_text(self):
        self.server.status, self.server.body = 401, {"status": "error"}
        self._write("The text of it")
        with self.assertLogs("odoo.addons.telephony_crm", "DEBUG") as ours:
            self._work_off()
        for line in ours.output:
            for secret in (SECRET, "testkey", CUSTOMER[1:], "The text of it"):
                self.assertNotIn(secret, line)

    @mute_logger(LOGGER)
    def test_health_says_that_no_message_leaves(self):
        def says():
            self.pbx.invalidate_recordset()
            return [found["text"] for found in self.pbx._health_findings()]

        self.server.body = {"status": "error", "message": "Not enough money"}
        self._write()
        self._work_off()
        self.assertTrue(any("no credit" in text for text in says()))
        self.server.body = TAKEN
        self._write()
        self._work_off()
        self.assertFalse(any("no credit" in text for text in says()))

    # -- whose messages ------------------------------------------------------------

    def test_who_has_nothing_to_do_with_telephony_sends_as_well(self):
        user = new_test_user(
            self.env,
            login="writer",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.partner.with_user(user)._message_sms("Hello")
        self._work_off()
        self.assertEqual(self._sent()[0]["number"], [CUSTOMER[1:]])

    def test_each_companys_messages_go_their_own_way(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertIs(self.company._get_sms_api_class(), SmsApiPbx)
        self.assertIsNot(other._get_sms_api_class(), SmsApiPbx)
        ours = self._write()
        theirs = self.env["sms.sms"].with_company(other).create({"number": CUSTOMER})
        self.assertEqual(theirs._get_sms_company(), other)
        self.assertFalse(theirs._for_pbx())
        self.assertEqual(self._sms(ours)._for_pbx(), self._sms(ours))

    def test_a_company_has_one_pbx_for_messages(self):
        second = self.pbx.copy({"name": "Second"})
        self.assertFalse(second.sms)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second.sms = True
            second.flush_recordset()

    def test_a_pbx_that_cannot_send_is_not_chosen(self):
        other = self.pbx.copy({"name": "Second", "adapter": "generic"})
        self.pbx.sms = False
        self.assertFalse(other.can_sms)
        with self.assertRaises(ValidationError):
            other.sms = True

    def test_an_archived_pbx_sends_nothing(self):
        self.pbx.active = False
        self.assertIsNot(self.company._get_sms_api_class(), SmsApiPbx)

    def test_a_neutralised_copy_sends_nothing(self):
        self._write()
        self.env.flush_all()
        path = Path(__file__).parent.parent / "data" / "neutralize.sql"
        self.env.cr.execute(path.read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertIsNot(self.company._get_sms_api_class(), SmsApiPbx)
        self.assertFalse(self.company._sms_pbx())
        self.assertFalse(self.server.asked)

    def test_only_an_administrator_chooses_it(self):
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.agent).sms = False
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.agent).read(["sms_sender"])
