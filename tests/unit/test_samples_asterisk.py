"""The scripts for Asterisk's dialplan, run as Asterisk runs them."""

import os
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from test_samples import SAMPLES, SECRET, Server

AGI = SAMPLES / "asterisk" / "telephony_lookup.agi"
CALL = SAMPLES / "asterisk" / "telephony_call.sh"
USUAL = {"TELEPHONY_ACTION": "continue", "TELEPHONY_EXTENSION": ""}
ROUTE = b"name=Jane%20%D0%94%22o%22e&extension=100&action=redirect"


class Odoo:
    """Answers with ``body``, as slowly as it is told to."""

    def __init__(self):
        self.status, self.body, self.kind = 200, b"", "text/plain; charset=utf-8"
        self.asked = []
        self.pause = 0
        odoo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                odoo.asked.append(urlsplit(self.path))
                self.send_response(odoo.status)
                self.send_header("Content-Type", odoo.kind)
                self.end_headers()
                for byte in odoo.body:
                    time.sleep(odoo.pause)
                    try:
                        self.wfile.write(bytes([byte]))
                    except OSError:
                        return  # nobody listens any more

            def log_message(self, *_arguments):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/telephony"

    def __enter__(self):
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_exception):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def odoo():
    with Odoo() as found:
        yield found


def run_agi(*arguments, env=None, **environment):
    """Run the script as for one call; the variables that it sets."""
    told = {
        "agi_request": str(AGI),
        "agi_callerid": "+442037691880",
        "agi_dnid": "+442037691881",
        **environment,
        **{f"agi_arg_{place}": text for place, text in enumerate(arguments, 1)},
    }
    said = "".join(f"{name}: {value}\n" for name, value in told.items()) + "\n"
    done = subprocess.run(
        [sys.executable, str(AGI), *arguments],
        input=(said + "200 result=1\n" * 9).encode(errors="surrogateescape"),
        capture_output=True,
        timeout=20,
        check=True,
        env={**os.environ, "TELEPHONY_CONF": "/nowhere", **(env or {})},
    )
    assert not done.stderr
    found = {}
    for line in done.stdout.decode().splitlines():
        command, _blank, rest = line.partition(" ")
        assert command in ("SET", "VERBOSE"), line
        if command == "SET":
            name, _blank, value = rest.removeprefix("VARIABLE ").partition(" ")
            assert value[0] == value[-1] == '"' and '"' not in value[1:-1]
            found[name] = value[1:-1]
    return found


def test_agi_says_who_calls_and_whom_to_ring(odoo):
    odoo.body = ROUTE
    assert run_agi(f"{odoo.url}/route/t0ken") == {
        "TELEPHONY_ACTION": "redirect",
        "TELEPHONY_EXTENSION": "100",
        "CALLERID(name)": "Jane Д o e",
    }
    [asked] = odoo.asked
    assert asked.path == "/telephony/route/t0ken"
    assert parse_qs(asked.query) == {
        "number": ["+442037691880"],
        "did": ["+442037691881"],
    }


def test_agi_asks_for_the_numbers_it_is_given(odoo):
    odoo.body = ROUTE
    run_agi(f"{odoo.url}/route/t0ken", "anonymous & 1", "100")
    query = parse_qs(odoo.asked[0].query)
    assert query == {"number": ["anonymous & 1"], "did": ["100"]}


def test_agi_shows_a_name_alone(odoo):
    odoo.body = "Олена Шевченко".encode()
    shown = run_agi(f"{odoo.url}/lookup/t0ken")
    assert shown == {**USUAL, "CALLERID(name)": "Олена Шевченко"}
    odoo.body = b""
    assert run_agi(f"{odoo.url}/lookup/t0ken") == USUAL


@pytest.mark.parametrize("encoding", ["ascii:strict", "utf-8:strict"])
def test_a_name_in_any_bytes_lets_no_caller_past(odoo, encoding):
    odoo.body = "action=reject&name=Дмитро".encode()
    told = run_agi(
        f"{odoo.url}/route/t0ken",
        env={"PYTHONIOENCODING": encoding},
        agi_calleridname=b"\xff\xfeJos\xe9".decode(errors="surrogateescape"),
    )
    assert told["TELEPHONY_ACTION"] == "reject"
    assert told["CALLERID(name)"] == "Дмитро"


