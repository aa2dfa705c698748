"""What Odoo may have the bridge do, and what it may not."""

import base64
import io
import json
import types

import pytest
from ami_server import AmiServer

from telephony_crm.bridge.allowed import Reach
from telephony_crm.bridge.ami import Ami
from telephony_crm.bridge.cdr import Cdr
from telephony_crm.bridge.commands import Commands
from telephony_crm.bridge.errors import Gone, TimedOut
from telephony_crm.bridge.outbox import Outbox
from telephony_crm.bridge.recordings import Recordings
from telephony_crm.bridge.tracker_config import TrackerConfig

CALL = {
    "endpoint": "PJSIP/100",
    "extension": "+442079460017",
    "context": "from-internal",
    "priority": "1",
}
SOUND = b"RIFF....WAVE" + b"x" * 5000


class Ari:
    """What is asked of ARI, and what it answers."""

    def __init__(self):
        self.asked, self.status, self.body = [], 200, b'{"id": "1"}'
        self.error = None

    def request(self, method, path, **values):
        if self.error:
            raise self.error
        self.asked.append((method, path, values))
        return Answer(self.status, self.body)


class Answer:
    """A response as `requests` hands it out."""

    def __init__(self, status, body):
        self.status_code, self.headers = status, {"Content-Type": "application/json"}
        self.raw = Raw(body)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        pass


class Raw(io.BytesIO):
    def read(self, size=-1, decode_content=None):
        return super().read(size)


@pytest.fixture
def ari():
    return Ari()


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "monitor"
    (found / "2026").mkdir(parents=True)
    (found / "2026" / "1.wav").write_bytes(SOUND)
    (tmp_path / "secret").write_text("secret")
    (found / "link.wav").symlink_to(tmp_path / "secret")
    return found


@pytest.fixture
def server():
    with AmiServer() as running:
        yield running


@pytest.fixture
def commands(ari, folder, server, tmp_path):
    outbox = Outbox(tmp_path / "outbox.sqlite")
    client = Ami("127.0.0.1", server.port, "odoo", "secret")
    client.connect()
    cdr = Cdr(outbox, TrackerConfig())
    check = lambda: {"problems": ["It is off."]}  # noqa: E731
    recordings, reach = Recordings(str(folder)), Reach({"from-internal"})
    yield Commands(ari, lambda: client, cdr, recordings, check, lambda: 3, reach)
    client.close()
    outbox.close()


def ask(commands, path, method="GET", **values):
    """Return status and body of what comes back; a sound that was sent is its bytes."""
    sent = []
    command = {"id": 5, "method": method, "path": path, "timeout": 20, **values}

    def send_sound(id_, file, _timeout):
        sent.append((id_, file.read()))
        return types.SimpleNamespace(ok=True)

    found = commands.carry_out(command, send_sound)
    if found is None:
        assert [id_ for id_, _body in sent] == [5]
        return "sound", sent[0][1]
    assert found["id"] == 5
    return found["status"], base64.b64decode(found["body"])


def test_a_sound_that_a_proxy_does_not_let_pass_is_said(commands):
    command = {"id": 5, "path": "/bridge/recording/2026/1.wav", "timeout": 20}
    command |= {"sound": True, "limit": 10**6}
    taken = types.SimpleNamespace(ok=False, status_code=413)
    found = commands.carry_out(command, lambda *_: taken)
    assert (found["id"], found["status"]) == (5, 413)


def test_ari_is_asked_with_what_odoo_said_and_its_answer_goes_back(commands, ari):
    found = ask(
        commands,
        "/ari/channels",
        "POST",
        params=CALL,
        data='{"variables": {"CALLERID(num)": "100"}}',
        headers={"Content-Type": "application/json", "Authorization": "Basic eA=="},
    )
    assert found == (200, b'{"id": "1"}')
    [(method, path, values)] = ari.asked
    assert (method, path) == ("POST", "/ari/channels")
    assert values["params"] == CALL
    assert json.loads(values["data"]) == {"variables": {"CALLERID(num)": "100"}}
    assert values["headers"] == {"Content-Type": "application/json"}
    ari.status, ari.body = 404, b'{"message": "Channel not found"}'
    path = "/ari/channels/odoo-1%3B2/variable"
    assert ask(commands, path, params={"variable": "BRIDGEPEER"})[0] == 404
    assert ari.asked[-1][1] == path


