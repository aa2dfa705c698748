from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .access_common import AccessCase
from .common import SECRET

FOR_ADMINISTRATORS = (
    "api_url",
    "api_key",
    "api_secret",
    "webhook_token",
    "webhook_url",
    "allowed_ips",
    "allowed_country_ids",
    "dial_user_day",
    "setting_ids",
    "health",
    "health_facts",
    "refused_reason",
)


@tagged("post_install", "-at_install")
class TestAccessPbx(AccessCase):
    """What connects a PBX is for administrators; its name is for all agents."""

    def test_agent_reads_the_name_and_no_secret(self):
        pbx = self.pbx.with_user(self.agent)
        self.assertEqual(pbx.read(["name", "adapter"])[0]["name"], "Office")
        for name in FOR_ADMINISTRATORS:
            for user in (self.agent, self.supervisor):
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError),
                ):
                    self.pbx.with_user(user).read([name])

    def test_agent_cannot_find_a_secret_by_searching_for_it(self):
        pbxs = self.env["telephony.pbx"].with_user(self.agent)
        for name in ("api_key", "webhook_token", "api_url", "api_secret_stored"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                pbxs.search([(name, "=like", "t%")])
            with self.subTest(field=name), self.assertRaises(AccessError):
                pbxs.search([], order=name)

    def test_nobody_reads_the_secret_back(self):
        pbx = self.pbx.with_user(self.administrator)
        self.assertNotIn(SECRET, str(pbx.read()))
        with self.assertRaises(AccessError):
            pbx.read(["api_secret_stored"])
        self.administrator.group_ids += self.env.ref("base.group_allow_export")
        self.assertNotIn(SECRET, str(pbx.export_data(["name", "api_secret"])))

    def test_administrator_replaces_the_secret(self):
        self.pbx.with_user(self.administrator).api_secret = "another"
        self.assertEqual(self.pbx.sudo().api_secret_stored, "another")

    def test_no_pbx_is_moved_into_a_company_of_others(self):
        """Its addresses would tell who the customers of that company are."""
        pbx = self.pbx.copy({"name": "New", "company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            pbx.with_user(self.stranger).company_id = self.company

    def test_a_pbx_with_calls_stays_where_they_are(self):
        self.administrator.company_ids += self.other_company
        with self.assertRaisesRegex(ValidationError, "has calls"):
            self.pbx.with_user(self.administrator).company_id = self.other_company

    def test_only_administrators_change_a_pbx(self):
        for user in (self.agent, self.supervisor, self.internal):
            pbx = self.pbx.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                pbx.write({"name": "Mine"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                pbx.action_test()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                pbx.action_new_webhook_token()
        self.pbx.with_user(self.administrator).name = "Renamed"
        self.assertEqual(self.pbx.name, "Renamed")

    def test_companies_stay_apart(self):
        for model in (
            "telephony.pbx",
            "telephony.pbx.setting",
            "telephony.pbx.event",
            "telephony.extension",
            "telephony.did",
        ):
            records = self.env[model].with_user(self.stranger).search([])
            companies = records.sudo().mapped(
                "company_id" if "company_id" in records else "pbx_id.company_id"
            )
            self.assertNotIn(self.company, companies, model)
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.stranger).read(["name"])

    def test_events_are_for_administrators(self):
        event = self.env["telephony.pbx.event"].create(
            {
                "pbx_id": self.pbx.id,
                "key": "k1",
                "kind": "NOTIFY_START",
                "payload": {"caller_id": "442037691880"},
                "received_at": datetime(2026, 1, 15),
                "state": "ignored",
            }
        )
        self.assertTrue(event.with_user(self.administrator).read(["payload"]))
        for user in (self.agent, self.supervisor, self.internal, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                event.with_user(user).read(["kind"])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                event.with_user(user).action_replay()
        with self.assertRaises(AccessError):
            event.with_user(self.administrator).unlink()

    def test_settings_are_for_administrators(self):
        for user in (self.agent, self.supervisor, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["telephony.pbx.setting"].with_user(user).search([])

    def test_agent_knows_extensions_but_not_mobiles(self):
        self.extension.mobile = "+447400123456"
        self.assertTrue(self.extension.with_user(self.colleague).read(["number"]))
        for user in (self.colleague, self.supervisor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.extension.with_user(user).read(["mobile"])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.extension.with_user(user).write({"user_id": user.id})

    def test_agent_knows_company_numbers_and_changes_none(self):
        self.assertTrue(self.did.with_user(self.agent).read(["name", "number"]))
        with self.assertRaises(AccessError):
            self.did.with_user(self.agent).write({"name": "My line"})
        self.did.with_user(self.administrator).name = "Main line"

    def test_without_the_role_there_is_nothing(self):
        for user in (self.internal, self.portal):
            for model in ("telephony.pbx", "telephony.extension", "telephony.did"):
                with (
                    self.subTest(user=user.login, model=model),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).search([])
