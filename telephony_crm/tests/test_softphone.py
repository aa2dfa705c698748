from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.modules.neutralize import neutralize_database
from odoo.tests import HttpCase, tagged

from .access_common import AccessCase

PASSWORD = "Sip-Pass_8800"
URL = "wss://pbx.example:8089/ws"


class SoftphoneCase(AccessCase):
    """An Asterisk on which the agent and the colleague talk in their browsers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asterisk = cls.env["telephony.pbx"].create(
            {
                "name": "Branch",
                "adapter": "asterisk",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.uk").id,
                "tz": "UTC",
                "api_secret": "bridgesecret",
            }
        )
        cls._set(softphone_url=URL)
        cls.browser, cls.browser_two = cls.env["telephony.extension"].create(
            [
                {
                    "pbx_id": cls.asterisk.id,
                    "number": number,
                    "user_id": user.id,
                    "softphone": True,
                    "sip_password": password,
                }
                for number, user, password in (
                    ("110", cls.agent, PASSWORD),
                    ("111", cls.colleague, "Another-1"),
                )
            ]
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _set(cls, **values):
        for setting in cls.asterisk.setting_ids:
            if setting.key in values:
                name = "secret_stored" if setting.is_secret else "value"
                setting.sudo()[name] = values[setting.key]

    def _config(self, user):
        return self.env["telephony.extension"].with_user(user).softphone_config()


@tagged("post_install", "-at_install")
class TestSoftphone(SoftphoneCase):
    """What the user's browser is told."""

    def test_each_user_gets_the_own_extension_and_no_other(self):
        mine, theirs = self._config(self.agent), self._config(self.colleague)
        self.assertEqual(
            mine,
            {
                "uri": "sip:110@pbx.example",
                "extension": "110",
                "domain": "pbx.example",
                "password": PASSWORD,
                "url": URL,
                "ice_servers": [],
            },
        )
        self.assertEqual(
            (theirs["extension"], theirs["password"]), ("111", "Another-1")
        )
        self.assertNotIn(PASSWORD, str(theirs))

    def test_who_has_none_gets_nothing(self):
        for user in (
            self.supervisor,
            self.administrator,
            self.internal,
            self.portal,
            self.stranger,
        ):
            with self.subTest(user=user.login):
                self.assertIs(self._config(user), False)

    def test_who_is_no_agent_any_more_gets_nothing(self):
        self.agent.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertIs(self._config(self.agent), False)

    def test_it_is_off_unless_it_was_switched_on(self):
        self.browser.softphone = False
        self.assertIs(self._config(self.agent), False)
        self.browser.softphone = True
        self.asterisk.active = False
        self.assertIs(self._config(self.agent), False)

    def test_a_pbx_that_has_none_is_not_asked(self):
        self.browser.unlink()
        self.extension.softphone = True  # of a Zadarma
        self.assertFalse(self.extension.can_softphone)
        self.assertIs(self._config(self.agent), False)

    def test_what_is_missing_is_said_in_words(self):
        self.browser.sip_password = False
        self.assertIn("no SIP password", self._config(self.agent)["problem"])
        self._set(sip_domain="a host")
        self.assertIn("SIP domain of Branch", self._config(self.agent)["problem"])
        self._set(softphone_url="http://pbx.example")
        self.assertIn("no address", self._config(self.agent)["problem"])
        self.assertNotIn(PASSWORD, str(self._config(self.agent)))

    def test_the_shared_secret_of_the_turn_server_stays_here(self):
        self._set(softphone_turn="turn:t.example", softphone_turn_secret="coturnsecret")
        config = self._config(self.agent)
        self.assertRegex(
            config["ice_servers"][0]["username"], rf"^\d+:{self.agent.id}$"
        )
        self.assertNotIn("coturnsecret", str(config))

    def test_the_web_client_knows_whether_to_register(self):
        dial = self.env["telephony.dial"]
        self.assertIs(dial.with_user(self.agent).get_dialer()["softphone"], True)
        self.assertIs(dial.with_user(self.agent)._session()["softphone"], True)
        self.assertNotIn(PASSWORD, str(dial.with_user(self.agent)._session()))
        self.assertIs(dial.with_user(self.supervisor)._session()["softphone"], False)

    def test_the_extension_of_the_current_company_comes_first(self):
        elsewhere = self.env["telephony.pbx"].create(
            {"name": "Elsewhere", "adapter": "asterisk", "tz": "UTC"}
            | {"company_id": self.other_company.id}
        )
        self.agent.company_ids += self.other_company
        self.env["telephony.extension"].create(
            {"pbx_id": elsewhere.id, "number": "210", "softphone": True}
            | {"user_id": self.agent.id}
        )
        extensions = self.env["telephony.extension"].with_user(self.agent)
        found = extensions.with_company(self.other_company)._softphone_of(self.agent)
        self.assertEqual(found.number, "210")
        self.assertEqual(extensions._softphone_of(self.agent).number, "110")