def test_agi_reads_the_addresses_with_their_token_from_a_file(odoo, tmp_path):
    conf = tmp_path / "telephony.env"
    conf.write_text(
        "# kept from everybody but Asterisk\n"
        f"TELEPHONY_ROUTE='{odoo.url}/route/t0ken'\n"
        f"export TELEPHONY_LOOKUP={odoo.url}/lookup/t0ken\n"
        "TELEPHONY_SECRET='left open\n"
    )
    env = {"TELEPHONY_CONF": str(conf)}
    odoo.body = ROUTE
    assert run_agi("route", env=env)["TELEPHONY_ACTION"] == "redirect"
    odoo.body = b"Jane"
    assert run_agi("name", env=env) == {**USUAL, "CALLERID(name)": "Jane"}
    assert [asked.path for asked in odoo.asked] == [
        "/telephony/route/t0ken",
        "/telephony/lookup/t0ken",
    ]
    conf.write_text("")
    assert run_agi("route", env=env) == USUAL


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (404, "text/plain", b""),
        (500, "text/html", b"<h1>Internal Server Error</h1>"),
        (200, "text/html", b"name=x&extension=1&action=redirect"),
        (200, "text/plain", b"<html>"),
        (200, "text/plain", b"\xff\xfe\x00" * 9000),
        (200, "text/plain", b"name=x&action=shell"),
    ],
)
def test_whatever_odoo_answers_the_call_goes_on(odoo, status, kind, body):
    odoo.status, odoo.kind, odoo.body = status, kind, body
    assert run_agi(f"{odoo.url}/route/t0ken") == USUAL


@pytest.mark.parametrize(
    "address", ["", "nonsense", "http://127.0.0.1:1/telephony/route/x"]
)
def test_where_there_is_no_odoo_the_call_goes_on(address):
    assert run_agi(address) == USUAL


def test_agi_ends_though_odoo_trickles(odoo):
    odoo.body, odoo.pause = b"x" * 100, 0.5
    start = time.monotonic()
    assert run_agi(f"{odoo.url}/lookup/t0ken") == USUAL
    assert time.monotonic() - start < 15


# -- events ----------------------------------------------------------------------------


@pytest.fixture
def call(tmp_path):
    """Return what runs the script, with its settings in a file."""
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("it needs curl and openssl")

    def run(url, *arguments, pauses=""):
        conf = tmp_path / "telephony.env"
        conf.write_text(f"TELEPHONY_URL={url}\nTELEPHONY_SECRET='{SECRET}'\n")
        return subprocess.run(
            ["sh", str(CALL), *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            env={
                **os.environ,
                "TELEPHONY_CONF": str(conf),
                "TELEPHONY_PAUSES": pauses,
            },
        )

    return run


def test_a_call_is_posted_event_by_event(call):
    with Server() as server:
        for arguments in (
            ("started", "17.1", "direction=inbound", "number=+442037691880", "did="),
            ("ringing", "17.1", "leg_ref=17.2", "leg_kind=agent", "extension=100"),
            ("answered", "17.1", "leg_ref=17.2", "leg_kind=agent", "extension=100"),
            ("left", "17.1", "leg_ref=17.2", "leg_kind=agent", "extension=100"),
            ("ended", "17.1", "talk_seconds=042", "hangup_cause=16"),
        ):
            done = call(server.url, *arguments)
            assert done.returncode == 0, done.stderr
        told = [found.payload for found in server.found]
    assert [event["event"] for event in told] == [
        "started",
        "ringing",
        "answered",
        "left",
        "ended",
    ]
    assert {event["call_ref"] for event in told} == {"17.1"}
    assert told[0]["number"] == "+442037691880" and "did" not in told[0]
    assert (told[-1]["talk_seconds"], told[-1]["hangup_cause"]) == (42, 16)
    assert len({event["id"] for event in told}) == 5
    assert told[1]["id"] == "17.1-ringing-17.2"


def test_values_from_outside_end_no_text(call):
    with Server() as server:
        done = call(
            server.url, "started", '1"\n', "direction=inbound", 'number=1"}\\\n$(id)'
        )
        assert done.returncode == 0, done.stderr
        [found] = server.found
    assert found.payload["number"] == "1}$(id)"
    assert found.payload["call_ref"] == "1"


def test_what_cannot_be_sent_is_tried_again_and_what_is_wrong_is_not(call):
    with Server() as server:
        url = server.url
        wrong = call(url, "begun", "1", pauses="0 0")
        assert wrong.returncode != 0 and "400" in wrong.stderr
        assert not server.found
        refused = call(f"{url}x", "ended", "1", pauses="0")
        assert refused.returncode == 0
    away = call(url, "ended", "1", pauses="0 0")
    assert away.returncode == 1 and away.stderr
