from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open

from .recording_common import LEG, RecordingCase, wav


@tagged("post_install", "-at_install")
class TestRecordingHealth(RecordingCase):
    """An administrator is told of recordings that do not come; a copy fetches none."""

    def setUp(self):
        super().setUp()
        self.admin = self._user("telephony_admin", "telephony_administrator")

    def _findings(self):
        self.env.invalidate_all()
        return {
            finding["code"]: finding
            for finding in self.pbx.with_user(self.admin)._health_findings()
            if finding["code"].startswith("recordings")
        }

    def _open(self, finding):
        action = getattr(self.pbx.with_user(self.admin), finding["action"])()
        return self.Recording.with_user(self.admin).search(action["domain"])

    def test_recordings_on_their_way_are_counted(self):
        self.assertFalse(self._findings())
        self._talk("in_1")
        self._talk("in_2")
        [finding] = self._findings().values()
        self.assertEqual(finding["level"], "info")
        self.assertIn("2", finding["text"])
        self._fetch({LEG: wav()})
        self.assertFalse(self._findings())

    def test_those_that_did_not_come_are_told_with_the_reason_and_opened(self):
        row = self._talk().recording_ids
        row.write({"state": "failed", "error": "refused", "error_detail": "No funds"})
        finding = self._findings()["recordings_lost"]
        self.assertEqual(finding["level"], "warning")
        self.assertIn("The PBX refuses to hand it out. No funds", finding["text"])
        self.assertEqual(self._open(finding), row)

    def test_those_that_will_never_come_are_given_up(self):
        lost = self._talk("in_1").recording_ids
        lost.write({"state": "failed", "error": "large"})
        waiting = self._talk("in_2").recording_ids
        with self.assertRaises(AccessError):
            lost.with_user(self.agent).action_give_up()
        (lost | waiting).with_user(self.admin).action_give_up()
        self.assertEqual((lost.state, waiting.state), ("expired", "waiting"))
        self.assertNotIn("recordings_lost", self._findings())
        self._fetch({LEG: wav()})
        self.assertEqual(lost.state, "expired")

    def test_a_job_that_does_not_run_is_noticed(self):
        row = self._talk().recording_ids
        row.retry_at = fields.Datetime.now() - timedelta(hours=2)
        finding = self._findings()["recordings_late"]
        self.assertEqual(finding["level"], "warning")
        self.assertEqual(self._open(finding), row)

    def test_a_pbx_that_wants_to_be_left_alone_is_no_fault(self):
        row = self._talk().recording_ids
        row.retry_at = fields.Datetime.now() - timedelta(hours=2)
        self.pbx.recordings_after = fields.Datetime.now() + timedelta(minutes=5)
        [finding] = self._findings().values()
        self.assertEqual(finding["level"], "info")

    def test_a_refused_key_is_told_at_once_though_the_pbx_is_left_alone(self):
        row = self._talk().recording_ids
        row.error = "auth"
        self.pbx.recordings_after = fields.Datetime.now() + timedelta(minutes=5)
        finding = self._findings()["recordings_late"]
        self.assertEqual(finding["level"], "warning")
        self.assertIn("The PBX refuses the key.", finding["text"])
        self.assertEqual(self._open(finding), row)

    def test_a_pbx_that_wants_to_be_left_alone_for_an_hour_is_told(self):
        row = self._talk().recording_ids
        row.flush_recordset()
        self.env.cr.execute(
            "UPDATE telephony_call_recording "
            "SET create_date = create_date - interval '2 hours' WHERE id = %s",
            [row.id],
        )
        self.pbx.recordings_after = fields.Datetime.now() + timedelta(minutes=5)
        self.assertEqual(self._findings()["recordings_late"]["level"], "warning")

    def test_recordings_of_another_pbx_are_not_counted(self):
        self._talk()
        other = self.pbx.copy({"name": "Other", "api_secret": "x"})
        codes = {finding["code"] for finding in other._health_findings()}
        self.assertNotIn("recordings_waiting", codes)

    def test_a_neutralised_copy_fetches_nothing(self):
        row = self._talk().recording_ids
        self.env.flush_all()
        with file_open("telephony_crm/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self._fetch({LEG: wav()})
        row.with_user(self.admin).action_retry()
        self._fetch()
        self.assertFalse(self.server.asked)
        self.assertEqual(row.state, "waiting")
