import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import logging
import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.telephony_dial_wish import MAX_REFUSED
from .common import CUSTOMER, SECRET, TelephonyCase

LOGGER = "odoo.addons.telephony_crm.models"
WISHES = f"{LOGGER}.telephony_dial_wish"


def _drips(handler, server):
    """Answer with headers byte by byte, if the server is to do that."""
    with contextlib.suppress(ConnectionError):
        for byte in b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 1000:
            if not server.drip:
                return False
            time.sleep(server.drip)
            handler.wfile.write(bytes([byte]))
            server.sent += 1
    return True


class PbxServer:
    """A PBX's web interface that answers whatever it is told to."""

    def __init__(self):
        self.asked, self.bodies = [], []
        self.status, self.body, self.headers = 200, {"status": "success"}, {}
        self.during = None  # called while the request waits for its answer
        self.pause = 0  # seconds before each byte of the answer
        self.sent = 0  # bytes of answers
        self.drip = 0  # seconds before each byte of an answer that is all header
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                outer.bodies.append(self.rfile.read(length).decode())
                outer.asked.append((self.path, dict(self.headers)))
                if outer.during:
                    outer.during()
                if outer.status is None or _drips(self, outer):
                    self.close_connection = True
                    return
                body = outer.body
                if not isinstance(body, bytes):
                    body = json.dumps(body).encode()
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self._write(body)

            do_POST = do_GET

            def _write(self, body):
                size = 1 if outer.pause else len(body) or 1
                try:
                    for at in range(0, len(body), size):
                        time.sleep(outer.pause)
                        self.wfile.write(body[at : at + size])
                        outer.sent += size
                except ConnectionError:
                    self.close_connection = True  # who asked waits no longer

            def log_message(self, *args):
                """Override to keep silent."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # It looks so often whether it is to close, and a test waits for that.
        often = {"poll_interval": 0.02}
        serve = self.server.serve_forever
        self.thread = threading.Thread(target=serve, kwargs=often, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class DialCase(TelephonyCase):
    """Two agents whose PBX is a real web server on this machine."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override, since Odoo's expects one time limit, and ours are two."""
        limit = kw["timeout"]
        limit = max(limit) if isinstance(limit, tuple) else limit
        return super()._request_handler(s, r, **{**kw, "timeout": limit})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": CUSTOMER}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Spring order",
                "partner_id": cls.partner.id,
                "user_id": cls.agent.id,
                "team_id": False,
            }
        )

    def setUp(self):
        super().setUp()
        self.server = PbxServer()
        self.addCleanup(self.server.close)
        self.pbx.api_url = self.server.url

    def _dial(self, number=CUSTOMER, record=None, user=None):
        dial = self.env["telephony.dial"].with_user(user or self.agent)
        dial = dial.with_context(
            allowed_company_ids=(user or self.agent).company_ids.ids
        )
        if record:
            return dial.dial(number, record._name, record.id)
        return dial.dial(number)

    def _wishes(self):
        self.env.invalidate_all()
        return self.env["telephony.dial"].search([("user_id", "=", self.agent.id)])

    def _age(self, wishes, **length):
        wishes.flush_recordset()
        self.env.cr.execute(
            "UPDATE telephony_dial SET create_date = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - timedelta(**length), wishes.ids],
        )
        wishes.invalidate_recordset()

    def assertRefused(self, answer, reason):
        """The user is told one sentence, the log has the reason, the PBX nothing."""
        self.assertEqual(answer["status"], "refused", answer)
        self.assertRegex(answer["message"], r"^\S.*\S[.]$")
        wish = self._wishes()[:1]
        self.assertEqual((wish.state, wish.reason), ("refused", reason))
        self.assertEqual(wish.message, answer["message"])
        self.assertFalse(self.server.asked)


