from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .account_common import AccountCase


@tagged("post_install", "-at_install")
class TestImportHistory(AccountCase):
    """What was before the PBX was connected comes into the log, and disturbs nobody."""

    def setUp(self):
        super().setUp()
        self.admin = self._user("telephony_admin", "telephony_administrator")

    def _wizard(self, **values):
        today = fields.Date.today()
        wizard = self.env["telephony.pbx.import.wizard"].with_user(self.admin)
        return wizard.create(
            {
                "pbx_id": self.pbx.id,
                "start_date": today - timedelta(days=40),
                "end_date": today - timedelta(days=1),
                **values,
            }
        )

    def _import(self, **values):
        action = self._wizard(**values).action_import()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self._work()
        return run

    def test_the_calls_of_the_past_are_in_the_log(self):
        began = self._before(days=20)
        self._row("in_1", began, seconds=90)
        run = self._import()
        call = self._call()
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertIn("Calls imported: 1.", run.summary)
        self.assertEqual((call.partner_id, call.talk_seconds), (self.partner, 90))
        self.assertTrue(call.imported)

    def test_a_missed_call_of_the_past_is_not_called_back(self):
        self._row("in_1", self._before(days=3), answered=False)
        self._row("in_2", self._before(days=3), sip="0", destination="0")
        self._import()
        self._follow_up()
        self.assertEqual(self._call("in_1").disposition, "missed")
        self.assertFalse(
            (self._call("in_1") | self._call("in_2")).filtered("needs_callback")
        )
        self.assertFalse(
            self.env["mail.activity"].search([("user_id", "=", self.agent.id)])
        )

    def test_a_call_that_is_in_the_log_already_stays_what_it_is(self):
        began = self._before(days=2)
        self._heard("in_1", began, seconds=60)
        self._row("in_1", began, seconds=60)
        run = self._import()
        self.assertFalse(self._call().imported)
        self.assertEqual((run.row_count, run.call_count), (1, 0))

    def test_a_call_that_was_just_lost_is_not_swallowed(self):
        """The import reads it before the comparison does, whose task it is."""
        self._compare()
        began = self._before(minutes=30)
        self._row("in_1", began, answered=False)
        self._row("in_2", self._before(days=20), answered=False)
        run = self.env["telephony.pbx.reconciliation"].create(
            {
                "pbx_id": self.pbx.id,
                "kind": "history",
                "start_date": self._before(days=40),
                "end_date": self._before(minutes=10),
            }
        )
        self._work()
        self.assertEqual((run.state, run.call_count), ("done", 2))
        self.assertTrue(self._call("in_1").imported)
        self._compare()
        self._follow_up()
        self.assertFalse(self._call("in_1").imported)
        self.assertTrue(self._call("in_1").needs_callback)
        self.assertTrue(self._call("in_2").imported)
        self.assertEqual(self._callback().attempts, 1)
        with patch.object(type(self.env["telephony.pbx.event"]), "_apply") as apply:
            again = self._import(end_date=fields.Date.today())
            self._compare()
        self.assertEqual(again.row_count, 2)
        apply.assert_not_called()

    def test_what_the_past_corrects_in_the_log_brings_about_nothing(self):
        began = self._before(days=20)
        self._heard("in_1", began, seconds=60)
        self._follow_up()
        call = self._call()
        line = call.message_id.body
        self._row("in_1", began, answered=False)
        self._import()
        self.assertEqual(call.disposition, "missed")
        self.assertFalse(call.follow_up)
        self._follow_up()
        self.assertFalse(call.needs_callback or self._callback())
        self.assertEqual(call.message_id.body, line)

    def test_whom_the_past_names_for_a_call_brings_about_nothing(self):
        """Who talks with a hidden caller is told nowhere but in the records."""
        began = self._before(days=20)
        self._heard("in_1", began, seconds=60, caller_id="0")
        self._follow_up()
        self._row("in_1", began, seconds=60)
        self._import()
        call = self._call()
        self.assertEqual(call.partner_id, self.partner)
        self.assertFalse(call.follow_up)

    def test_what_an_import_has_ended_is_followed_up_by_the_comparison(self):
        self._compare()
        began = self._before(minutes=50)
        self._heard("in_1", began, "START", "INTERNAL")
        self._row("in_1", began, answered=False)
        self.env["telephony.pbx.reconciliation"].create(
            {
                "pbx_id": self.pbx.id,
                "kind": "history",
                "start_date": self._before(days=1),
                "end_date": self._before(minutes=10),
            }
        )
        self._work()
        self._follow_up()
        self.assertEqual(self._call().disposition, "missed")
        self.assertFalse(self._callback())
        self._compare()
        self._follow_up()
        self.assertTrue(self._callback())

    def test_importing_again_changes_nothing(self):
        self._row("in_1", self._before(days=20))
        self._import()
        run = self._import()
        self.assertEqual((run.row_count, run.call_count), (1, 0))
        self.assertEqual(len(self._call()), 1)

    def test_the_present_comes_before_the_past(self):
        self.limit = 1
        self.patch(type(self.pbx._adapter()), "statistics_limit", 1)
        for days in range(3, 10):
            self._row(f"in_{days}", self._before(days=days))
        self._row("in_1", self._before(minutes=30))
        self._wizard().action_import()
        runs = self.env["telephony.pbx.reconciliation"]
        self._end_pause()
        runs._cron_reconcile()  # three requests, and two are for the present
        self.assertEqual(self._call("in_1").state, "ended")
        kinds = dict(runs.search([("pbx_id", "=", self.pbx.id)]).grouped("kind"))
        self.assertEqual(kinds["repair"].state, "done")
        self.assertEqual(kinds["history"].state, "running")

    def test_the_days_are_those_of_the_pbx(self):
        self.pbx.tz = "Europe/Kyiv"
        with freeze_time("2026-02-01 12:00:00"):
            run = self._wizard(
                start_date="2026-01-01", end_date="2026-01-31"
            ).action_import()
        run = self.env["telephony.pbx.reconciliation"].browse(run["res_id"])
        self.assertEqual(str(run.start_date), "2025-12-31 22:00:00")
        self.assertEqual(str(run.end_date), "2026-01-31 22:00:00")

    def test_it_is_said_beforehand_how_long_it_takes(self):
        with Form(
            self.env["telephony.pbx.import.wizard"]
            .with_user(self.admin)
            .with_context(default_pbx_id=self.pbx.id)
        ) as form:
            form.start_date = fields.Date.today() - timedelta(days=53)
            form.end_date = fields.Date.today()
            self.assertIn("At least 2 requests", form.preview)
            self.env["telephony.pbx.reconciliation"].create(
                {
                    "pbx_id": self.pbx.id,
                    "state": "done",
                    "start_date": self._before(days=1),
                    "end_date": self._before(days=0),
                    "row_count": 1000,
                }
            )
            form.start_date = fields.Date.today() - timedelta(days=59)
            self.assertIn("60,000 rows in 60 requests: some 20 minutes", form.preview)

    def test_it_can_be_stopped_and_goes_on(self):
        self._row("in_1", self._before(days=20))
        action = self._wizard().with_user(self.admin).action_import()
        run = self.env["telephony.pbx.reconciliation"].browse(action["res_id"])
        run.with_user(self.admin).action_cancel()
        self._work()
        self.assertFalse(self._call())
        run.with_user(self.admin).action_retry()
        self._work()
        self.assertEqual(run.state, "done")
        self.assertTrue(self._call())

    def test_what_cannot_be_imported_is_said(self):
        today = fields.Date.today()
        with self.assertRaisesRegex(UserError, "before the last"):
            self._wizard(start_date=today, end_date="2020-01-01").action_import()
        with self.assertRaisesRegex(UserError, "yet to come"):
            self._wizard(
                start_date=today + timedelta(days=3), end_date=today + timedelta(days=4)
            ).action_import()
        self._wizard().action_import()
        with self.assertRaisesRegex(UserError, "under way"):
            self._wizard().action_import()

    def test_agents_and_administrators_elsewhere_import_nothing(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "stranger",
            "telephony_administrator",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        for user in (self.agent, stranger):
            with self.assertRaises(AccessError):
                self.pbx.with_user(user).action_import_history()
            with self.assertRaises(AccessError):
                wizard = self.env["telephony.pbx.import.wizard"].with_user(user)
                wizard.create({"pbx_id": self.pbx.id}).action_import()
