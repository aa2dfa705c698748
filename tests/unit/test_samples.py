"""The sample senders, sending for real to a server that checks as Odoo does."""

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import ROOT

from telephony_crm.pbx import adapter as pbx_adapter

SAMPLES = ROOT / "telephony_crm" / "samples"
SECRET = "s3cret with spaces & $igns"
EVENT = {
    "id": "1",
    "event": "started",
    "call_ref": "7",
    "occurred_at": "2026-01-15T10:15:00Z",
    "direction": "inbound",
    "number": "+442037691880",
    "raw_disposition": "Привіт",
}
SENDERS = {
    "shell": ["sh", str(SAMPLES / "send_event.sh")],
    "python": [sys.executable, str(SAMPLES / "send_event.py")],
}
generic = pbx_adapter.get("generic")


class Server:
    """Verifies and reads what it is sent; answers with what went wrong."""

    def __init__(self):
        self.found = []
        self.nonces = set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                status, body = server.take(self)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/hook"

    def take(self, handler):
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers["content-length"]))
        request = pbx_adapter.Request(headers=headers, body=body)
        try:
            generic.verify(request, pbx_adapter.Credentials(api_secret=SECRET))
            notification = generic.read(request)
        except pbx_adapter.SignatureError:
            return 403, b""
        except pbx_adapter.PayloadError as error:
            return 400, error.message.encode()
        self.found.append(notification)
        self.nonces.add(headers["x-telephony-nonce"])
        reply = generic.reply(notification, pbx_adapter.Decision(caller_name="Jane"))
        return reply.status, reply.body

    def __enter__(self):
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_exception):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server():
    with Server() as found:
        yield found


@pytest.fixture(params=SENDERS)
def send(request, server, tmp_path):
    """Return what runs a sender, from a file or from its standard input."""
    if request.param == "shell" and not (
        shutil.which("curl") and shutil.which("openssl")
    ):
        pytest.skip("the shell's sender needs curl and openssl")

    def run(event, secret=SECRET, by_file=False):
        text, arguments = json.dumps(event, ensure_ascii=False), ["-"]
        if by_file:
            (tmp_path / "event.json").write_text(text, encoding="utf-8")
            text, arguments = "", [str(tmp_path / "event.json")]
        return subprocess.run(
            [*SENDERS[request.param], *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, "TELEPHONY_URL": server.url, "TELEPHONY_SECRET": secret},
        )

    return run


@pytest.mark.parametrize("by_file", [True, False])
def test_event_arrives_and_is_answered(server, send, by_file):
    done = send(EVENT, by_file=by_file)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"action": "continue", "name": "Jane"}
    assert [found.payload for found in server.found] == [EVENT]


def test_each_request_has_a_nonce_of_its_own_and_the_event_its_key(server, send):
    assert send(EVENT).returncode == send(EVENT).returncode == 0
    assert len(server.nonces) == 2
    assert len({found.key for found in server.found}) == 1


def test_wrong_secret_fails(server, send):
    done = send(EVENT, secret="other")
    assert done.returncode != 0
    assert "403" in done.stderr
    assert not server.found


def test_event_that_makes_no_sense_fails(server, send):
    done = send({**EVENT, "event": "begun"})
    assert done.returncode != 0
    assert "400" in done.stderr
    assert not server.found