@pytest.mark.parametrize(
    "path",
    [
        "/ari/asterisk/modules/app_system.so",
        "/ari/asterisk/config/dynamic/res_pjsip/auth/x",
        "/ari/asterisk/logging/x",
        "/ari/channels/../asterisk/modules",
        "/ari/channels/%2e%2e/asterisk/modules",
        "/ari/channels?x=1",
        "/ari/channels\r\nX: y",
        "/ari/events",
        "/ari/api-docs/resources.json",
    ],
)
def test_of_ari_only_calls_and_their_recordings_are_asked(commands, ari, path):
    assert ask(commands, path, "PUT")[0] in (404, 422)
    assert not ari.asked


@pytest.mark.parametrize(
    ("method", "path", "params", "body"),
    [
        ("POST", "/ari/asterisk/variable", {"variable": "X", "value": "1"}, None),
        ("GET", "/ari/asterisk/variable", {"variable": "CURL(http://x)"}, None),
        ("GET", "/ari/channels/1/variable", {"variable": "AST_CONFIG(a,b,c)"}, None),
        ("GET", "/ari/channels/1/variable", {}, None),
        ("POST", "/ari/channels/1/variable", {"variable": "X", "value": "1"}, None),
        ("POST", "/ari/channels/externalMedia", {"external_host": "x:1"}, None),
        ("POST", "/ari/channels/1/record", {"name": "x", "format": "wav"}, None),
        ("POST", "/ari/channels", {**CALL, "app": "x"}, None),
        ("POST", "/ari/channels", {**CALL, "endpoint": "UnicastRTP/x:1"}, None),
        ("POST", "/ari/channels", {**CALL, "endpoint": "PJSIP/1/sip:x@y"}, None),
        ("POST", "/ari/channels", {**CALL, "extension": "${SHELL(id)}"}, None),
        ("POST", "/ari/channels", {**CALL, "priority": 1}, None),
        ("POST", "/ari/channels", CALL, '{"app": "x"}'),
        ("POST", "/ari/channels", CALL, '{"variables": {"SHELL(id)": "1"}}'),
        ("POST", "/ari/channels", CALL, '{"variables": {"TELEPHONY_SPY": "$x"}}'),
        ("POST", "/ari/channels", CALL, '{"variables": {}}&app=x'),
        ("POST", "/ari/channels", CALL, {"app": "x"}),
        ("DELETE", "/ari/channels/1", {}, '{"variables": {}}'),
        ("DELETE", "/ari/bridges/1", {}, None),
    ],
)
def test_of_ari_no_more_is_asked_than_calls_need(
    commands, ari, method, path, params, body
):
    assert ask(commands, path, method, params=params, data=body)[0] == 422
    assert not ari.asked


def test_what_ari_does_not_answer_is_told_apart(commands, ari):
    ari.error = Gone("ari_unreachable")
    assert ask(commands, "/ari/endpoints")[0] == 502
    ari.error = TimedOut("ari_silent")
    assert ask(commands, "/ari/endpoints")[0] == 504
    ari.error = None
    ari.body = b"x" * (1024 * 1024 + 1)
    assert ask(commands, "/ari/endpoints")[0] == 507


