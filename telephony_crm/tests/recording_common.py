"""A PBX that has recordings, as a real web server, and the job that fetches them."""

import http.server
import io
import json
import threading
import wave
from contextlib import suppress
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo import fields

from .common import CUSTOMER, TelephonyCase

LEG = "1458313316.343456"
OTHER_LEG = "1458313316.343457"


def wav(seconds=2, pitch=0):
    """Return a WAV file; each pitch sounds different."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128 + pitch]) * 8000 * seconds)
    return buffer.getvalue()


class SoundServer:
    """Zadarma, as far as it hands out recordings.

    ``sounds`` has the content by the leg's id; ``pages`` what else is answered, by
    path: status, headers, body; ``slowly`` who writes the body piece by piece.
    """

    def __init__(self):
        self.sounds, self.pages, self.asked = {}, {}, []
        self.slowly = {}
        self.during = None  # called while a request waits for its answer
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                if outer.during:
                    outer.during()
                if slowly := outer.slowly.get(self.path):
                    self.send_response(200)
                    self.end_headers()
                    with suppress(OSError):  # nobody listens any more
                        slowly(self.wfile.write)
                    return
                status, headers, body = outer.answer(urlsplit(self.path))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Override to keep silent."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, url):
        """Return status, headers and body for an address."""
        if url.path in self.pages:
            return self.pages[url.path]
        if url.path == "/v1/pbx/record/request/":
            leg = parse_qs(url.query).get("call_id", [""])[0]
            legs = [leg] if leg else list(self.sounds)
            links = [f"{self.url}/sounds/1-{leg}-100.wav" for leg in legs]
            if not set(legs) <= set(self.sounds) or not legs:
                return self.as_json({"status": "error", "message": "File not found"})
            found = {"link": links[0]} if leg else {"links": links}
            return self.as_json({"status": "success", **found})
        for leg, sound in self.sounds.items():
            if url.path == f"/sounds/1-{leg}-100.wav":
                return 200, {"Content-Type": "audio/wav"}, sound
        return 404, {}, b"<html>404 Not Found</html>"

    @staticmethod
    def as_json(values, status=200, **headers):
        """Return an answer in JSON."""
        headers = {"Content-Type": "application/json", **headers}
        return status, headers, json.dumps(values).encode()

    @property
    def paths(self):
        """What was asked for, in order, without parameters."""
        return [path.partition("?")[0] for path, _headers in self.asked]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class RecordingCase(TelephonyCase):
    """An agent whose calls are recorded by a PBX on this machine."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override, since Odoo's expects one time limit, and ours are two."""
        if isinstance(kw["timeout"], tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.server = SoundServer()
        self.addCleanup(self.server.close)
        self.pbx.api_url = self.server.url
        self.Recording = self.env["telephony.call.recording"]
        # A job commits; the test's transaction must not end.
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", side_effect=self._commit
        )
        progress.start()
        self.addCleanup(progress.stop)

    def _commit(self, processed=0, **_values):
        self.env.flush_all()
        return 100.0

    def _talk(self, call_ref="in_1", seconds=42, recorded="1", ago=60):
        """Have the PBX tell of a call that the agent has answered."""
        started = self._ago(seconds=ago)
        call = {"call_ref": call_ref, "started": started}
        self._tell("NOTIFY_START", **call, after=0)
        self._tell("NOTIFY_INTERNAL", internal="100", **call, after=1)
        self._tell("NOTIFY_ANSWER", **call, after=5)
        self._tell(
            "NOTIFY_END",
            **call,
            after=5 + seconds,
            internal="100",
            duration=str(seconds),
            disposition="answered",
            status_code="16",
            is_recorded=recorded,
            call_id_with_rec="",
        )
        return self._call(call_ref)

    def _tell_record(self, ref=LEG, call_ref="in_1"):
        self._tell(
            "NOTIFY_RECORD", call_ref=call_ref, call_id_with_rec=ref, caller_id=CUSTOMER
        )

    def _due(self):
        """Let the time pass until all are due that wait for it."""
        rows = self.Recording.search([("retry_at", "!=", False)])
        rows.retry_at = fields.Datetime.now()
        rows.flush_recordset()
        return rows

    def _fetch(self, sounds=None):
        """Let the job run when all are due.

        :param sounds: what the PBX has by then, by the leg's id
        """
        if sounds is not None:
            self.server.sounds = sounds
        self._due()
        self.Recording._cron_fetch()
        self.env.invalidate_all()

    def _recordings(self, call_ref="in_1"):
        self.env.invalidate_all()
        return self.Recording.search([("call_id.call_ref", "=", call_ref)], order="id")
