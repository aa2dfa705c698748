"""AMI over HTTP: what answers there is told apart."""

import http.server
import threading
from contextlib import contextmanager

import pytest

from telephony_crm.bridge.ajam import Ajam
from telephony_crm.bridge.errors import PbxError


@contextmanager
def answering(status, body):
    """Yield the address of a web server that has one answer to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Override to keep silent."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/rawman"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html><body>It works!</body></html>", "ami_garbage"),
        (200, b"", "ami_garbage"),
        (200, b"Location: here\r\n\r\n", "ami_garbage"),
        (302, b"", "ami_garbage"),
        (500, b"oh", "ami_garbage"),
        (404, b"", "ajam_off"),
        (
            200,
            b"Response: Error\r\nMessage: Authentication failed\r\n\r\n",
            "ami_login",
        ),
    ],
)
def test_a_foreign_web_server_is_no_wrong_password(status, body, code):
    with answering(status, body) as url, pytest.raises(PbxError) as caught:
        Ajam(url, "odoo", "secret").connect()
    assert caught.value.code == code


def test_with_the_right_password_events_come():
    answer = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
    events, heard = [], threading.Event()

    def on_event(event):
        events.append(event)
        heard.set()

    with answering(200, answer + b"Event: Newchannel\r\nUniqueid: 1\r\n\r\n") as url:
        ajam = Ajam(url, "odoo", "secret", on_event=on_event)
        ajam.connect()
        assert heard.wait(10)
        ajam.close()
    assert events[0]["Event"] == "Newchannel"
