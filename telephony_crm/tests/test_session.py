import logging

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..tools import log_filter
from .common import TelephonyCase, TelephonyHttpCase

TOKEN = "s3cret-Token_0123456789abcdef"


@tagged("post_install", "-at_install")
class TestSession(TelephonyHttpCase):
    def _session(self, login):
        self.authenticate(login, login)
        return self.make_jsonrpc_request("/web/session/get_session_info")

    def test_an_agent_gets_the_extension_and_the_options(self):
        told = self._session("agent_one")["telephony"]
        self.assertRegex(told.pop("database"), r"^[0-9a-f]{16}$")
        self.assertEqual(
            told,
            {
                "extension": "100",
                "sound": True,
                "desktop_notification": False,
                "open_card": False,
                "softphone": False,
            },
        )

    def test_a_database_made_anew_is_told_from_the_one_before(self):
        before = self._session("agent_one")["telephony"]["database"]
        self.assertEqual(self._session("agent_two")["telephony"]["database"], before)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("database.uuid", "made-anew")
        self.env.registry.clear_cache()
        of_copy = self._session("agent_one")["telephony"]["database"]
        self.assertNotEqual(of_copy, before)
        self.env.cr.execute(
            "UPDATE res_groups SET create_date = '2026-01-15' WHERE id = %s",
            [self.env.ref("telephony_crm.group_telephony_agent").id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        of_template = self._session("agent_one")["telephony"]["database"]
        self.assertNotIn(of_template, (before, of_copy))

    def test_without_extension_numbers_stay_links(self):
        self.extension.user_id = False
        self.assertIs(self._session("agent_one")["telephony"]["extension"], False)

    def test_other_users_get_nothing(self):
        self.agent.write(
            {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
        )
        self.assertIs(self._session("agent_one")["telephony"], False)

    def test_the_options_are_the_users_own_settings(self):
        info = self._session("agent_one")
        self.assertIs(info["user_settings"]["telephony_sound"], True)
        self.make_jsonrpc_request(
            "/web/dataset/call_kw/res.users.settings/set_res_users_settings",
            {
                "model": "res.users.settings",
                "method": "set_res_users_settings",
                "args": [[info["user_settings"]["id"]]],
                "kwargs": {"new_settings": {"telephony_sound": False}},
            },
        )
        info = self._session("agent_one")
        self.assertIs(info["telephony"]["sound"], False)

    def test_an_agent_dials_through_the_web_client_and_others_do_not(self):
        self.pbx.active = False  # nothing is to be called
        for login, groups, words in (
            ("agent_one", None, "switched off"),
            ("agent_two", "base.group_user", "not set up"),
            ("agent_two", "base.group_portal", "not set up"),
        ):
            if groups:
                self.colleague.write(
                    {"group_ids": [Command.set(self.env.ref(groups).ids)]}
                )
            self.authenticate(login, login)
            answer = self.make_jsonrpc_request(
                "/web/dataset/call_kw/telephony.dial/dial",
                {
                    "model": "telephony.dial",
                    "method": "dial",
                    "args": ["+442037691880"],
                    "kwargs": {},
                },
            )
            with self.subTest(groups=groups):
                self.assertEqual(answer["status"], "refused")
                self.assertIn(words, answer["message"])


@tagged("post_install", "-at_install")
class TestPreferences(TelephonyCase):
    def test_a_user_changes_the_own_options_only(self):
        me = self.agent.with_user(self.agent)
        me.write({"telephony_sound": False, "telephony_open_card": True})
        self.assertEqual(
            me.read(
                [
                    "telephony_sound",
                    "telephony_desktop_notification",
                    "telephony_open_card",
                    "telephony_extension_ids",
                ]
            ),
            [
                {
                    "id": me.id,
                    "telephony_sound": False,
                    "telephony_desktop_notification": False,
                    "telephony_open_card": True,
                    "telephony_extension_ids": self.extension.ids,
                }
            ],
        )
        self.assertFalse(self.agent.res_users_settings_id.telephony_sound)
        self.assertTrue(self.colleague.telephony_sound)
        with self.assertRaises(AccessError):
            self.colleague.with_user(self.agent).telephony_sound = False

    def test_a_user_does_not_give_the_own_self_an_extension(self):
        with self.assertRaises(AccessError):
            self.agent.with_user(self.agent).write(
                {"telephony_extension_ids": [Command.link(self.extension_two.id)]}
            )


@tagged("post_install", "-at_install")
class TestLogFilter(HttpCase):
    def test_tokens_and_parameters_are_blotted_out(self):
        for address, shown in (
            (f"/telephony/webhook/{TOKEN}", "/telephony/webhook/***"),
            (f"/telephony/webhook/{TOKEN}?zd_echo=1", "/telephony/webhook/***?***"),
            (f"/telephony/lookup/{TOKEN}?number=+44", "/telephony/lookup/***?***"),
            (f"/telephony/route/{TOKEN}?number=1&did=2", "/telephony/route/***?***"),
            (f"/telephony/phonebook/{TOKEN}/snom", "/telephony/phonebook/***/snom"),
            (f"/telephony/tracking/{TOKEN}.js", "/telephony/tracking/***.js"),
            (f"/telephony/tracking/{TOKEN}/visit", "/telephony/tracking/***/visit"),
            (f"/telephony/conversions/{TOKEN}.csv", "/telephony/conversions/***.csv"),
            (f"/fr/telephony/webhook/{TOKEN}", "/fr/telephony/webhook/***"),
            (f"//telephony//webhook//{TOKEN}", "//telephony//webhook//***"),
            ("/telephony/recording/12?download=1", "/telephony/recording/12?***"),
            (f'/telephony/lookup/x?n=" HTTP/1.1 {TOKEN}', "/telephony/lookup/***?***"),
            ("/web/login?redirect=1", "/web/login?redirect=1"),
        ):
            with self.subTest(address=address):
                line = f'127.0.0.1 - - [today] "GET {address} HTTP/1.1" 200 -'
                self.assertEqual(
                    log_filter.redact(line).split('"GET ')[1].split(" HTTP")[0], shown
                )
                self.assertNotIn(TOKEN, log_filter.redact(line))

    def test_the_web_server_does_not_log_them(self):
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.url_open(f"/telephony/webhook/{TOKEN}?number=%2B442037691880")
        text = "\n".join(logs.output)
        self.assertIn("/telephony/webhook/***?*** HTTP/1.1", text)
        self.assertNotIn(TOKEN, text)
        self.assertNotIn("2037691880", text)

    def test_the_evented_server_does_not_log_them(self):
        with self.assertLogs("longpolling", logging.INFO) as logs:
            line = f'- - - [now] "POST /telephony/webhook/{TOKEN} HTTP/1.1" 200 2 0.01'
            logging.getLogger("longpolling").info(line)
        self.assertNotIn(TOKEN, logs.output[0])

    def test_requests_to_a_pbx_are_logged_without_what_was_asked(self):
        with self.assertLogs("urllib3.connectionpool", "DEBUG") as logs:
            logging.getLogger("urllib3.connectionpool").debug(
                '%s://%s:%s "%s %s %s" %s %s',
                *("https", "api.zadarma.com", 443, "GET"),
                *(
                    "/v1/request/callback/?from=100&to=%2B442037691880",
                    "HTTP/1.1",
                    200,
                    9,
                ),
            )
        self.assertIn('"GET /v1/request/callback/?*** HTTP/1.1" 200 9', logs.output[0])

    def test_a_broken_record_is_left_to_the_handlers(self):
        record = logging.LogRecord("werkzeug", 20, "", 0, "%s %s", ("one",), None)
        self.assertTrue(log_filter.RedactingFilter().filter(record))

    def test_it_is_installed_once(self):
        log_filter.install()
        for name in log_filter.LOGGERS:
            known = logging.getLogger(name).filters
            known = [
                item for item in known if isinstance(item, log_filter.RedactingFilter)
            ]
            self.assertEqual(len(known), 1)