@tagged("post_install", "-at_install")
class TestDial(DialCase):
    def test_who_is_refused_in_a_loop_fills_no_table(self):
        with self.assertLogs(WISHES, logging.DEBUG) as logged:
            for index in range(MAX_REFUSED + 5):
                answer = self._dial(f"+4490{index}")
                self.assertEqual(answer["status"], "refused")
                self.assertIn(f"+4490{index}", answer["message"])
        wishes = self._wishes()
        self.assertEqual(len(wishes), MAX_REFUSED)
        self.assertEqual(sum(wishes.mapped("more")), 5)
        self.assertEqual(len(logged.output), MAX_REFUSED + 5, "each is logged")
        self._age(wishes, minutes=2)
        self._dial("+44900")
        self.assertEqual(len(self._wishes()), MAX_REFUSED + 1)

    def test_the_pbx_rings_the_users_own_extension_then_calls_the_number(self):
        answer = self._dial("020 3769 1880")
        self.assertEqual(answer["status"], "calling")
        self.assertEqual(answer["number"], "+44 20 3769 1880")
        [(path, _headers)] = self.server.asked
        asked = parse_qs(urlsplit(path).query)
        self.assertEqual(urlsplit(path).path, "/v1/request/callback/")
        self.assertEqual((asked["from"], asked["to"]), (["100"], [CUSTOMER]))
        wish = self._wishes()
        self.assertEqual(wish.id, answer["dial_id"])
        self.assertEqual(answer["call_ref"], "", "a callback has none")
        self.assertEqual((wish.state, wish.e164), ("sent", CUSTOMER))
        self.assertEqual(wish.extension_id, self.extension)

    def test_the_request_is_signed_as_the_vendor_says(self):
        self._dial()
        [(path, headers)] = self.server.asked
        url = urlsplit(path)
        query = urlencode(sorted((k, v[0]) for k, v in parse_qs(url.query).items()))
        text = url.path + query + hashlib.md5(query.encode()).hexdigest()
        digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).hexdigest()
        signature = base64.b64encode(digest.encode()).decode()
        self.assertEqual(headers["Authorization"], f"testkey:{signature}")

    def test_the_wish_is_stored_before_the_pbx_is_asked(self):
        seen = []
        self.server.during = lambda: seen.append(len(self._wishes()))
        self._dial()
        self.assertEqual(seen, [1])

    def test_the_extension_is_never_taken_from_the_request(self):
        dial = self.env["telephony.dial"].with_user(self.colleague)
        dial.with_context(default_extension_id=self.extension.id).dial(CUSTOMER)
        [(path, _headers)] = self.server.asked
        self.assertEqual(parse_qs(urlsplit(path).query)["from"], ["101"])

    def test_a_colleague_is_called_by_extension(self):
        answer = self._dial("101")
        self.assertEqual((answer["status"], answer["number"]), ("calling", "101"))
        self.assertEqual(self._wishes().e164, "101")

    def test_the_digits_behind_a_number_are_not_dialled(self):
        self._dial(f"{CUSTOMER};ext=12")
        self.assertEqual(self._wishes().e164, CUSTOMER)

    def test_a_national_number_on_a_record_is_one_of_its_country(self):
        self.pbx.allowed_country_ids = self.env.ref("base.fr") + self.env.ref("base.uk")
        self.partner.country_id = self.env.ref("base.fr")
        self._dial("04 78 32 32 32", self.partner)
        self.assertEqual(self._wishes().e164, "+33478323232")

    def test_a_new_record_that_is_not_saved_yet_is_no_hindrance(self):
        dial = self.env["telephony.dial"].with_user(self.agent)
        self.assertEqual(dial.dial(CUSTOMER, "crm.lead", False)["status"], "calling")

    def test_nothing_secret_and_no_number_is_logged(self):
        self.server.status = 401
        with self.assertLogs(level=logging.DEBUG) as all_logs:
            with self.assertLogs(LOGGER, logging.DEBUG) as own_logs:
                self._dial()
                self._dial("+99 1")
        lines = all_logs.output + own_logs.output
        # Who has Odoo log each query, gets the values in it as well.
        text = "\n".join(line for line in lines if "odoo.sql_db" not in line)
        for secret in (SECRET, "testkey", CUSTOMER[1:], "20 3769 1880"):
            self.assertNotIn(secret, text)
        self.assertIn("refused: unparsable", text)