def test_an_ami_action_is_answered_as_ami_writes(commands, server):
    server.answers["getvar"] = (
        b"Response: Success\r\nActionID: {id}\r\nVariable: X\r\nValue: 7\r\n\r\n"
    )
    params = {"action": "Getvar", "Channel": "1.2", "Variable": "BRIDGEPEER"}
    status, body = ask(commands, "/rawman", params=params)
    assert status == 200
    assert b"Response: Success\r\n" in body and b"Value: 7\r\n" in body
    assert b"Channel: 1.2\r\n" in server.received


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "Command", "Command": "core stop now"},
        {"action": "Setvar", "Variable": "TELEPHONY_OTHER", "Value": "1"},
        {"action": "Setvar", "Channel": "", "Variable": "TELEPHONY_OTHER"},
        {"action": "Setvar", "Channel": "1", "Variable": "X", "Value": "1"},
        {"action": "Getvar", "Channel": "1", "Variable": "EVAL(${SH${x}ELL(id)})"},
        {"action": "Getvar", "Channel": "1", "Variable": "DB(registrar/contact)"},
        {"action": "MixMonitor", "Channel": "1", "File": "/etc/cron.d/x"},
        {"action": "MixMonitor", "Channel": "1", "File": "../x.wav"},
        {"action": "MixMonitor", "Channel": "1", "File": "x.wav,,rm"},
        {"action": "MixMonitor", "Channel": "1", "File": "x.wav", "options": "br(x)"},
        {"action": "StopMixMonitor", "Channel": "1", "channel": "2"},
        {"action": "Originate", "Application": "System", "Data": "rm"},
        {"action": "MixMonitor", "Channel": "1", "Command": "rm"},
        {"action": "MixMonitor", "Channel": "1", "command": "rm"},
        {"action": "Setvar", "Variable": "SHELL(rm)", "Value": "1"},
        {"action": "Getvar", "Variable": "FILE(/etc/asterisk/sip.conf)"},
        {"action": "UpdateConfig"},
        {"action": "DBPut"},
        {"action": ""},
        {},
    ],
)
def test_ami_runs_no_program_and_changes_no_configuration(commands, server, fields):
    before = len(server.received)
    assert ask(commands, "/rawman", params=fields)[0] == 422
    assert len(server.received) == before


def test_a_line_break_never_reaches_ami(commands, server):
    before = len(server.received)
    for value in ("1\r\nAction: Hangup", "1\n", "1\r", "1\0"):
        fields = {"action": "Redirect", "Channel": value}
        assert ask(commands, "/rawman", params=fields)[0] == 422
    assert len(server.received) == before


def test_recordings_of_the_folder_are_handed_out_and_none_beside_it(commands, folder):
    sound = {"sound": True, "limit": 10**6}
    found = ask(commands, "/bridge/recording/2026/1.wav", **sound)
    assert found == ("sound", SOUND)
    for name in (
        "../secret",
        "2026/../../secret",
        "%2e%2e/secret",
        "link.wav",
        "/etc/passwd",
        "2026",
        "",
        "a%00b",
    ):
        assert ask(commands, f"/bridge/recording/{name}", **sound)[0] == 404
        assert ask(commands, f"/bridge/recording/{name}", "DELETE")[0] in (204, 404)
    assert (folder.parent / "secret").exists()
    assert ask(commands, "/bridge/recording/2026/1.wav", "DELETE")[0] == 204
    assert not (folder / "2026" / "1.wav").exists()
    assert ask(commands, "/bridge/recording/2026/1.wav", "DELETE")[0] == 204


def test_a_recording_of_ari_is_handed_out_up_to_its_limit(commands, ari):
    ari.body = SOUND
    path = "/ari/recordings/stored/x/file"
    assert ask(commands, path, sound=True, limit=10**6) == ("sound", SOUND)
    assert ask(commands, path, sound=True, limit=100)[0] == 413
    ari.status = 404
    assert ask(commands, path, sound=True, limit=10**6)[0] == 404
    assert ask(commands, "/ari/channels", sound=True, limit=10**6)[0] == 404


def test_the_test_and_the_records_are_answered_by_the_bridge(commands):
    found = json.loads(ask(commands, "/bridge/check")[1])
    assert found == {"problems": ["It is off."], "said": [None]}
    period = {"start": "2026-01-15T00:00:00Z", "end": "2026-01-16T00:00:00Z"}
    page = json.loads(ask(commands, "/bridge/cdr", params=period)[1])
    assert page == {"rows": [], "more": False, "table": False}
    for params in ({}, {**period, "start": "x"}, {**period, "skip": "x"}):
        assert ask(commands, "/bridge/cdr", params=params)[0] == 400
    assert ask(commands, "/bridge/other")[0] == 404
    assert ask(commands, "/etc/passwd")[0] == 404


def test_what_odoo_refused_is_told_again_when_it_asks(commands):
    status, body = ask(commands, "/bridge/retry", "POST")
    assert (status, json.loads(body)) == (200, {"count": 3})
