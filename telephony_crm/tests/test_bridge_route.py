import hashlib
import time
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from werkzeug.wrappers import Request

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..bridge.odoo import MARK
from ..controllers import bridge
from ..tools import log_filter
from .bridge_common import STATUS, BridgeCase, answered, as_json
from .common import SECRET
from .recording_common import wav
from .test_bridge_command import asking

CONTROLLER = "odoo.addons.telephony_crm.controllers.webhook"
ADDRESSES = ("/websocket/telephony/", "/telephony/bridge/")


@tagged("post_install", "-at_install")
class TestBridgeRoute(BridgeCase, HttpCase):
    """The address at which a bridge fetches what Odoo wants of its PBX."""

    def _poll(self, told=None, secret=SECRET, sent=None, address=ADDRESSES[0]):
        body = as_json(self._told() if told is None else told)
        return self.url_open(
            f"{address}{self.pbx.webhook_token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                **self._signed(body, secret, sent),
            },
        )

    def _put(self, **values):
        return self.commands._put(self.pbx, asking(**values), 20, {})

    def test_a_bridge_is_known_and_told_the_time_at_both_addresses(self):
        for address in ADDRESSES:
            response = self._poll(address=address)
            self.assertEqual(response.status_code, 200, response.text)
            self.assertAlmostEqual(float(response.headers[MARK]), time.time(), delta=5)
            self.assertEqual(response.json()["commands"], [])
        seen = self.bridges._of(self.pbx)
        self.assertEqual((seen.instance, seen.is_active), ("pbx1:a", True))
        self.assertTrue(seen.is_held)
        self.assertEqual(seen.status["asterisk"], "Asterisk 22.10.0")

    def test_it_fetches_commands_and_brings_the_answer_with_its_next_request(self):
        row = self._put(params={"endpoint": "PJSIP/100"})
        [command] = self._poll().json()["commands"]
        self.assertEqual((command["id"], command["path"]), (row.id, "/ari/channels"))
        self.assertEqual(command["params"], {"endpoint": "PJSIP/100"})
        response = self._poll(self._told(answers=[answered(row.id, b"{}", 201)]))
        self.assertEqual(response.json()["commands"], [])
        row.invalidate_recordset()
        self.assertEqual((row.state, row.status), ("done", 201))

    def test_a_bridge_that_stands_by_is_known_and_handed_nothing(self):
        self._put()
        answer = self._poll(self._told(active=False)).json()
        self.assertEqual(answer["commands"], [])
        self.assertGreater(answer["wait"], 0)
        self.assertFalse(self.bridges._of(self.pbx).is_active)

    def _handed_out(self, instance="pbx2:b", active=False, **status):
        told = self._told(instance=instance, active=active)
        told["status"] = {**STATUS, **status}
        return [one["path"] for one in self._poll(told).json()["commands"]]

    def test_one_that_cannot_be_active_is_handed_the_test_of_the_connection(self):
        for path in ("/ari/channels", "/rawman", "/bridge/check"):
            self._put(path=path)
        self.assertEqual(self._handed_out(connected_since=None), ["/bridge/check"])
        self.assertEqual(self._handed_out(), ["/rawman"])  # ARI alone is away

    def test_while_another_is_active_one_that_stands_by_is_handed_nothing(self):
        self._note("pbx1:a")
        self._put(path="/bridge/check")
        self.assertEqual(self._handed_out(), [])
        seen = self.bridges._of(self.pbx).filtered("is_active")
        seen.seen_date = fields.Datetime.now() - timedelta(seconds=40)
        seen.flush_recordset()
        self.assertEqual(self._handed_out(), ["/bridge/check"])

    @mute_logger(CONTROLLER)
    def test_who_does_not_know_the_secret_is_refused(self):
        row = self._put()
        for response in (
            self._poll(secret="wrong"),
            self._poll(sent=time.time() - 600),
            self.url_open(f"{ADDRESSES[0]}{self.pbx.webhook_token}", data=b"{}"),
        ):
            self.assertEqual(response.status_code, 403)
        self.pbx.api_secret = False
        self.assertEqual(self._poll(secret="").status_code, 403)
        row.invalidate_recordset()
        self.assertEqual(row.state, "waiting")
        self.assertFalse(self.bridges._of(self.pbx))

    def test_a_request_that_is_sent_again_gets_nothing(self):
        told = self._told()
        self.assertEqual(self._poll(told).status_code, 200)
        self._put()
        for again in (told, {**told, "turn": told["turn"] - 1}):
            self.assertEqual(self._poll(again).status_code, 409)
        self.assertEqual(len(self._poll().json()["commands"]), 1)

    def test_the_answers_of_a_request_that_was_overtaken_count(self):
        row = self._put()
        self._poll()
        overtaken = self._told(answers=[answered(row.id, b"{}", 201)])
        self.assertEqual(self._poll().status_code, 200)
        for _again in range(2):
            self.assertEqual(self._poll(overtaken).status_code, 409)
            row.invalidate_recordset()
            self.assertEqual((row.state, row.status), ("done", 201))

    @mute_logger(CONTROLLER)
    def test_an_address_that_is_not_allowed_is_refused(self):
        self.pbx.allowed_ips = "192.0.2.1"
        self.assertEqual(self._poll().status_code, 403)

    def test_there_is_no_such_door_at_a_pbx_without_bridge(self):
        self.pbx.adapter = "zadarma"
        for address in ADDRESSES:
            self.assertEqual(self._poll(address=address).status_code, 404)
            unknown = self.url_open(f"{address}nobody", data=b"{}")
            self.assertEqual(unknown.status_code, 404)

    def test_what_makes_no_sense_is_said_to_make_none(self):
        for told in (
            [],
            {},
            self._told(instance=""),
            self._told(instance="x" * 300),
            self._told(instance="a\0b"),
            self._told(turn="1"),
            self._told(turn=2**40),
            self._told(turn=True),
            self._told(answers=[1]),
            self._told(answers="none"),
        ):
            self.assertEqual(self._poll(told).status_code, 400, told)

    def test_whatever_a_bridge_tells_of_itself_the_page_of_the_pbx_opens(self):
        for status in (
            None,
            [],
            {"problems": "x", "outbox": "many", "version": {"a": 1}},
            {name: 1e300 for name in STATUS},
            {**STATUS, "problems": ["<b>x</b>\0" * 100] * 100, "version": "\ud800"},
        ):
            self.assertEqual(self._poll(self._told(status=status)).status_code, 200)
            self.env.invalidate_all()
            self.assertTrue(self.pbx.with_user(self.administrator).health_findings)

    # -- waiting -----------------------------------------------------------------------

    def _wait(self, told, *acts, seconds=20):
        """Wait as a request does; one act each time that it looks; return both.

        :return: what was handed out, and how often it was waited
        """
        waiting, count = list(acts), 0

        def wait(_seconds):
            nonlocal count
            count += 1
            return waiting.pop(0)() if waiting else True

        with (
            patch.object(bridge, "module", SimpleNamespace(current_test=None)),
            patch.object(bridge._stopping, "wait", wait),
        ):
            return bridge._wait(self.pbx, told, seconds), count

    def _at_turn(self, told):
        self.bridges._note(self.pbx, told["instance"], told["turn"], True, {})
        return told

    def test_who_waits_gets_a_command_as_soon_as_there_is_one(self):
        told = self._at_turn(self._told())
        rows = []
        found, count = self._wait(
            told, lambda: None, lambda: rows.append(self._put()), lambda: None
        )
        self.assertEqual([one["id"] for one in found], [rows[0].id])
        self.assertEqual(count, 2)

    def test_who_has_asked_anew_is_handed_nothing_at_the_old_place(self):
        told = self._at_turn(self._told())

        def ask_anew():
            self._at_turn(self._told())
            self._put()

        found, _count = self._wait(told, ask_anew)
        self.assertEqual(found, [])
        self.assertEqual(len(self._poll().json()["commands"]), 1)

    def test_nobody_waits_beyond_the_time_or_for_a_server_that_ends(self):
        told = self._at_turn(self._told())
        self.assertEqual(self._wait(told, seconds=0), ([], 0))
        self.assertEqual(self._wait(told, lambda: True, lambda: None), ([], 1))

    # -- what was held up ----------------------------------------------------------

    def _tell(self, events, secret=SECRET):
        body = as_json(events)
        return self.url_open(
            f"/telephony/bridge/{self.pbx.webhook_token}/events",
            data=body,
            headers={
                "Content-Type": "application/json",
                **self._signed(body, secret),
            },
        )

    def _calls_of(self, *refs):
        return [
            {
                "id": f"{ref}-{kind}",
                "event": kind,
                "call_ref": ref,
                "occurred_at": f"2026-01-15T10:00:{second:02}Z",
                "direction": "inbound",
                "number": "+442079460017",
                **more,
            }
            for ref in refs
            for kind, second, more in (
                ("started", 0, {}),
                ("ringing", 1, {"leg_ref": "a", "extension": "100"}),
                ("answered", 5, {"leg_ref": "a", "extension": "100"}),
                ("left", 35, {"leg_ref": "a", "extension": "100"}),
                ("ended", 35, {"disposition": "answered", "talk_seconds": 30}),
            )
        ]

    def test_a_list_of_events_ends_in_the_same_calls_as_one_by_one(self):
        events = self._calls_of("1", "2", "3")
        response = self._tell(events)
        self.assertEqual(
            (response.status_code, response.json()), (200, {"refused": []})
        )
        for ref in ("1", "2", "3"):
            call = self._call(ref)
            self.assertEqual((call.state, call.disposition), ("ended", "answered"))
            self.assertEqual((call.talk_seconds, len(call.leg_ids)), (30, 1))
        version = self._call("1").version
        self._tell(events)  # again: nothing is added
        self.assertEqual(self._call("1").version, version)
        stored = self.env["telephony.pbx.event"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(set(stored.mapped("state")), {"done"})

    @mute_logger(CONTROLLER)
    def test_a_refused_event_is_marked_as_refused_by_odoo_itself(self):
        body = as_json({"event": "no such"})
        response = self.url_open(
            f"/telephony/webhook/{self.pbx.webhook_token}",
            data=body,
            headers={"Content-Type": "application/json", **self._signed(body)},
        )
        self.assertEqual(response.status_code, 400)
        self.assertIn(MARK, response.headers)

    def test_what_is_wrong_in_a_list_holds_up_no_other(self):
        events = [{"id": "x"}, *self._calls_of("1"), 7, None, []]
        refused = self._tell(events).json()["refused"]
        self.assertEqual([place for place, _why in refused], [0, 6, 7, 8])
        self.assertIn("missing", refused[0][1])
        self.assertEqual(self._call("1").state, "ended")

    @mute_logger(CONTROLLER)
    def test_a_list_is_taken_only_from_who_knows_the_secret(self):
        self.assertEqual(self._tell(self._calls_of("1"), "wrong").status_code, 403)
        self.assertEqual(self._tell({"event": "started"}).status_code, 400)
        self.assertEqual(self._tell([{}] * 201).status_code, 400)
        self.assertFalse(self._call("1"))

    # -- sounds ------------------------------------------------------------------------

    def _upload(self, row, sound, signed=None, secret=SECRET):
        digest = hashlib.sha256(sound if signed is None else signed).hexdigest()
        return self.url_open(
            f"/telephony/bridge/{self.pbx.webhook_token}/sound/{row.id}",
            files={"sound": ("sound", sound, "application/octet-stream")},
            headers=self._signed(f"{row.id}.{digest}".encode(), secret),
        )

    def test_a_sound_is_uploaded_whatever_its_size(self):
        for sound in (wav(1), wav(200)):
            row = self._put(method="GET")
            self._poll()
            self.assertEqual(self._upload(row, sound).status_code, 200)
            row.invalidate_recordset()
            self.assertEqual(row.attachment_id.raw, sound)
            self.assertEqual(row.attachment_id.res_id, 0)

    @mute_logger(CONTROLLER)
    def test_a_sound_that_nobody_asked_for_is_not_kept(self):
        row = self._put(method="GET")
        self.assertEqual(self._upload(row, wav()).status_code, 404)  # nobody took it
        self._poll()
        self.assertEqual(self._upload(row, wav(), secret="wrong").status_code, 403)
        self.assertEqual(self._upload(row, wav(), signed=wav(3)).status_code, 403)
        self.assertEqual(self._upload(row, b"").status_code, 200)
        self.assertEqual(self._upload(row, wav()).status_code, 404)  # it is answered
        self.assertFalse(
            self.url_open(
                f"/telephony/bridge/{self.pbx.webhook_token}/sound/{row.id}",
                data=b"x",
            ).ok
        )

    @mute_logger(CONTROLLER)
    def test_nothing_is_read_of_who_is_no_bridge_of_ours(self):
        row = self._put(method="GET")
        self._poll()
        sound = wav(100)
        digest = hashlib.sha256(sound).hexdigest()
        path = f"/sound/{row.id}"
        with patch.object(Request, "_load_form_data") as read:
            for token, networks, status in (
                ("nobody", False, 404),
                (self.pbx.webhook_token, "192.0.2.1", 403),
            ):
                self.pbx.allowed_ips = networks
                response = self.url_open(
                    f"/telephony/bridge/{token}{path}",
                    files={"sound": ("sound", sound)},
                    headers=self._signed(f"{row.id}.{digest}".encode()),
                )
                self.assertEqual(response.status_code, status)
                read.assert_not_called()

    def test_the_log_does_not_show_the_address(self):
        token = self.pbx.webhook_token
        for path in (
            f"/websocket/telephony/{token}",
            f"/telephony/bridge/{token}",
            f"/telephony/bridge/{token}/sound/5",
        ):
            line = f'"POST {path} HTTP/1.1" 200 -'
            self.assertNotIn(token, log_filter.redact(line))
            self.assertIn("200", log_filter.redact(line))