@tagged("post_install", "-at_install")
class TestDialRefused(DialCase):
    def test_what_must_not_be_dialled_is_refused_in_words(self):
        for number, reason in (
            ("", "unparsable"),
            ("12345678", "unparsable"),
            ("999", "emergency"),
            ("112", "emergency"),
            ("*21*+442037691880#", "feature_code"),
            ("#31#", "feature_code"),
            ("+44 909 879 0000", "premium"),
            ("+8816 1234 5678", "satellite"),
            ("+33 4 78 32 32 32", "country"),
        ):
            with self.subTest(number=number):
                self.assertRefused(self._dial(number), reason)

    def test_an_allowed_country_may_be_dialled(self):
        self.pbx.allowed_country_ids = self.env.ref("base.fr")
        self.assertEqual(self._dial("+33478323232")["status"], "calling")
        self.server.asked.clear()
        self.assertRefused(self._dial(CUSTOMER), "country")

    def test_the_own_extension_is_refused(self):
        self.assertRefused(self._dial("100"), "own_extension")

    def test_an_extension_of_another_pbx_is_refused(self):
        other = self.pbx.copy({"name": "Branch", "api_key": "k", "api_secret": "s"})
        self.env["telephony.extension"].create({"pbx_id": other.id, "number": "300"})
        self.assertRefused(self._dial("300"), "unparsable")

    def test_a_user_without_extension_is_told_so(self):
        self.extension.user_id = False
        self.assertRefused(self._dial(), "no_extension")

    def test_an_archived_pbx_is_not_asked(self):
        self.pbx.active = False
        self.assertRefused(self._dial(), "inactive")

    def test_a_pbx_that_cannot_dial_is_not_asked(self):
        self.pbx.adapter = "generic"
        self.assertRefused(self._dial(), "unable")

    def test_a_record_that_is_gone_or_foreign_is_refused(self):
        self.lead.user_id = self.colleague
        self.assertRefused(self._dial(record=self.lead), "record")
        gone = self.partner.copy()
        gone.unlink()
        self.assertRefused(self._dial(record=gone), "record")

    def test_nonsense_is_refused_and_raises_nothing(self):
        dial = self.env["telephony.dial"].with_user(self.agent)
        for number in (None, False, [], {"a": 1}, 5, "\0", "\n\n", "x" * 9999, "‮٠١"):
            with self.subTest(number=number):
                self.assertRefused(dial.dial(number), "unparsable")
        for model, res_id in (
            ("no.such", 1),
            ("base", 1),
            ("res.partner", -1),
            ("res.partner", 10**30),
            ("res.partner", 2**31 - 1),
            ("res.partner", True),
            ("res.partner", "1"),
            ("res.partner", [1]),
            ("ir.config_parameter", 1),
            (["res.partner"], 1),
            (7, 7),
            ("base.module.upgrade", 1),
        ):
            with self.subTest(model=model, res_id=res_id):
                self.assertRefused(dial.dial(CUSTOMER, model, res_id), "record")

    def test_markup_in_a_number_stays_text(self):
        answer = self._dial("<b>12</b>")
        self.assertIn("“<b>12</b>”", answer["message"])

    def test_a_user_who_is_no_agent_is_refused_and_stores_nothing(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = self._user_in(groups)
            with self.subTest(groups=groups):
                answer = self._dial(user=user)
                self.assertEqual(answer["status"], "refused")
                wishes = self.env["telephony.dial"].search([("user_id", "=", user.id)])
                self.assertFalse(wishes)
        self.assertFalse(self.server.asked)

    def _user_in(self, groups):
        user = self.colleague.copy({"login": groups, "company_id": self.company.id})
        group = self.env.ref(groups)
        user.write({"group_ids": [fields.Command.set(group.ids)]})
        self.extension_two.user_id = user
        return user


@tagged("post_install", "-at_install")
class TestDialLimits(DialCase):
    def test_each_limit_holds_and_is_told(self):
        for name in ("user_minute", "user_day", "pbx_minute", "pbx_day"):
            with self.subTest(limit=name):
                self._wishes().unlink()
                values = dict.fromkeys(
                    ("user_minute", "user_day", "pbx_minute", "pbx_day"), 100
                )
                values[name] = 2
                self.pbx.write({f"dial_{key}": value for key, value in values.items()})
                self.assertEqual(self._dial()["status"], "calling")
                self.assertEqual(self._dial()["status"], "calling")
                self.server.asked.clear()
                self.assertRefused(self._dial(), name)

    def test_the_limit_of_one_user_does_not_stop_another(self):
        self.pbx.dial_user_minute = 1
        self._dial()
        self.assertEqual(self._dial(user=self.colleague)["status"], "calling")

    def test_the_limit_of_the_pbx_counts_all_users(self):
        self.pbx.dial_pbx_minute = 1
        self._dial(user=self.colleague)
        self.server.asked.clear()
        self.assertRefused(self._dial(), "pbx_minute")

    def test_what_was_refused_does_not_count_and_what_failed_does(self):
        self.pbx.dial_user_minute = 1
        self._dial("999")
        self.server.status = 500
        self.assertEqual(self._dial()["status"], "failed")
        self.server.asked.clear()
        self.assertRefused(self._dial(), "user_minute")

    def test_a_limit_passes_with_time(self):
        self.pbx.dial_user_minute = 1
        self._dial()
        self._age(self._wishes(), minutes=2)
        self.assertEqual(self._dial()["status"], "calling")

    def test_a_limit_of_nothing_allows_nothing(self):
        self.pbx.dial_user_day = 0
        self.assertRefused(self._dial(), "user_day")

    def test_old_wishes_expire_and_very_old_ones_go(self):
        self._dial()
        waiting = self._wishes()
        self._dial()
        recent = self._wishes() - waiting
        self._dial()
        ancient = self._wishes() - waiting - recent
        self._age(waiting, minutes=11)
        self._age(ancient, days=366)
        self.env["telephony.dial"]._gc_dials()
        self.assertEqual(waiting.state, "expired")
        self.assertEqual(recent.state, "sent")
        self.assertFalse(ancient.exists())


@tagged("post_install", "-at_install")
class TestDialFailed(DialCase):
    def _assert_failed(self, reason):
        answer = self._dial()
        self.assertEqual(answer["status"], "failed", answer)
        self.assertRegex(answer["message"], r"^Office .*\S$")
        wish = self._wishes()[:1]
        self.assertEqual((wish.state, wish.reason), ("failed", reason))
        self.assertEqual(wish.message, answer["message"])
        return answer["message"]

    def test_a_rate_limit_in_either_form_is_told(self):
        self.server.status, self.server.body = 429, b"Too Many Requests"
        self.server.headers = {"X-RateLimit-Reset": "30"}
        self.assertIn("no more requests", self._assert_failed("rate_limited"))
        self.server.status, self.server.body = (
            200,
            {
                "status": "error",
                "message": "You exceeded the rate limit by User Limits",
            },
        )
        self.assertIn("no more requests", self._assert_failed("rate_limited"))

    def test_a_wrong_key_is_told(self):
        self.server.status, self.server.body = (
            401,
            {
                "status": "error",
                "message": "Not authorized",
            },
        )
        self.assertIn("refuses the key", self._assert_failed("auth"))

    def test_a_refusal_is_told_in_the_pbx_words(self):
        self.server.body = {"status": "error", "message": "Wrong <b>number</b>\n"}
        self.assertIn("Wrong <b>number</b>", self._assert_failed("refused"))

    def test_nonsense_is_told_as_such(self):
        for status, body in (
            (200, b""),
            (200, b"<html>Maintenance</html>"),
            (200, b"[]"),
            (200, b"null"),
            (200, b"\xff\xfe\x00"),
            (200, b'{"status": ' + b"[" * 5000),
            (200, {"status": {}}),
            (500, b"Internal error"),
            (302, b""),
        ):
            with self.subTest(status=status, body=str(body)[:20]):
                self.pbx.dial_user_minute += 1
                self.server.status, self.server.body = status, body
                answer = self._dial()
                self.assertEqual(answer["status"], "failed", answer)
                self.assertEqual(len(answer["message"].splitlines()), 1)

    def test_a_pbx_that_does_not_answer_is_told(self):
        self.server.status = None
        self.assertIn("does not answer", self._assert_failed("unreachable"))
        self.pbx.api_url = "http://127.0.0.1:1"
        self.assertIn("does not answer", self._assert_failed("unreachable"))

    def test_an_address_that_is_none_is_told(self):
        for url in (
            "nonsense",
            "http://",
            "ftp://127.0.0.1",
            "http://[::1",
            "http://a..b",
        ):
            with self.subTest(url=url):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.pbx.api_url = url
                self.env.cr.execute(
                    "UPDATE telephony_pbx SET api_url = %s WHERE id = %s",
                    [url, self.pbx.id],
                )
                self.env.invalidate_all()
                self.assertEqual(self._dial()["status"], "failed")


@tagged("post_install", "-at_install")
class TestDialTied(DialCase):
    def _began(self, call_ref="out_1", **fields_):
        with mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_event"):
            self._tell("NOTIFY_OUT_START", call_ref=call_ref, **fields_)
        call = self._call(call_ref)
        self.assertEqual(len(call), 1)
        return call

    def test_the_call_that_follows_belongs_to_the_record_clicked_on(self):
        other = self.lead.copy({"name": "Newer"})
        self._dial(record=self.lead)
        call = self._began()
        self.assertEqual(call.lead_id, self.lead)
        self.assertNotEqual(call.lead_id, other)
        self.assertEqual(call.partner_id, self.partner)
        self.assertEqual(call.match_reason, "clicked")
        wish = self._wishes()
        self.assertEqual((wish.state, wish.call_id), ("tied", call))

    def test_a_repeat_of_the_event_ties_nothing_more(self):
        self._dial(record=self.lead)
        self._dial(record=self.partner)
        call = self._began()
        self._began()
        self._tell(
            "NOTIFY_OUT_END", call_ref="out_1", disposition="answered", duration="9"
        )
        self.assertEqual(self._wishes().mapped("state"), ["sent", "tied"])
        self.assertEqual(call.lead_id, self.lead)

    def test_two_wishes_are_two_calls_in_order(self):
        other = self.lead.copy({"name": "Second", "user_id": self.agent.id})
        self._dial(record=self.lead)
        self._dial(record=other)
        self.assertEqual(self._began("out_1").lead_id, self.lead)
        self.assertEqual(self._began("out_2").lead_id, other)
        third = self._began("out_3")
        self.assertNotEqual(third.match_reason, "clicked")

    def test_a_call_from_another_extension_or_to_another_number_is_not_tied(self):
        self._dial(record=self.lead)
        for call_ref, fields_ in (
            ("out_1", {"internal": "101"}),
            ("out_2", {"destination": "442037691889"}),
        ):
            self.assertNotEqual(
                self._began(call_ref, **fields_).match_reason, "clicked"
            )
        self.assertEqual(self._wishes().state, "sent")

    def test_a_call_long_before_or_after_is_not_tied(self):
        self._dial(record=self.lead)
        wish = self._wishes()
        call = self._began("out_1", started=self._ago(minutes=2))
        self.assertNotEqual(call.match_reason, "clicked")
        self._age(wish, minutes=3)
        self.assertNotEqual(self._began("out_2").match_reason, "clicked")
        self.assertEqual(wish.state, "sent")

    def test_a_clock_that_goes_wrong_by_seconds_does_no_harm(self):
        self._dial(record=self.lead)
        call = self._began(started=self._ago(seconds=10))
        self.assertEqual(call.match_reason, "clicked")

    def test_a_call_told_before_the_pbx_answers_stays_tied(self):
        self._dial(record=self.lead)
        wish = self._wishes().with_user(self.agent).sudo()
        call = self._began()
        self.server.status = None
        wish._originate()
        self.assertEqual((wish.state, wish.call_id), ("tied", call))

    def test_a_wish_without_an_answer_is_tied_if_the_call_comes(self):
        self.server.status = None
        self.assertEqual(self._dial(record=self.lead)["status"], "failed")
        self.assertEqual(self._began().lead_id, self.lead)

    def test_a_wish_that_the_pbx_refused_is_not_tied(self):
        self.server.status = 429
        self._dial(record=self.lead)
        self.assertNotEqual(self._began().match_reason, "clicked")

    def test_a_click_on_an_activity_belongs_to_its_record(self):
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": self.lead.id,
                "user_id": self.agent.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            }
        )
        self._dial(record=activity)
        self.assertEqual(self._began().lead_id, self.lead)

    def test_a_record_of_another_company_is_not_tied(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.agent.company_ids += other
        self.partner.company_id = other
        self.lead.partner_id = False
        self._dial(record=self.partner)
        wish = self._wishes()
        self.assertEqual((wish.state, wish.partner_id.id), ("sent", False))
        self.assertFalse(self._began().partner_id)

    def test_a_merged_contact_keeps_its_wish(self):
        self._dial(record=self.partner)
        target = self.env["res.partner"].create({"name": "Olena S."})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.partner + target).ids, target
        )
        self.assertEqual(self._began().partner_id, target)


@tagged("post_install", "-at_install")
class TestDialRights(DialCase):
    def test_an_agent_sees_the_own_log_only(self):
        self._dial()
        self._dial(user=self.colleague)
        mine = self.env["telephony.dial"].with_user(self.agent).search([])
        self.assertEqual(mine.user_id, self.agent)

    def test_nobody_writes_the_log_by_hand(self):
        self._dial()
        supervisor = self._user("head", "telephony_supervisor")
        administrator = self._user("admin_calls", "telephony_administrator")
        for user in (self.agent, supervisor, administrator):
            wish = self._wishes().with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    wish.write({"state": "tied"})
                with self.assertRaises(AccessError):
                    wish.unlink()
                with self.assertRaises(AccessError):
                    wish.create({"user_id": user.id, "company_id": self.company.id})

    def test_who_is_no_agent_sees_nothing_of_it(self):
        self._dial()
        user = self.colleague
        user.write(
            {"group_ids": [fields.Command.set(self.env.ref("base.group_user").ids)]}
        )
        with self.assertRaises(AccessError):
            self.env["telephony.dial"].with_user(user).search([])
