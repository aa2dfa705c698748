"""AMI over HTTP: what answers there is told apart."""

import http.server
import threading
import time
from contextlib import contextmanager

import pytest

from telephony_crm.bridge import ajam as module
from telephony_crm.bridge.ajam import Ajam
from telephony_crm.bridge.errors import Gone, PbxError


@contextmanager
def answering(status, body, length=None):
    """Yield the address of a web server that has one answer to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(length or len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

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


ACCEPTED = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
COMPLETE = b"Event: WaitEventComplete\r\n\r\n"


def test_with_the_right_password_events_come():
    answer = ACCEPTED + COMPLETE
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


def test_a_message_of_ten_megabytes_costs_no_other():
    long = b"Event: Newexten\r\nAppData: " + b"x" * 10 * 1024 * 1024 + b"\r\n\r\n"
    short = b"Event: Newchannel\r\nUniqueid: 1\r\n\r\n"
    events, heard = [], threading.Event()

    def on_event(event):
        events.append(event)
        heard.set()

    with answering(200, ACCEPTED + long + short + COMPLETE) as url:
        ajam = Ajam(url, "odoo", "secret", on_event=on_event)
        ajam.connect()
        assert heard.wait(10)
        ajam.close()
    assert events[0]["Event"] == "Newchannel"
    assert ajam.dirt > 0


def test_who_answers_at_once_with_nothing_is_not_asked_for_ever():
    with answering(200, ACCEPTED) as url:
        ajam = Ajam(url, "odoo", "secret")
        ajam.connect()
        deadline = time.monotonic() + 10
        while not ajam.is_over:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_an_answer_that_does_not_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(module, "MAX_ANSWER", 1000)
    with answering(200, b"x" * 100_000) as url, pytest.raises(PbxError) as caught:
        Ajam(url, "odoo", "secret").connect()
    assert caught.value.code == "ami_garbage"


def test_an_answer_that_breaks_off_is_a_lost_connection():
    with answering(200, ACCEPTED, length=10**6) as url, pytest.raises(Gone):
        Ajam(url, "odoo", "secret").connect()
