"""What an Asterisk has kept: rows of its CDR, and recordings that are removed there."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..pbx import adapter as pbx_adapter
from .asterisk_common import CUSTOMER, DID, AsteriskCase
from .recording_common import wav

REF = "1768471200.1"
STORED = "/ari/recordings/stored/x"


@tagged("post_install", "-at_install")
class TestCdr(AsteriskCase):
    def _row(self, call_ref=REF, **values):
        began = fields.Datetime.now() - timedelta(minutes=30)
        return {
            "start": began.isoformat() + "Z",
            "answer": (began + timedelta(seconds=5)).isoformat() + "Z",
            "end": (began + timedelta(seconds=65)).isoformat() + "Z",
            "src": CUSTOMER,
            "dst": DID,
            "channel": "PJSIP/trunk-00000001",
            "dstchannel": "PJSIP/100-00000002",
            "lastapp": "Dial",
            "duration": 65,
            "billsec": 60,
            "disposition": "ANSWERED",
            "uniqueid": call_ref,
            "linkedid": call_ref,
            "sequence": 1,
            **values,
        }

    def _compare(self, *rows):
        """Have rows compared as a comparison does once it has read them."""
        runs = self.env["telephony.pbx.reconciliation"]
        run = runs._begin_repair(self.pbx)
        adapter = pbx_adapter.get("asterisk")
        run._take(self.pbx._for_events(), adapter.statistics_rows({"rows": [*rows]}))
        run.state = "done"
        return run

    def test_a_call_of_which_nothing_was_heard_is_found_once(self):
        ringing = self._row(
            dstchannel="PJSIP/101-00000003",
            disposition="NO ANSWER",
            billsec=0,
            sequence=2,
        )
        run = self._compare(self._row(), ringing)
        call = self._call(REF)
        self.assertEqual(len(call), 1)
        self.assertEqual((call.state, call.disposition), ("ended", "answered"))
        self.assertEqual((call.user_id, call.talk_seconds), (self.agent, 60))
        self.assertEqual(len(call.leg_ids), 2)
        self.assertEqual(call.did_id, self.did)
        self.assertEqual((run.call_count, run.row_count), (1, 2))
        again = self._compare(self._row(), ringing)
        self.assertEqual(again.call_count, 0)
        self.assertEqual(self._call(REF), call)

    def test_what_the_bridge_has_seen_whole_is_left_alone(self):
        self._talks(REF, "101")
        self._hear("ended", REF, disposition="answered", confirmed=True)
        self._compare(self._row())
        call = self._call(REF)
        self.assertEqual(call.leg_ids.extension_id.mapped("number"), ["101"])

    def test_an_end_that_the_bridge_has_missed_is_found(self):
        self._talks(REF)
        old = fields.Datetime.now() - timedelta(minutes=20)
        self.env["telephony.pbx.event"].search([]).received_at = old
        run = self._compare(self._row())
        self.assertEqual(self._call(REF).state, "ended")
        self.assertEqual(run.end_count, 1)

    def test_a_pbx_that_has_never_told_a_record_disowns_no_call(self):
        before = fields.Datetime.now() - timedelta(hours=3)
        self._talks(REF)
        self._hear("ended", REF, disposition="answered")
        call = self._call(REF)
        call.write({"start_date": before, "end_date": before, "confirmed": False})
        run = self._compare()
        run.start_date = before - timedelta(hours=1)
        self.assertEqual(run._mark_unknown(self.pbx), 0)
        self.assertFalse(call.unproven)
        other = self._compare(self._row("2.2"))
        other.start_date = run.start_date
        other.is_partial = True
        self.assertEqual(other._mark_unknown(self.pbx), 0, "it was only heard")
        self.assertFalse(call.unproven)
        other.is_partial = False
        self.assertEqual(other._mark_unknown(self.pbx), 1, "now its table tells")

    def _read(self, **answer):
        """Have a comparison read a page, through a bridge that answers so."""
        run = self.env["telephony.pbx.reconciliation"]._begin_repair(self.pbx)
        found = {"rows": [], "more": False, **answer}
        body = json.dumps(found).encode()
        response = pbx_adapter.HttpResponse(200, {}, body)
        with patch.object(type(self.pbx), "_send", lambda *_args: response):
            run._read_page()
        return run

    def test_what_a_bridge_has_heard_is_told_from_the_table_of_the_pbx(self):
        for answer, is_partial in (
            ({"table": True}, False),
            ({"table": False}, True),
            ({}, True),  # a bridge from before
        ):
            run = self._read(**answer)
            self.assertEqual((run.state, run.is_partial), ("done", is_partial), answer)

    def test_a_long_talk_that_still_goes_on_is_not_ended(self):
        """Of a hotline nothing is heard for hours."""
        call = self._talks(REF)
        long_ago = fields.Datetime.now() - timedelta(hours=6)
        call.start_date = long_ago
        self.env["telephony.pbx.event"].search([]).received_at = long_ago
        run = self._read(table=True)
        self.assertEqual((run.closed_count, call.state), (0, "in_progress"))
        self.env.cr.execute(
            "UPDATE telephony_call SET write_date = %s WHERE id = %s",
            [long_ago, call.id],
        )
        self.server.channels = [(REF, REF)]
        self.env["telephony.call"]._cron_mark_stale()
        self.assertEqual(call.state, "in_progress")
        self.server.channels = []
        self.env["telephony.call"]._cron_mark_stale()
        self.assertEqual(call.state, "ended")

    def test_a_call_that_went_into_another_does_not_come_back(self):
        self.env["telephony.pbx.event"].create(
            {
                "pbx_id": self.pbx.id,
                "key": "merged",
                "call_ref": "2.2",
                "kind": "merged",
                "payload": {},
                "received_at": fields.Datetime.now(),
                "state": "done",
            }
        )
        self._compare(self._row("2.2"))
        self.assertFalse(self._call("2.2"))


@tagged("post_install", "-at_install")
class TestRemoval(AsteriskCase):
    def setUp(self):
        super().setUp()
        self.pbx.recordings_after = False
        self.server.ari[f"GET {STORED}/file"] = (200, wav())
        self.server.ari[f"DELETE {STORED}"] = (204, None)

    def _fetch(self):
        """Have the recording of a call fetched that has one."""
        call = self._talks()
        self._hear("recording", recording_ref="ari:x", recorded=True)
        self._hear("ended", disposition="answered")
        recording = self.env["telephony.call.recording"].search(
            [("call_id", "=", call.id)]
        )
        recording.retry_at = fields.Datetime.now()
        recording._fetch_now()
        self.env.invalidate_all()
        self.assertEqual(recording.state, "stored")
        return recording

    def test_a_stored_recording_is_fetched_with_the_key_of_ari(self):
        self._fetch()
        self.assertEqual(len(self._asked(f"GET {STORED}/file")), 1)

    def test_it_stays_on_the_pbx_unless_that_is_not_wanted(self):
        self._fetch()
        self.env["telephony.call.recording"]._remove_stored()
        self.assertFalse(self._asked(f"DELETE {STORED}"))

    def test_it_is_removed_once_it_is_stored(self):
        self._set(remove_recordings="yes")
        recording = self._fetch()
        self.assertFalse(self._asked(f"DELETE {STORED}"), "it is not committed yet")
        recording._remove_stored()
        recording._remove_stored()
        self.assertEqual(len(self._asked(f"DELETE {STORED}")), 1)
        self.assertFalse(recording.remove_at)

    def test_a_pbx_that_is_away_is_asked_again_later(self):
        self._set(remove_recordings="yes")
        recording = self._fetch()
        self.server.ari[f"DELETE {STORED}"] = (503, {"message": "away"})
        recording._remove_stored()
        self.assertGreater(recording.remove_at, fields.Datetime.now())
        self.server.ari[f"DELETE {STORED}"] = (404, {"message": "Recording not found"})
        recording.remove_at = fields.Datetime.now()
        recording._remove_stored()
        self.assertFalse(recording.remove_at, "somebody else has removed it")
