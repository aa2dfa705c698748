import contextlib
from datetime import timedelta
from unittest.mock import patch

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import api
from odoo.exceptions import AccessError
from odoo.modules import module
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..controllers import bridge
from ..models import telephony_pbx_command
from ..pbx import adapter as pbx_adapter
from .access_common import AccessCase
from .bridge_common import BridgeCase, Clock, answered
from .recording_common import wav

REQUEST = "odoo.addons.telephony_crm.models.telephony_pbx_request"


def asking(path="/ari/channels", method="POST", **values):
    return pbx_adapter.HttpRequest(method, f"bridge:{path}", **values)


@tagged("post_install", "-at_install")
class TestBridgeCommand(BridgeCase):
    """What Odoo wants of a PBX that only its bridge reaches."""

    def setUp(self):
        super().setUp()
        self.handed_out = []

    def _bridge_takes(self):
        self.handed_out += self.commands._hand_out(self.pbx)

    def _bridge_answers(self, body=b"{}", status=200, **headers):
        self.commands._take_in(
            self.pbx, [answered(self.handed_out[-1]["id"], body, status, **headers)]
        )

    @contextlib.contextmanager
    def _catch(self):
        """Catch an error, and leave in the database what it left there."""
        caught = []
        try:
            yield caught
        except pbx_adapter.PbxError as error:
            caught.append(error)

    def _rows(self):
        self.env.invalidate_all()
        return self.commands.search([("pbx_id", "=", self.pbx.id)])

    def test_a_request_is_carried_out_by_the_bridge_and_answered(self):
        self._note()
        self._meanwhile(
            self._bridge_takes, lambda: self._bridge_answers(b'{"id": "1"}', ETag="x")
        )
        asked = asking(
            "/ari/channels?app=telephony",
            params={"endpoint": "PJSIP/100"},
            data='{"variables": {}}',
            headers={"Content-Type": "application/json"},
        )
        answer = self.pbx.with_user(self.administrator).sudo()._send(asked)
        self.assertEqual((answer.status, answer.body), (200, b'{"id": "1"}'))
        self.assertEqual(answer.headers, {"etag": "x"})
        [command] = self.handed_out
        self.assertEqual(
            (command["method"], command["path"]), ("POST", "/ari/channels")
        )
        self.assertEqual(
            command["params"], {"app": "telephony", "endpoint": "PJSIP/100"}
        )
        self.assertEqual(command["data"], '{"variables": {}}')
        self.assertEqual(command["headers"], {"Content-Type": "application/json"})

    def test_what_was_asked_and_answered_is_kept_no_longer_than_it_is_needed(self):
        self._note()
        kept = []
        self._meanwhile(
            lambda: kept.append(self._rows().sudo().request),
            self._bridge_takes,
            lambda: kept.append(self._rows().sudo().request),
            self._bridge_answers,
        )
        self.pbx._send(asking(params={"endpoint": "PJSIP/100"}))
        self.assertEqual(kept[0]["params"], {"endpoint": "PJSIP/100"})
        self.assertFalse(kept[1])
        [row] = self._rows()
        self.assertEqual((row.state, row.status), ("done", 200))
        self.assertFalse(row.sudo().request or row.sudo().answer)

    @mute_logger(REQUEST)
    def test_where_no_bridge_is_nothing_is_sent(self):
        for note in (lambda: None, lambda: self._note(active=False)):
            note()
            with self.assertRaises(pbx_adapter.NotConnected) as caught:
                self.pbx._send(asking())
            self.assertIn("bridge", self.pbx._in_words(caught.exception))
        self.assertFalse(self._rows())

    @mute_logger(REQUEST)
    def test_what_no_bridge_fetches_is_not_sent_later(self):
        self._note()
        self._hurry(LONGEST_FETCH=0.0)
        self._meanwhile()
        with self._catch() as caught:
            self.pbx._send(asking(timeout=(0, 15)))
        self.assertIsInstance(caught[0], pbx_adapter.NotConnected)
        self._bridge_takes()
        self.assertFalse(self.handed_out)
        self.assertEqual(self._rows().state, "expired")
        self.assertFalse(self._rows().sudo().request)

    @mute_logger(REQUEST)
    def test_what_was_fetched_and_not_answered_may_have_been_done(self):
        self._note()
        self._meanwhile(self._bridge_takes)
        with (
            patch.object(telephony_pbx_command.time, "monotonic", Clock()),
            self.assertRaises(pbx_adapter.Unreachable) as caught,
        ):
            self.pbx._send(asking())
        self.assertNotIsInstance(caught.exception, pbx_adapter.NotConnected)
        self.assertEqual(len(self.handed_out), 1)

    def test_nothing_is_handed_out_twice(self):
        self._note()
        self._meanwhile(self._bridge_takes, self._bridge_takes, self._bridge_answers)
        self.pbx._send(asking())
        self.assertEqual(len(self.handed_out), 1)

    def test_a_bridge_is_told_how_long_somebody_waits_for_it(self):
        row = self.commands._put(self.pbx, asking(), 20, {})
        row.expires_date -= timedelta(seconds=15)
        row.flush_recordset()
        [command] = self.commands._hand_out(self.pbx)
        self.assertLessEqual(command["timeout"], 5)
        self.assertGreater(command["timeout"], 0)

    def test_an_answer_counts_once_and_only_from_the_pbx_that_was_asked(self):
        self._note()
        other = self.pbx.copy()
        stolen = []

        def steal():
            stolen.append(self.commands._hand_out(other))
            self.commands._take_in(other, [answered(self.handed_out[0]["id"], b"no")])

        self._meanwhile(
            self._bridge_takes,
            steal,
            lambda: self.commands._take_in(self.pbx, [{"id": "x"}, {}, answered(0)]),
            lambda: self._bridge_answers(b"yes"),
        )
        self.assertEqual(self.pbx._send(asking()).body, b"yes")
        self.assertEqual(stolen, [[]])
        self._bridge_answers(b"again")
        self.assertFalse(self._rows().sudo().answer)

    def test_an_answer_that_makes_no_sense_is_told_apart(self):
        self._note()
        self._meanwhile(
            self._bridge_takes,
            lambda: self.commands._take_in(
                self.pbx,
                [{"id": self.handed_out[-1]["id"], "status": "?", "body": "%"}],
            ),
        )
        with self.assertRaises(pbx_adapter.PbxError) as caught:
            self.pbx._send(asking())
        self.assertEqual(caught.exception.code, "nonsense")

    def test_no_transaction_is_open_while_the_bridge_is_waited_for(self):
        states = []

        def pause(_seconds):
            states.append(cr._cnx.info.transaction_status)

        with (
            self.registry.cursor() as cr,
            patch.object(module, "current_test", None),
            patch.object(telephony_pbx_command, "pause", pause),
            patch.object(telephony_pbx_command.TelephonyPbxCommand, "_put", _put),
            patch.object(type(self.bridges), "_check_there", lambda *_args: None),
            self.assertRaises(pbx_adapter.NotConnected),
        ):
            pbx = self.pbx.with_env(api.Environment(cr, self.env.uid, {}))
            pbx.env["telephony.pbx.command"]._carry_out(pbx, asking(), 1)
        self.assertEqual(states, [TRANSACTION_STATUS_IDLE])

    def test_no_transaction_is_open_while_a_bridge_waits_for_commands(self):
        states = []

        def wait(_seconds):
            states.append(cr._cnx.info.transaction_status)
            return True

        with (
            self.registry.cursor() as cr,
            patch.object(module, "current_test", None),
            patch.object(bridge._stopping, "wait", wait),
            patch.object(type(self.bridges), "_is_latest", lambda *_args: True),
        ):
            pbx = self.pbx.with_env(api.Environment(cr, self.env.uid, {}))
            bridge._wait(pbx, self._told(), 20)
        self.assertEqual(states, [TRANSACTION_STATUS_IDLE])

    def test_the_last_request_of_a_bridge_that_was_killed_takes_no_command(self):
        self._note("pbx1:killed")
        killed = {"instance": "pbx1:killed", "turn": self.turn}
        [known] = self.bridges._of(self.pbx)
        self.assertTrue(self.bridges._is_latest(self.pbx, **killed))
        known.seen_date -= timedelta(seconds=2)
        self.env.flush_all()
        self._note("pbx1:new")
        new = {"instance": "pbx1:new", "turn": self.turn}
        self.commands.sudo()._put(self.pbx, asking(), 5, {})
        self.assertFalse(bridge._wait(self.pbx, killed, 0))
        self.assertEqual(len(bridge._wait(self.pbx, new, 0)), 1)

    # -- where the bridge asks the workers themselves ----------------------------------

    @contextlib.contextmanager
    def _workers(self, count):
        """Let this be one of so many workers that serve requests."""
        with (
            patch.dict(config.options, {"workers": count}),
            patch.object(telephony_pbx_command, "request", True),
        ):
            yield

    def _answer_in_time(self):
        self._meanwhile(self._bridge_takes, self._bridge_answers)
        return self.pbx._send(asking()).status

    @mute_logger(REQUEST)
    def test_half_of_the_workers_are_left_to_the_bridge_they_wait_for(self):
        self._note(is_held=False)
        with self._workers(4):
            waiting = [self.commands._put(self.pbx, asking(), 20, {}) for _ in range(2)]
            with self.assertRaises(pbx_adapter.NotConnected) as caught:
                self.pbx._send(asking())
            self.assertIn("Try again in a moment", self.pbx._in_words(caught.exception))
            self.assertEqual(self._rows(), waiting[1] | waiting[0])
            for freed in (
                {"state": "done"},
                {"state": "expired"},
                {"expires_date": "2020-01-01"},
                {"holds_worker": False},
            ):
                before = waiting[0].read(list(freed))[0]
                waiting[0].write(freed)
                waiting[0].flush_recordset()
                self.commands._check_room(self.bridges._of(self.pbx))
                waiting[0].write(before)
                waiting[0].flush_recordset()
            waiting[0].state = "done"
            waiting[1].state = "done"
            waiting[0].flush_recordset()
            self.assertEqual(self._answer_in_time(), 200)

    @mute_logger(REQUEST)
    def test_a_single_worker_never_waits_for_who_asks_it(self):
        self._note(is_held=False)
        with self._workers(1), self.assertRaises(pbx_adapter.NotConnected):
            self.pbx._send(asking())
        self.assertFalse(self._rows())

    def test_jobs_and_bridges_with_a_way_of_their_own_wait_as_they_like(self):
        self._note(is_held=True)
        with self._workers(1):
            self.assertEqual(self._answer_in_time(), 200)
        self._note(is_held=False)
        with patch.dict(config.options, {"workers": 1}):  # no request: a job
            self.assertEqual(self._answer_in_time(), 200)

    # -- sounds ------------------------------------------------------------------------

    def _bridge_sends(self, sound):
        row = self.commands._taken(self.pbx, self.handed_out[-1]["id"])
        row._answer({"status": 200}, sound)

    def test_a_sound_comes_as_if_it_had_been_fetched(self):
        self._note()
        sound = wav(2)
        self._meanwhile(self._bridge_takes, lambda: self._bridge_sends(sound))
        fetched = self.pbx._fetch(asking("/ari/recordings/x", "GET"), 10**6, "")
        with fetched.file as file:
            self.assertEqual(file.read(), sound)
        self.assertEqual((fetched.size, fetched.kind.extension), (len(sound), "wav"))
        self.assertTrue(self.handed_out[0]["sound"])
        self.assertEqual(self.handed_out[0]["limit"], 10**6)
        left = [("res_model", "=", self.commands._name)]
        self.assertFalse(self.env["ir.attachment"].search(left))

    @mute_logger(REQUEST)
    def test_what_is_no_sound_or_too_large_is_not_taken(self):
        self._note()
        for sound, limit, code in ((b"<html>", 100, "missing"), (wav(), 99, "large")):
            self._meanwhile(self._bridge_takes, lambda s=sound: self._bridge_sends(s))
            with self.assertRaises(pbx_adapter.PbxError) as caught:
                self.pbx._fetch(asking("/ari/recordings/x", "GET"), limit, "")
            self.assertEqual(caught.exception.code, code)

    @mute_logger(REQUEST)
    def test_a_recording_that_the_pbx_does_not_have_is_missing(self):
        self._note()
        self._meanwhile(self._bridge_takes, lambda: self._bridge_answers(status=404))
        with self.assertRaises(pbx_adapter.PbxError) as caught:
            self.pbx._fetch(asking("/ari/recordings/x", "GET"), 10**6, "")
        self.assertEqual(caught.exception.code, "missing")

    # -- what is left ------------------------------------------------------------------

    def test_what_nobody_waits_for_any_more_is_forgotten(self):
        row = self.commands._put(self.pbx, asking(data="secret"), 20, {})
        self.commands._forget(self.pbx)
        self.assertTrue(row.request)
        row.expires_date = "2020-01-01"
        row.flush_recordset()
        self.assertFalse(self.commands._hand_out(self.pbx))
        self.commands._forget(self.pbx)
        row.invalidate_recordset()
        self.assertEqual((row.state, row.request), ("expired", False))
        self.commands._gc_commands()
        self.assertFalse(row.exists())


@tagged("post_install", "-at_install")
class TestBridgeAccess(AccessCase):
    """What is asked of a PBX is for the administrators of its company."""

    def test_only_administrators_of_the_company_see_commands_and_bridges(self):
        pbx = self.pbx
        command = self.env["telephony.pbx.command"]._put(pbx, asking(), 20, {})
        self.env["telephony.pbx.bridge"]._note(pbx, "a", 1, True, {})
        seen = self.env["telephony.pbx.bridge"].search([("pbx_id", "=", pbx.id)])
        for row, name in ((command, "path"), (seen, "instance")):
            self.assertTrue(row.with_user(self.administrator).read([name]))
            for user in (self.agent, self.supervisor, self.internal, self.stranger):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    row.with_user(user).read([name])
            with self.assertRaises(AccessError):
                row.with_user(self.administrator).write({name: "other"})
            with self.assertRaises(AccessError):
                row.with_user(self.administrator).unlink()
        for name in ("request", "answer", "attachment_id"):
            with self.assertRaises(AccessError):
                command.with_user(self.administrator).read([name])


def _put(self, *_args):
    return self.browse(-1)
