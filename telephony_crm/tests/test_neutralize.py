from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged

from .account_common import AccountCase
from .common import SECRET, TelephonyHttpCase


@tagged("post_install", "-at_install")
class TestNeutralize(AccountCase, TelephonyHttpCase):
    """A copy of the database can neither call nor be called, whatever is tried."""

    def setUp(self):
        super().setUp()
        self.admin = self._user("telephony_admin", "telephony_administrator")
        self.form = self.pbx.with_user(self.admin)
        self.token = self.pbx.webhook_token
        self.pbx.action_open_lookup()
        self.pbx.action_open_route()
        self.book = self.env["telephony.phonebook"].create(
            {"name": "Office", "pbx_id": self.pbx.id}
        )
        self.book_token = self.book.token
        self._heard("in_1", self._before(minutes=40), is_recorded="1")
        self.pbx.webhook_checked_date = self._before(days=1)
        self.runs = self.env["telephony.pbx.reconciliation"]
        self.runs._begin_repair(self.pbx)
        self.pbx.offer_calls = True
        wanted = fields.Datetime.now() + timedelta(hours=1)
        callbacks = self.env["telephony.callback"]
        asked = callbacks._request(self.pbx, "+442079460999", "widget", wanted=wanted)
        self.promise = asked.callback
        self.server.asked.clear()
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_it_holds_no_secret(self):
        pbx = self.pbx.sudo()
        self.assertFalse(pbx.active)
        self.assertFalse(pbx.api_key or pbx.api_secret_stored)
        self.assertFalse(any(pbx.setting_ids.mapped("secret_stored")))
        self.assertNotEqual(pbx.webhook_token, self.token)
        self.assertFalse(pbx.lookup_token or pbx.route_token)
        self.assertNotEqual(self.book.token, self.book_token)

    def test_it_cannot_be_called(self):
        self.assertEqual(self._post("NOTIFY_START", call_ref="in_2").status_code, 404)
        self.authenticate(None, None)
        answer = self._post(
            "NOTIFY_START", call_ref="in_2", token=self.pbx.webhook_token
        )
        self.assertEqual(answer.status_code, 404)
        self.pbx.active = True  # somebody works with the copy
        answer = self._post(
            "NOTIFY_START", call_ref="in_2", token=self.pbx.webhook_token
        )
        self.assertEqual(answer.status_code, 403, SECRET)
        self.assertFalse(self._call("in_2"))

    def test_it_does_not_call(self):
        answer = self._dial("+442079460999")
        self.assertEqual(answer["status"], "refused")
        self.assertFalse(self.server.asked)

    def test_it_offers_nobody_a_call(self):
        self.assertEqual(self.promise.offer, "over")
        callbacks = self.env["telephony.callback"]
        asked = callbacks._request(self.pbx, "+442079460998", "widget")
        self.assertEqual(asked.reason, "inactive")
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            callbacks._cron_offer()
        self.assertEqual(self.promise.offer, "over")
        self.assertFalse(self.server.asked)

    def test_its_jobs_are_off_and_ask_nothing_even_when_they_run(self):
        jobs = self.env["ir.cron"].with_context(active_test=False)
        ours = jobs.search([("cron_name", "like", "Telephony:")])
        self.assertGreater(len(ours), 5)
        self.assertFalse(ours.filtered("active"))
        for job in ours:
            job.ir_actions_server_id.with_user(self.env.ref("base.user_root")).run()
        self.assertFalse(self.server.asked)
        self.assertFalse(self.runs.search([("state", "in", ("waiting", "running"))]))

    def test_no_button_reaches_the_pbx(self):
        shown = self.form.action_test()["params"]
        self.assertEqual(shown["type"], "danger")
        self.assertIn("switched off", shown["message"])
        with self.assertRaisesRegex(UserError, "switched off"):
            self.form.action_set_up()
        self.form.action_check_webhook()
        with self.assertRaises(UserError):
            self.env["telephony.pbx.import.wizard"].with_user(self.admin).create(
                {"pbx_id": self.pbx.id}
            ).action_import()
        self.assertFalse(self.server.asked)

    def test_whatever_is_sent_to_its_pbx_stays_here(self):
        """What has not been thought of goes through the same two doors."""
        pbx = self.pbx.sudo()
        adapter = pbx._adapter()
        with self.assertRaisesRegex(Exception, "switched off"):
            pbx._send(adapter.send_sms(pbx._credentials(), "+442079460999", "Hello"))
        with self.assertRaisesRegex(Exception, "switched off"):
            pbx._fetch(adapter.check(pbx._credentials()), 1000, self.server.url)
        self.assertFalse(self.server.asked)
