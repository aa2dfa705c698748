from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.telephony_call_recording_fetch import UNFINISHED
from .recording_common import LEG, RecordingCase, wav

FETCHING = "odoo.addons.telephony_crm.models.telephony_call_recording_fetch"


@tagged("post_install", "-at_install")
class TestRecordingBacklog(RecordingCase):
    """Much to do is worked off without a pause, and nothing is tried for ever."""

    def setUp(self):
        self.progress, self.left = [], 100.0
        super().setUp()

    def _commit(self, processed=0, remaining=None, **_values):
        """Override to note what Odoo is told, and to say how much time is left."""
        self.env.flush_all()
        self.progress.append((processed, remaining))
        return self.left

    def test_a_run_whose_time_is_over_goes_on_at_once(self):
        for number in range(3):
            self._talk(f"in_{number}")
        self.left = 0
        self._fetch({LEG: wav()})
        self.assertEqual(self.progress, [(0, 3), (1, None)])

    def test_so_do_events_that_were_left_behind(self):
        self._tell("NOTIFY_START", call_ref="in_1")
        self._tell("NOTIFY_START", call_ref="in_2")
        events = self.env["telephony.pbx.event"].search([])
        events.write({"state": "new", "received_at": self._before_minutes(5)})
        self.progress.clear()
        self.left = 0
        events._cron_apply()
        self.assertEqual(self.progress, [(0, len(events)), (1, None)])

    def _before_minutes(self, minutes):
        return fields.Datetime.now() - timedelta(minutes=minutes)

    @mute_logger(FETCHING)
    def test_a_recording_that_kills_its_worker_is_not_tried_for_ever(self):
        row = self._talk().recording_ids
        for _killed in range(UNFINISHED):
            self._due()
            self.assertTrue(row._claim())
        self._fetch({LEG: wav()})
        self.assertFalse(self.server.asked)
        self.assertEqual((row.state, row.error), ("failed", "error"))
        self.assertGreater(row.retry_at, fields.Datetime.now() + timedelta(hours=20))
        self._fetch()
        self.assertEqual((row.state, row.unfinished), ("stored", 0))

    def test_attempts_that_came_to_an_end_do_not_count(self):
        row = self._talk().recording_ids
        for _failed in range(UNFINISHED + 2):
            self._fetch()
        self.assertEqual((row.state, row.error), ("failed", "refused"))
        self.assertEqual(len(self.server.asked), UNFINISHED + 2)

    def test_a_pbx_that_is_busy_until_it_has_the_recording_no_longer(self):
        row = self._talk().recording_ids
        self.server.pages["/v1/pbx/record/request/"] = self.server.as_json({}, 429)
        row.date = fields.Datetime.now() - timedelta(days=60)
        self._fetch()
        self.assertEqual((row.state, row.error), ("expired", "rate_limited"))
        self.assertFalse(row.retry_at)
