"""An Odoo on a real socket that takes what bridges send, or does not."""

import http.server
import json
import threading
import time
from datetime import datetime
from email.utils import formatdate
from http import HTTPStatus

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapters.generic import ADAPTER

SECRET = "a long secret"
TOKEN = "token-of-the-webhook"


class OdooServer:
    """Checks signatures as Odoo does; as a block, it runs within it.

    :ivar events: what was told and taken, in order
    :ivar polls: what bridges asked with, and at which path
    :ivar answers: to commands, whether or not their request was overtaken
    :ivar decide: called with an event; returns the status that it is answered with
    :ivar is_marked: whether it is Odoo that answers, and not a proxy before it
    :ivar guard: called with a body; what somebody before Odoo answers, if that is so
    :ivar ahead: seconds that its clock is ahead of ours
    """

    def __init__(self):
        self.events, self.polls, self.sounds = [], [], []
        self.commands, self.lists, self.knows_lists = [], [], True
        self.answers, self.turn = [], 0
        self.decide = lambda event: 200
        self.poll_status = lambda path: 200
        self.ahead, self.is_marked = 0, True
        self.guard = lambda body: 0
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status = outer.guard(b"")
                self.reply(status or 403, {}, not status)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if status := outer.guard(body):
                    return self.reply(status, {}, False)
                self.reply(*outer.answer(self.path, dict(self.headers), body))

            def reply(self, status, answer, is_marked=True):
                data = json.dumps(answer).encode()
                self.send_response_only(status, HTTPStatus(status).phrase)
                self.send_header("Date", formatdate(outer.now(), usegmt=True))
                self.send_header("Content-Length", str(len(data)))
                if outer.is_marked and is_marked:
                    self.send_header("X-Telephony-Answer", str(outer.now()))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                """Override to keep silent."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.webhook = f"{self.url}/telephony/webhook/{TOKEN}"

    def __enter__(self):
        threading.Thread(
            target=self.server.serve_forever, args=[0.02], daemon=True
        ).start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    def want(self, *commands):
        """Have the next bridge that asks carry these out."""
        with self.lock:
            self.commands += commands

    def now(self):
        """Return the time by its clock."""
        return time.time() + self.ahead

    def answer(self, path, headers, body):
        """Return status and JSON for a request."""
        if "/sound/" in path:
            with self.lock:
                self.sounds.append((path, headers, body))
            return 200, {}
        moment = time.gmtime(self.now())[:6]
        asked = pbx_adapter.Request(
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
            received_at=datetime(*moment),
        )
        try:
            ADAPTER.verify(asked, pbx_adapter.Credentials(api_secret=SECRET))
        except pbx_adapter.SignatureError as error:
            return 403, {"error": error.message}
        found = json.loads(body)
        with self.lock:
            if path.endswith("/events"):
                return self.take_list(found)
            if "/webhook/" in path:
                status = self.decide(found)
                if status == 200:
                    self.events.append(found)
                return status, {}
            status = self.poll_status(path)
            self.polls.append((path, found))
            if status == 200:
                self.answers += found["answers"]
                if found["turn"] <= self.turn:
                    return 409, {}
                self.turn = found["turn"]
            commands, self.commands = self.commands, []
        return status, {"commands": commands, "wait": 0.05}

    def take_list(self, found):
        """Return the answer to a list of events."""
        self.lists.append(len(found))
        verdicts = [self.decide(one) for one in found]
        bad = [status for status in verdicts if status not in (200, 400, 413)]
        if bad or not self.knows_lists:
            return (bad[0] if bad else 404), {}
        taken = [
            one for one, status in zip(found, verdicts, strict=True) if status == 200
        ]
        self.events += taken
        refused = [place for place, status in enumerate(verdicts) if status != 200]
        return 200, {"refused": [[place, "wrong"] for place in refused]}


def event(call="1", number=0, kind="ringing"):
    """Return an event as the tracker makes it."""
    return {
        "id": f"{call}-{number}",
        "event": kind,
        "call_ref": call,
        "occurred_at": "2026-01-15T10:15:00Z",
        "leg_ref": str(number),
    }
