from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools.mask import MASK
from .test_dial import DialCase


@tagged("post_install", "-at_install")
class TestPbx(DialCase):
    """What an administrator sees and does on the form of a PBX."""

    def setUp(self):
        super().setUp()
        self.admin = self._user("telephony_admin", "telephony_administrator")
        self.form = self.pbx.with_user(self.admin)

    def _test(self):
        return self.form.action_test()["params"]

    def test_the_test_button_says_in_words_that_all_is_well(self):
        self.assertEqual(self._test()["type"], "success")
        self.assertEqual(len(self.server.asked), 1)

    def test_the_test_button_says_in_words_what_is_wrong(self):
        self.server.status = 401
        answer = self._test()
        self.assertEqual(answer["type"], "danger")
        self.assertIn("refuses the key", answer["message"])
        self.pbx.api_url = "http://127.0.0.1:9"
        self.assertIn("Nobody listens", self._test()["message"])

    def test_a_secret_can_be_replaced_but_not_read(self):
        self.assertEqual(self.form.read(["api_secret"])[0]["api_secret"], MASK)
        with self.assertRaises(AccessError):
            self.form.read(["api_secret_stored"])
        self.form.api_secret = MASK  # the form saves what it shows
        self.assertEqual(self.pbx.sudo().api_secret_stored, "testsecret")
        self.form.api_secret = "another"
        self.assertEqual(self.pbx.sudo().api_secret_stored, "another")

    def test_no_export_and_no_copy_holds_a_secret(self):
        self.admin.group_ids += self.env.ref("base.group_allow_export")
        exported = str(self.form.export_data(["name", "api_secret", "setting_ids"]))
        self.assertNotIn("testsecret", exported)
        copy = self.form.copy()
        self.assertFalse(copy.sudo().api_secret_stored)
        self.assertFalse(copy.api_key)
        self.assertNotEqual(copy.webhook_token, self.form.webhook_token)

    def test_an_administrator_sets_up_a_pbx_from_nothing(self):
        pbx = (
            self.env["telephony.pbx"]
            .with_user(self.admin)
            .create({"name": "New", "api_key": "key", "api_secret": "secret"})
        )
        self.assertIn("return_timeout", pbx.setting_ids.mapped("key"))
        self.assertIn(pbx.webhook_token, pbx.webhook_url)

    def test_a_new_webhook_address_ends_the_old_one(self):
        old = self.form.webhook_token
        self.form.action_new_webhook_token()
        doors = self.env["telephony.pbx"]._doors()
        self.assertNotIn(old, doors)
        self.assertEqual(doors[self.form.webhook_token].pbx_id, self.pbx.id)

    def test_health_says_what_is_missing_until_the_first_event(self):
        self.assertEqual(self.form.health_state, "warning")
        self._tell("NOTIFY_START")
        self.form.invalidate_recordset()
        self.assertEqual(self.form.health_state, "ok", self.form.health)
        self.pbx.api_secret = False
        self.form.invalidate_recordset()
        self.assertEqual(self.form.health_state, "error")

    def test_an_adapter_that_is_gone_is_said_and_breaks_nothing(self):
        self.env.cr.execute(
            "UPDATE telephony_pbx SET adapter = 'gone' WHERE id = %s", [self.pbx.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.form.health_state, "error")
        self.assertIn("gone", self.form.health)
        self.assertNotIn(self.pbx.webhook_token, self.env["telephony.pbx"]._doors())
        self.form.read(["name", "adapter"])

    def test_addresses_that_are_none_are_refused_with_an_example(self):
        with self.assertRaisesRegex(ValidationError, "185.45.152.40"):
            self.form.allowed_ips = "somewhere"
