"""A tiny HTTP server that stands for Odoo's webhook in the simulator's tests."""

import json
import threading
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class StandIn:
    """Keeps what it receives; ``replies`` maps an event to the JSON it answers.

    ``posts`` is a list of ``(fields, headers)``, ``bodies`` the same as bytes,
    ``status`` what it answers with, ``echoes`` whether it repeats ``zd_echo``.
    """

    def __init__(self):
        self.posts = []
        self.bodies = []
        self.replies = {}
        self.status = 200
        self.echoes = True
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/hook"

    def __enter__(self):
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_exception):
        self._http.shutdown()
        self._http.server_close()

    @property
    def events(self):
        """Names of the events received, in their order."""
        return [fields["event"] for fields, _headers in self.posts]

    def fields(self, event):
        """The fields of the first event of that name."""
        return next(fields for fields, _ in self.posts if fields["event"] == event)


class _Handler(BaseHTTPRequestHandler):
    stand_in = None

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        token = query.get("zd_echo", [""])[0] if self.stand_in.echoes else "no"
        self._answer(token.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = _form(self.headers["Content-Type"], body)
        self.stand_in.bodies.append(body)
        self.stand_in.posts.append((fields, dict(self.headers)))
        reply = self.stand_in.replies.get(fields.get("event"))
        self._answer(json.dumps(reply).encode() if reply else b"")

    def _answer(self, body):
        self.send_response(self.stand_in.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def _form(content_type, body):
    if content_type.startswith("multipart/form-data"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(
                decode=True
            ).decode()
            for part in message_from_bytes(head + body).get_payload()
        }
    pairs = parse_qs(body.decode(), keep_blank_values=True)
    return {name: values[0] for name, values in pairs.items()}
