from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import neutralize_database
from odoo.tests import Form, tagged

from ..attribution import destination as destinations
from ..attribution.conversion import State
from .conversion_common import ConversionCase

SECRET = "secret-of-meta"


@tagged("post_install", "-at_install")
class TestConversionDestination(ConversionCase):
    """What is entered for a destination, and who may see it."""

    def setUp(self):
        super().setUp()
        settings = {"dataset_id": "1", "access_token": SECRET, "test_event_code": "T1"}
        self.meta = self._destination("meta", settings=settings)
        self.form = self.meta.with_user(self.administrator)
        self.env.invalidate_all()

    def _secret(self, destination):
        rows = destination.setting_ids
        return rows.filtered(lambda row: row.key == "access_token")

    def test_each_kind_asks_for_what_it_declares_in_words(self):
        for pure in destinations.all():
            with self.subTest(kind=pure.kind):
                destination = self._destination(pure.kind)
                self.assertEqual(
                    destination.setting_ids.mapped("key"),
                    [setting.key for setting in pure.settings],
                )
                words = destination._words_of_settings()
                for setting in pure.settings:
                    self.assertIn(setting.label, words)
                    self.assertTrue(not setting.help or setting.help in words)
                self.assertEqual(destination.how, pure.how)
                self.assertTrue(destination.name)

    def test_an_administrator_enters_it_in_a_form(self):
        destinations_ = self.env["telephony.tracking.destination"]
        with Form(destinations_.with_user(self.administrator)) as form:
            form.kind = "ga4"
            self.assertEqual(form.name, "Google Analytics 4")
        destination = form.save()
        self.assertTrue(destination.test_mode)
        codes = [one["code"] for one in destination.health_findings]
        self.assertEqual(codes, ["settings", "test_mode"])
        self.assertIn("API secret", destination.health)
        row = destination.setting_ids.filtered("is_switch")
        row.is_on = True
        self.assertEqual(destination.sudo()._settings()["europe"], "1")

    def test_a_secret_is_neither_read_nor_copied(self):
        row = self._secret(self.form)
        self.assertNotIn(SECRET, str(row.read()))
        self.assertEqual(row.secret_value, "••••••••")
        with self.assertRaises(AccessError):
            row.read(["secret_stored"])
        row.secret_value = row.secret_value  # what a form writes that was not touched
        self.assertEqual(self.meta._settings()["access_token"], SECRET)
        copy = self.form.copy()
        self.assertEqual(copy.sudo()._settings()["dataset_id"], "1")
        self.assertEqual(copy.sudo()._settings()["access_token"], "")
        self.assertTrue(copy.test_mode)
        with self.assertRaises(AccessError):
            row.write({"key": "other"})

    def test_only_administrators_see_settings(self):
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.meta.with_user(user).setting_ids.read(["value"])
            with self.assertRaises(AccessError):
                self.meta.with_user(user).write({"test_mode": False})
            with self.assertRaises(AccessError):
                self.meta.with_user(user).action_test()

    def test_agents_see_what_was_handed_over_of_their_calls(self):
        call = self._rang()
        rows = call.with_user(self.agent).conversion_ids
        self.assertEqual(set(rows.mapped("destination_name")), {self.meta.name})
        [values] = call.with_user(self.agent).web_read(
            {"conversion_ids": {"fields": {"destination_name": {}, "state": {}}}}
        )
        self.assertEqual(len(values["conversion_ids"]), 2)
        with self.assertRaises(AccessError):
            rows.action_skip()
        rows_model = self.env["telephony.tracking.conversion"]
        self.assertFalse(rows_model.with_user(self.colleague).search([]))
        self.assertTrue(rows_model.with_user(self.supervisor).search([]))
        with self.assertRaises(AccessError):
            rows_model.with_user(self.supervisor).create({"key": "a"})

    def test_companies_hand_over_their_own(self):
        other = self.env["res.company"].create({"name": "Another Ltd"})
        foreign = self._destination("meta", company_id=other.id)
        self._rang()
        self.assertTrue(self._rows(self.meta))
        self.assertFalse(self._rows(foreign))
        rules = self.env["telephony.tracking.destination"]
        found = rules.with_user(self.administrator).search([])
        self.assertEqual(found, self.meta)

    def test_what_has_been_handed_something_stays_what_it_is(self):
        self._rang()
        with self.assertRaises(UserError):
            self.form.kind = "ga4"

    def test_a_copy_of_the_database_hands_nothing_over(self):
        self._rang()
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self._send()
        self.assertFalse(self.server.asked)
        self.assertFalse(self._secret(self.meta.sudo()).secret_value)

    def test_it_is_tried_with_what_counts_nowhere(self):
        self.server.body = {"events_received": 1}
        shown = self.form.action_test()["params"]
        self.assertEqual(shown["type"], "success")
        self.assertIn('"test_event_code": "T1"', self.server.bodies[0])
        self.assertFalse(self._rows(self.meta))
        self.server.status = 400
        self.server.body = {"error": {"message": "Invalid parameter", "code": 100}}
        shown = self.form.action_test()["params"]
        self.assertEqual(
            (shown["type"], shown["message"]), ("danger", "Invalid parameter")
        )
        row = self.meta.setting_ids.filtered(lambda row: row.key == "test_event_code")
        row.value = False
        self.assertIn("code", self.form.action_test()["params"]["message"])

    def test_a_receiver_that_checks_no_secret_is_not_praised_for_it(self):
        self.server.body = {"validationMessages": []}
        shown = self._ga4().with_user(self.administrator).action_test()["params"]
        self.assertEqual(shown["type"], "success")
        self.assertIn("never says", shown["message"])

    def test_a_kind_that_is_gone_is_told_of(self):
        self._rang()
        self.patch(destinations.registry, "_found", {})
        self.env.invalidate_all()
        self.assertEqual(self.meta.health_findings[0]["code"], "no_kind")
        self._send()
        self.assertFalse(self.server.asked)
        rows = self._rows(self.meta)
        self.assertEqual(set(rows.mapped("state")), {State.WAITING.value})
        self._rang(call_ref="in_2", at=60, told=self._click(gclid="Click_2"))

    def test_decisions_are_made_for_many_at_once(self):
        self._rang()
        rows = self._rows(self.meta).with_user(self.administrator)
        rows.action_skip()
        self.assertEqual(set(rows.mapped("reason")), {"person"})
        rows[0].call_id.sudo()._sync_conversions()
        self.assertEqual(set(rows.mapped("state")), {"skipped"})
        call = rows[0].call_id.with_user(self.agent)
        call.action_spam()
        call.action_not_spam()
        self.assertEqual(set(rows.mapped("reason")), {"person"})
        rows.action_send_again()
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
