import json
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import tagged

from ..bridge.tracker import Tracker
from ..pbx import adapter as pbx_adapter
from .common import TelephonyCase

STREAMS = Path(__file__).parent / "payloads" / "asterisk" / "streams"
CUSTOMER = "+442079460017"


@tagged("post_install", "-at_install")
class TestTrackerCalls(TelephonyCase):
    """What a real Asterisk said, all the way into the log of calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write({"adapter": "generic", "api_key": False})
        cls.customer = cls.env["res.partner"].create(
            {"name": "James", "phone": CUSTOMER}
        )

    def _play(self, name):
        """Have Odoo hear a recorded stream; return its calls, and the PBX's rows."""
        tracker, adapter = Tracker(), pbx_adapter.get("generic")
        pbx = self.pbx._for_events()
        for line in (STREAMS / f"{name}.jsonl").read_text().splitlines():
            said = json.loads(line)
            for event in tracker.feed(said["message"], said["at"]).events:
                body = json.dumps(event).encode()
                notification = adapter.read(pbx_adapter.Request(body=body))
                pbx.env["telephony.pbx.event"]._receive(pbx, notification)
        self.env.invalidate_all()
        events = self.env["telephony.pbx.event"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(set(events.mapped("state")), {"done"})
        calls = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        return calls, json.loads((STREAMS / f"{name}.cdr.json").read_text())

    def _check_times(self, call, rows):
        """To the second; the PBX itself counts in whole ones."""
        second = timedelta(seconds=1)
        rows = [row for row in rows if row["linkedid"] == call.call_ref]
        begins = [datetime.fromisoformat(row["calldate"]) for row in rows]
        ends = [
            begin + timedelta(seconds=row["duration"])
            for begin, row in zip(begins, rows, strict=True)
        ]
        self.assertAlmostEqual(call.start_date, min(begins), delta=second)
        self.assertAlmostEqual(call.end_date, max(ends), delta=2 * second)

    def test_call_that_was_transferred_is_one_with_its_true_agent(self):
        for name in ("transferred", "consulted", "consulted_by_phone"):
            call, rows = self._play(name)
            self.assertEqual(len(call), 1, name)
            self.assertEqual(
                (call.direction, call.disposition), ("inbound", "answered")
            )
            self.assertEqual(call.partner_id, self.customer)
            self.assertEqual(call.user_id, self.colleague)
            talked = call.leg_ids.filtered(lambda leg: leg.disposition == "answered")
            self.assertEqual(talked.user_id, self.agent + self.colleague)
            self.assertTrue(call.confirmed)
            self._check_times(call, rows)
            call.unlink()

    def test_call_of_a_queue_has_its_wait_and_who_was_rung_in_vain(self):
        call, rows = self._play("queue")
        self.assertEqual((call.user_id, call.disposition), (self.colleague, "answered"))
        found = {leg.kind: leg for leg in call.leg_ids}
        self.assertEqual(found["queue"].number, "support")
        missed = call.leg_ids.filtered(lambda leg: leg.user_id == self.agent)
        self.assertEqual(missed.disposition, "missed")
        self.assertAlmostEqual(call.wait_seconds, found["queue"].ring_seconds, delta=1)
        self._check_times(call, rows)

    def test_call_that_was_left_on_the_voice_mail_box(self):
        call, rows = self._play("voicemail")
        self.assertEqual((call.disposition, call.answered_by), ("voicemail", "machine"))
        self.assertEqual(call.partner_id, self.customer)
        self._check_times(call, rows)

    def test_call_to_outside_is_the_agents(self):
        call, rows = self._play("outbound_answered")
        self.assertEqual((call.direction, call.disposition), ("outbound", "answered"))
        self.assertEqual((call.user_id, call.partner_id), (self.agent, self.customer))
        self._check_times(call, rows)
