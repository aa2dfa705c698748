from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .account_common import AccountCase

ALL = {
    name: "true"
    for name in (
        "notify_start",
        "notify_internal",
        "notify_end",
        "notify_out_start",
        "notify_out_end",
        "notify_answer",
    )
}
HOOKS = dict.fromkeys(
    ("number_lookup", "call_tracking", "sms", "speech_recognition"), "true"
)


@tagged("post_install", "-at_install")
class TestSetupWizard(AccountCase):
    """The account of a PBX is read, shown, and taken over as far as one wants it."""

    def setUp(self):
        super().setUp()
        self.admin = self._user("telephony_admin", "telephony_administrator")
        self.form = self.pbx.with_user(self.admin)
        self.extension_two.unlink()
        self.numbers = [100, 101, 102, 103]
        self.names = {"101": {"name": "Agent_two"}}
        self.registered = ""
        self.notifications = {}
        self.answers |= {
            "/v1/info/timezone": lambda _query: {"timezone": "UTC+0"},
            "/v1/pbx/internal": lambda _query: {"pbx_id": 1, "numbers": self.numbers},
            "/v1/direct_numbers": lambda _query: {
                "info": [
                    {"number": "442037691881", "status": "on", "number_name": "Old"},
                    {"number": "380444941710", "status": "on", "number_name": "Kyiv"},
                    {"number": "33147658710", "status": "parking", "description": "P"},
                ]
            },
            "/v1/pbx/callinfo": lambda _query: {
                "url": self.registered,
                "notifications": self.notifications,
            },
            "/v1/pbx/webhooks": lambda _query: {
                "url": self.registered,
                "hooks": HOOKS if self.registered else {},
            },
            "/v1/pbx/callinfo/url": self._register,
            "/v1/pbx/callinfo/notifications": self._switch_on,
            "/v1/pbx/webhooks/url": lambda _query: {},
            "/v1/pbx/webhooks/hooks": lambda _query: {},
        }
        for number in range(100, 200):
            self.answers[f"/v1/pbx/internal/{number}/info"] = (
                lambda _query, number=str(number): {
                    "name": "",
                    "record_email": "false",
                    **self.names.get(number, {}),
                }
            )

    def _register(self, _query):
        self.registered = self.pbx.webhook_url
        return {"url": self.registered}

    def _switch_on(self, _query):
        self.notifications = ALL
        return {"notifications": ALL}

    def _look(self):
        action = self.form.action_set_up()
        return (
            self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])
        )

    def _extensions(self, wizard):
        return {line.number: line for line in wizard.extension_ids}

    def _result(self, wizard):
        return {step.name: step for step in wizard.result_ids}

    # -- looking -------------------------------------------------------------------

    def test_looking_shows_what_there_is_and_changes_nothing(self):
        wizard = self._look()
        self.assertEqual(set(self._extensions(wizard)), {"100", "101", "102", "103"})
        self.assertEqual(len(wizard.did_ids), 3)
        self.assertEqual(set(wizard.step_ids.mapped("state")), {"ok", "warning"})
        self.assertEqual(self.pbx.extension_ids, self.extension)
        self.assertEqual(self.pbx.did_ids, self.did)
        self.assertFalse(self.registered)

    def test_what_is_known_is_marked_and_not_taken_again(self):
        wizard = self._look()
        known = self._extensions(wizard)["100"]
        self.assertTrue(known.is_known)
        self.assertFalse(known.is_taken)
        self.assertEqual(known.user_id, self.agent)
        [did] = wizard.did_ids.filtered("is_known")
        self.assertEqual((did.number, did.name), ("+44 20 3769 1881", "London line"))

    def test_users_are_proposed_by_mail_then_by_name_and_each_once(self):
        self.colleague.write({"name": "Bruno Bell", "email": "bruno@ringing.example"})
        twins = [
            self._user(f"twin{index}", "telephony_agent", name="Ann Twin")
            for index in range(2)
        ]
        self.assertEqual(len(twins), 2)
        self.names = {
            "101": {"name": "Bruno Bell"},
            "102": {"name": "Office", "record_email": "Bruno@Ringing.example"},
            "103": {"name": "Ann Twin"},
        }
        lines = self._extensions(self._look())
        self.assertEqual(
            (lines["101"].user_id, lines["102"].user_id),
            (self.colleague, self.env["res.users"]),
        )
        self.assertFalse(lines["103"].user_id, "two users have this name")
        self.names["101"] = {"name": "Somebody"}
        self.assertEqual(self._extensions(self._look())["102"].user_id, self.colleague)

    def test_nobody_of_another_company_or_outside_is_proposed(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._user(
            "else",
            "telephony_agent",
            name="Elsa Where",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        new_test_user(
            self.env, "portal_one", groups="base.group_portal", name="Paul Portal"
        )
        self.names = {"101": {"name": "Elsa Where"}, "102": {"name": "Paul Portal"}}
        self.assertEqual(self._look().extension_ids.user_id, self.agent)

    def test_the_zone_is_proposed_that_agrees_now(self):
        self.answers["/v1/info/timezone"] = {"timezone": "UTC+3"}
        self.pbx.tz = "Asia/Riyadh"
        self.assertEqual(self._look().tz, "Asia/Riyadh")
        self.pbx.tz = "Asia/Tokyo"
        self.pbx.country_id = self.env.ref("base.sa")
        self.admin.tz = False
        self.assertEqual(self._look().tz, "Asia/Riyadh")
        self.pbx.country_id = self.env.ref("base.jp")
        self.assertEqual(self._look().tz, "Etc/GMT-3")
        self.answers["/v1/info/timezone"] = {"timezone": "UTC+5:45"}
        self.assertEqual(self._look().tz, "Asia/Kathmandu")

    def test_of_many_extensions_some_are_without_a_name_and_that_is_said(self):
        self.numbers = list(range(100, 180))
        self.names = {str(number): {"name": f"Seat {number}"} for number in range(200)}
        wizard = self._look()
        self.assertEqual(len(wizard.extension_ids), 80)
        infos = [path for path, _headers in self.server.asked if "/info" in path]
        self.assertLess(len(infos), 65)
        [step] = wizard.step_ids.filtered(lambda one: one.name == "Extensions")
        self.assertEqual(step.state, "warning")
        self.assertIn("80 found", step.message)

    def test_an_account_that_refuses_the_key_says_so(self):
        self.answers["/v1/info/timezone"] = 401
        with self.assertRaisesRegex(UserError, "refuses the key"):
            self.form.action_set_up()

    def test_one_step_that_fails_is_said_and_the_others_are_shown(self):
        self.answers["/v1/direct_numbers"] = 500
        wizard = self._look()
        [step] = wizard.step_ids.filtered(lambda one: one.state == "error")
        self.assertEqual(step.name, "Company numbers")
        self.assertTrue(step.message)
        self.assertEqual(len(wizard.extension_ids), 4)

    def test_an_address_that_nobody_reaches_is_warned_of(self):
        parameters = self.env["ir.config_parameter"].sudo()
        api_url = "https://api.zadarma.example"
        for base, words in (
            ("http://127.0.0.1:8069", "cannot reach"),
            ("http://odoo.lan.local", "cannot reach"),
            ("http://192.168.1.4", "cannot reach"),
            ("http://odoo.ringing.example", "not encrypted"),
            ("https://odoo.ringing.example", ""),
        ):
            parameters.set_param("web.base.url", base)
            self.pbx.invalidate_recordset()
            self.pbx.api_url = api_url
            problem = self.pbx._address_problem()
            if words:
                self.assertIn(words, problem)
            else:
                self.assertEqual(problem, "")
        self.pbx.api_url = self.server.url  # a PBX on this machine reaches it
        parameters.set_param("web.base.url", "http://127.0.0.1:8069")
        self.pbx.invalidate_recordset()
        self.assertEqual(self.pbx._address_problem(), "")

    def test_the_events_of_another_system_are_taken_only_on_request(self):
        self.registered = "https://crm.other.example/hook?token=s3cret"
        wizard = self._look()
        self.assertFalse(wizard.register_webhook)
        [step] = wizard.step_ids.filtered(lambda one: one.name == "Events")
        self.assertEqual(step.state, "warning")
        self.assertIn("https://crm.other.example/", step.message)
        self.assertNotIn("s3cret", step.message)
        wizard.action_apply()
        self.assertIn("crm.other.example", self.registered)
        wizard = self._look()
        wizard.register_webhook = True
        wizard.action_apply()
        self.assertEqual(self.registered, self.pbx.webhook_url)

    def test_an_old_address_of_this_odoo_is_replaced(self):
        self.registered = self.pbx.webhook_url
        self.pbx.action_new_webhook_token()
        self.assertTrue(self._look().register_webhook)

    # -- taking over ------------------------------------------------------------------

    def test_all_is_set_up_with_one_click(self):
        self.names = {"101": {"name": self.colleague.name}}
        wizard = self._look()
        self.assertTrue(wizard.register_webhook)
        wizard.action_apply()
        self.assertEqual(set(wizard.result_ids.mapped("state")), {"ok"})
        seats = {one.number: one.user_id for one in self.pbx.extension_ids}
        self.assertEqual(
            seats,
            {
                "100": self.agent,
                "101": self.colleague,
                "102": self.env["res.users"],
                "103": self.env["res.users"],
            },
        )
        self.assertEqual(
            {did.e164: did.name for did in self.pbx.did_ids},
            {"+442037691881": "London line", "+380444941710": "Kyiv"},
        )
        self.assertEqual(self.registered, self.pbx.webhook_url)
        self.assertFalse(self.pbx.webhook_missing)
        self.assertTrue(self.pbx.webhook_checked_date)

    def test_an_answer_of_before_does_not_take_back_one_of_after(self):
        def slowly(_query):
            answer = {"url": self.registered, "notifications": self.notifications}
            if not self.registered:
                self.pbx._register_webhook()
            return answer

        self.answers["/v1/pbx/callinfo"] = slowly
        self.assertTrue(self.pbx._check_webhook(), "asked while nothing was posted")
        self.assertFalse(self.pbx.webhook_missing)
        self.registered = "https://crm.other.example/hook"
        self.pbx._check_webhook()
        self.assertTrue(self.pbx.webhook_missing, "what changed later is noticed")

    def test_doing_it_again_changes_nothing(self):
        self._look().action_apply()
        before = (self.pbx.extension_ids.ids, self.pbx.did_ids.ids)
        wizard = self._look()
        self.assertFalse(wizard.extension_ids.filtered("is_taken"))
        self.assertFalse(wizard.register_webhook)
        asked = len(self.server.asked)
        wizard.action_apply()
        self.assertFalse(wizard.result_ids)
        self.assertEqual((self.pbx.extension_ids.ids, self.pbx.did_ids.ids), before)
        self.assertEqual(len(self.server.asked), asked, "nothing more is asked")

    def test_only_what_is_chosen_is_taken(self):
        wizard = self._look()
        with Form(wizard) as form:
            for index, line in enumerate(wizard.extension_ids):
                with form.extension_ids.edit(index) as shown:
                    shown.is_taken = line.number == "102"
                    if line.number == "102":
                        shown.user_id = self.colleague
            form.register_webhook = False
            form.tz = "Europe/Kyiv"
        wizard.action_apply()
        self.assertEqual(
            {one.number: one.user_id for one in self.pbx.extension_ids},
            {"100": self.agent, "102": self.colleague},
        )
        self.assertFalse(self.registered)
        self.assertEqual(self.pbx.tz, "Europe/Kyiv")

    def test_nobody_sits_at_two_extensions(self):
        wizard = self._look()
        lines = self._extensions(wizard)
        (lines["101"] | lines["102"]).user_id = self.colleague
        lines["103"].user_id = self.agent  # sits at 100
        wizard.action_apply()
        seats = {one.number: one.user_id for one in self.pbx.extension_ids}
        self.assertEqual(seats["101"], self.colleague)
        self.assertFalse(seats["102"] | seats["103"])
        self.assertEqual(self._result(wizard)["Extensions"].state, "warning")

    def test_what_was_done_before_a_failure_stays(self):
        self.answers["/v1/pbx/callinfo/url"] = 400
        wizard = self._look()
        wizard.action_apply()
        self.assertEqual(len(self.pbx.extension_ids), 4)
        events = self._result(wizard)["Events"]
        self.assertEqual(events.state, "error")
        self.assertIn("refuses", events.message)

    def test_a_step_that_fails_leaves_the_others_as_they_are(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "stranger",
            "telephony_agent",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        wizard = self._look()
        self._extensions(wizard)["102"].user_id = stranger
        wizard.action_apply()
        step = self._result(wizard)["Extensions"]
        self.assertEqual(step.state, "error")
        self.assertIn(stranger.name, step.message)
        self.assertEqual(self.pbx.extension_ids, self.extension)
        self.assertEqual(self._result(wizard)["Company numbers"].state, "ok")
        self.assertEqual(len(self.pbx.did_ids), 2)
        self.assertEqual(self.registered, self.pbx.webhook_url)

    def test_an_address_that_is_not_taken_is_said(self):
        self.answers["/v1/pbx/callinfo/url"] = {}
        wizard = self._look()
        wizard.action_apply()
        self.assertEqual(self._result(wizard)["Events"].state, "warning")
        self.assertIn("callinfo url", self.pbx.webhook_missing)
        self.assertIn("webhook", {one["code"] for one in self.form._health_findings()})

    def test_the_key_is_asked_for_by_nobody_who_may_not_write(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "stranger",
            "telephony_administrator",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        wizard = self._look()
        for user in (self.agent, stranger):
            asked = len(self.server.asked)
            with self.assertRaises(AccessError):
                self.pbx.with_user(user).action_set_up()
            with self.assertRaises(AccessError):
                self.pbx.with_user(user).action_check_webhook()
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_apply()
            self.assertEqual(len(self.server.asked), asked)

    def test_a_pbx_can_be_asked_whether_it_posts_here(self):
        told = self.form.action_check_webhook()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("notify_end", told["message"])
        self.pbx._register_webhook()
        self.assertEqual(self.form.action_check_webhook()["params"]["type"], "success")
        self.answers["/v1/pbx/callinfo"] = 401
        self.assertEqual(self.form.action_check_webhook()["params"]["type"], "danger")