@tagged("post_install", "-at_install")
class TestTransferTarget(SoftphoneCase):
    """Whom a call in the browser may be handed to."""

    def _target(self, number, user=None, call=None):
        dial = self.env["telephony.dial"].with_user(user or self.agent)
        return dial.softphone_target(number, call.id if call else False)

    def test_a_colleague_and_a_customer_may_get_a_call(self):
        self.assertEqual(self._target("111"), {"number": "111"})
        self.assertEqual(self._target("020 3769 1880"), {"number": "+442037691880"})
        self._set(number="00{digits}")
        self.assertEqual(self._target("+442037691880"), {"number": "00442037691880"})

    def test_what_is_not_dialled_is_not_transferred_to(self):
        for number in ("112", "0900 123456", "+4490900", "111,,#", "Bruno", "", None):
            with self.subTest(number=number):
                answer = self._target(number)
                self.assertEqual(list(answer), ["message"])
                self.assertTrue(answer["message"])

    def test_it_counts_as_dialled(self):
        self.asterisk.dial_user_minute = 1
        self.assertIn("number", self._target("111"))
        self.assertIn("message", self._target("111"))

    def test_it_is_noted_with_the_call(self):
        call = self._make_call("now", self.agent, self.team, pbx_id=self.asterisk.id)
        self._target("111", call=call)
        noted = self.env["telephony.dial"].search([("call_id", "=", call.id)])
        self.assertEqual((noted.e164, noted.user_id), ("111", self.agent))

    def test_the_calls_of_others_are_not_handed_over(self):
        with self.assertRaises(AccessError):
            self._target("111", call=self.theirs)

    def test_who_has_no_softphone_hands_nothing_over(self):
        for user in (self.supervisor, self.internal, self.portal):
            with self.subTest(user=user.login):
                self.assertEqual(list(self._target("111", user)), ["message"])


@tagged("post_install", "-at_install")
class TestSipPassword(SoftphoneCase):
    """Written by administrators, read by nobody."""

    def test_nobody_reads_it_back(self):
        self.administrator.group_ids += self.env.ref("base.group_allow_export")
        extension = self.browser.with_user(self.administrator)
        self.assertNotIn(PASSWORD, str(extension.read()))
        self.assertNotIn(PASSWORD, str(extension.export_data(["sip_password"])))
        self.assertNotIn(PASSWORD, str(extension.web_read({"sip_password": {}})))
        self.assertTrue(extension.sip_password)  # that there is one is shown
        with self.assertRaises(AccessError):
            extension.read(["sip_password_stored"])
        self.assertNotIn(PASSWORD, str(extension.copy_data()))

    def test_agents_do_not_even_see_that_there_is_one(self):
        for user in (self.agent, self.colleague, self.supervisor):
            user.group_ids += self.env.ref("base.group_allow_export")
            extension = self.browser.with_user(user)
            for name in ("sip_password", "sip_password_stored"):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        extension.read([name])
                    with self.assertRaises(AccessError):
                        extension.export_data([name])
                    with self.assertRaises(AccessError):
                        extension.write({name: "mine"})
            self.assertNotIn(PASSWORD, str(extension.read()))

    def test_it_cannot_be_found_by_searching_for_it(self):
        for user in (self.agent, self.administrator):
            extensions = self.env["telephony.extension"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                extensions.search([("sip_password_stored", "=like", "S%")])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                extensions.search([], order="sip_password_stored")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                extensions.formatted_read_group([], ["sip_password_stored"])

    def test_an_agent_switches_no_softphone_on(self):
        with self.assertRaises(AccessError):
            self.browser_two.with_user(self.agent).write({"user_id": self.agent.id})
        with self.assertRaises(AccessError):
            self.browser.with_user(self.agent).softphone = False

    def test_administrator_replaces_it_and_the_mask_changes_nothing(self):
        extension = self.browser.with_user(self.administrator)
        extension.write({"sip_password": extension.sip_password})
        self.assertEqual(self._config(self.agent)["password"], PASSWORD)
        extension.write({"sip_password": "Fresh-1"})
        self.assertEqual(self._config(self.agent)["password"], "Fresh-1")

    def test_who_gets_the_extension_of_another_does_not_get_the_password(self):
        extension = self.browser.with_user(self.administrator)
        extension.user_id = self.supervisor
        self.assertIn("no SIP password", self._config(self.supervisor)["problem"])
        extension.write({"user_id": self.dispatcher.id, "sip_password": "Fresh-2"})
        self.assertEqual(self._config(self.dispatcher)["password"], "Fresh-2")

    def test_an_extension_without_user_keeps_it_for_the_first_one(self):
        extension = self.env["telephony.extension"].create(
            {"pbx_id": self.asterisk.id, "number": "112", "softphone": True}
            | {"sip_password": "Ready-1"}
        )
        extension.with_user(self.administrator).user_id = self.supervisor
        self.assertEqual(self._config(self.supervisor)["password"], "Ready-1")

    def test_it_is_one_line(self):
        with self.assertRaises(ValidationError):
            self.browser.sip_password = "a\r\nContact: *"

    def test_a_copy_of_the_database_has_none(self):
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.assertFalse(self.browser.sudo().sip_password_stored)


@tagged("post_install", "-at_install")
class TestSoftphoneSession(SoftphoneCase, HttpCase):
    def test_it_reaches_the_own_browser_by_one_call_alone(self):
        self.authenticate("agent_one", "agent_one")
        session = self.make_jsonrpc_request("/web/session/get_session_info")
        self.assertIs(session["telephony"]["softphone"], True)
        self.assertNotIn(PASSWORD, str(session))
        self.assertEqual(self._ask()["password"], PASSWORD)

    def _ask(self):
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw/telephony.extension/softphone_config",
            {
                "model": "telephony.extension",
                "method": "softphone_config",
                "args": [],
                "kwargs": {},
            },
        )
