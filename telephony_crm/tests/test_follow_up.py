from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CUSTOMER, TelephonyCase


@tagged("post_install", "-at_install")
class TestFollowUp(TelephonyCase):
    """What an ended call brings about is done by a job, once."""

    def _end(self, call_ref="in_1", **fields):
        started = self._ago(minutes=2)
        told = {"call_ref": call_ref, "started": started, **fields}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell("NOTIFY_END", after=9, duration="0", disposition="cancel", **told)
        return self._call(call_ref)

    def _triggers(self):
        cron = self.env.ref("telephony_crm.ir_cron_call_follow_up")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_a_call_that_has_ended_waits_for_the_job_and_one_that_rings_does_not(self):
        self._tell("NOTIFY_START")
        self.assertFalse(self._call().follow_up)
        call = self._end("in_2")
        self.assertTrue(call.follow_up)
        self.assertFalse(call.needs_callback, "the PBX is not kept waiting for that")
        self._follow_up()
        self.assertFalse(self._call("in_2").follow_up)
        self.assertTrue(self._call("in_2").needs_callback)

    def test_many_calls_ask_for_the_job_once(self):
        before = self._triggers()
        for number in range(5):
            self._end(f"in_{number}")
        self.assertEqual(self._triggers(), before + 1)

    def test_a_repeated_end_changes_nothing_and_asks_for_nothing(self):
        started = self._ago(minutes=2)
        for after in (9, 9):
            self._tell(
                "NOTIFY_END",
                started=started,
                after=after,
                duration="0",
                disposition="cancel",
            )
            self._follow_up()
        self.assertFalse(self._call().follow_up)
        self.assertEqual(self._callback().attempts, 1)

    def test_a_call_that_fails_holds_up_no_other_and_is_tried_again(self):
        bad, good = self._end("in_1"), self._end("in_2", caller_id="442079460000")
        model = type(self.env["telephony.call"])
        settle = model._settle_callback

        def fail(call):
            if call.id == bad.id:
                raise ValueError("broken")
            return settle(call)

        with (
            patch.object(model, "_settle_callback", fail),
            mute_logger("odoo.addons.telephony_crm.models.telephony_call_follow_up"),
        ):
            self._follow_up()
        bad, good = self._call("in_1"), self._call("in_2")
        self.assertFalse(good.follow_up)
        self.assertTrue(good.needs_callback)
        self.assertTrue(bad.follow_up)
        self.assertGreater(bad.follow_up_date, fields.Datetime.now())
        self._follow_up()
        self.assertFalse(self._call("in_1").needs_callback, "not before its time")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            self._follow_up()
        self.assertTrue(self._call("in_1").needs_callback)

    def test_a_call_that_was_taken_away_meanwhile_holds_up_nobody(self):
        call = self._end()
        with patch.object(
            type(call), "_follow_up_ids", return_value=[call.id + 1000, call.id]
        ):
            self._follow_up()
        self.assertTrue(self._call().needs_callback)

    def test_what_fails_for_a_week_is_given_up(self):
        call = self._end()
        call.end_date = fields.Datetime.now() - timedelta(days=8)
        model = type(self.env["telephony.call"])
        with (
            patch.object(model, "_settle_callback", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.telephony_crm.models.telephony_call_follow_up"),
        ):
            self._follow_up()
        self.assertFalse(self._call().follow_up)

    def test_imported_history_brings_about_nothing(self):
        call = self._end()
        call.write({"imported": True, "follow_up": True})
        self._follow_up()
        self.assertFalse(self._call().needs_callback)
        self.assertFalse(self._callback(CUSTOMER))
        call.write({"follow_up": False})
        call.write({"note": "from the old days"})
        self.assertFalse(call.follow_up)
