"""A connection to AMI, over real sockets, with peers of every kind."""

import contextlib
import queue
import socket
import ssl
import subprocess
import threading
import time

import pytest
from ami_server import AmiServer

from telephony_crm.bridge import ami
from telephony_crm.bridge.ami import Ami
from telephony_crm.bridge.errors import Gone, PbxError, TimedOut


@pytest.fixture
def server():
    with AmiServer() as running:
        yield running


@pytest.fixture
def connect():
    """Connect to a server; return the connection, and the events that come."""
    made = []

    def connect(server, secret="secret", tls=None):
        events = queue.Queue()
        client = Ami("127.0.0.1", server.port, "odoo", secret, tls, events.put)
        made.append(client)
        client.connect()
        return client, events

    yield connect
    for client in made:
        client.close()


def test_who_knows_the_secret_is_let_in_and_never_sends_it(server, connect):
    client, events = connect(server)
    assert client.version == "9.0.0"
    server.event("Newchannel", Channel="PJSIP/100-1")
    assert events.get(timeout=5) == {"Event": "Newchannel", "Channel": "PJSIP/100-1"}
    assert b"secret" not in server.received


def test_a_wrong_secret_is_told_apart(server, connect):
    with pytest.raises(PbxError) as caught:
        connect(server, "wrong")
    assert caught.value.code == "ami_login"


@pytest.mark.parametrize(
    "banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 5000, b"\r\n", b"HTTP/1.1 400\r\n"]
)
def test_something_else_at_the_port_is_told_apart(banner, connect):
    with AmiServer(banner=banner) as server, pytest.raises(PbxError) as caught:
        connect(server)
    assert caught.value.code == "ami_garbage"


def test_who_says_nothing_is_waited_for_no_longer_than_said(connect, monkeypatch):
    monkeypatch.setattr(ami, "CONNECT", 0.1)
    with AmiServer(banner=b"") as server, pytest.raises(PbxError) as caught:
        connect(server)
    assert caught.value.code == "ami_garbage"


def test_who_says_a_letter_now_and_then_is_not_waited_for_either(connect, monkeypatch):
    monkeypatch.setattr(ami, "CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            connection, _address = server.accept()
            with connection, contextlib.suppress(OSError):
                for _second in range(100):
                    connection.sendall(b"A")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(PbxError) as caught:
            Ami("127.0.0.1", server.getsockname()[1], "odoo", "secret").connect()
    assert caught.value.code == "ami_garbage"


def test_who_hangs_up_at_once_is_not_there_yet():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        with pytest.raises(Gone) as caught:
            Ami("127.0.0.1", server.getsockname()[1], "odoo", "secret").connect()
    assert caught.value.detail == "it hangs up at once"


def test_nobody_at_the_port_is_told_apart(connect):
    server = AmiServer()
    server.socket.close()
    with pytest.raises(Gone) as caught:
        connect(server)
    assert caught.value.code == "ami_unreachable"


def test_answers_find_who_asked_while_events_go_on(server, connect):
    server.answers["getvar"] = (
        b"Event: Between\r\n\r\nResponse: Success\r\nActionID: {id}\r\nValue: {id}\r\n"
        b"\r\nEvent: Behind\r\nActionID: {id}\r\n\r\n"
    )
    client, events = connect(server)
    found, threads = [], []
    for _number in range(20):
        thread = threading.Thread(target=lambda: found.append(client.action("Getvar")))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    assert len({answer["Value"] for answer in found}) == 20
    assert all(answer["Value"] == answer["ActionID"] for answer in found)
    told = [events.get(timeout=5)["Event"] for _number in range(40)]
    assert sorted(told) == ["Behind"] * 20 + ["Between"] * 20


def test_a_list_is_whole_or_refused(server, connect):
    server.answers["bridgelist"] = (
        b"Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"
        b"Event: BridgeListItem\r\nActionID: {id}\r\nBridgeUniqueid: a\r\n\r\n"
        b"Event: Other\r\n\r\n"
        b"Event: BridgeListItem\r\nActionID: {id}\r\nBridgeUniqueid: b\r\n\r\n"
        b"Event: BridgeListComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"
    )
    server.answers["coreshowchannels"] = (
        b"Response: Error\r\nActionID: {id}\r\nMessage: Permission denied\r\n\r\n"
    )
    client, events = connect(server)
    found = client.collect("BridgeList")
    assert [item["BridgeUniqueid"] for item in found] == ["a", "b"]
    assert events.get(timeout=5)["Event"] == "Other"
    with pytest.raises(PbxError, match="Permission denied"):
        client.collect("CoreShowChannels")


def test_what_is_not_answered_is_given_up(server, connect):
    server.answers["ping"] = b""
    client, _events = connect(server)
    with pytest.raises(TimedOut):
        client.action("Ping", timeout=0.05)


def test_who_waits_is_told_when_the_connection_is_lost(server, connect):
    server.answers["ping"] = b""
    client, _events = connect(server)
    threading.Timer(0.1, server.drop).start()
    with pytest.raises(Gone):
        client.action("Ping", timeout=10)
    assert client.is_over
    with pytest.raises(Gone):
        client.action("Ping")


def test_an_event_of_ten_megabytes_is_left_out_and_counted(server, connect):
    client, events = connect(server)
    server.say(b"Event: Huge\r\nData: " + b"x" * 10_000_000 + b"\r\n\r\n")
    server.event("Next")
    assert events.get(timeout=10) == {"Event": "Next"}
    assert client.dirt == 1


def test_a_stream_byte_by_byte_is_read_all_the_same(server, connect):
    _client, events = connect(server)
    for byte in b"Event: Slow\r\nChannel: x\r\n\r\n":
        server.say(bytes([byte]))
        time.sleep(0.001)
    assert events.get(timeout=5) == {"Event": "Slow", "Channel": "x"}


def test_who_reads_slowly_has_the_pbx_wait_and_loses_nothing(server):
    seen, may_go = [], threading.Event()

    def slow(event):
        may_go.wait(10)
        seen.append(event["Number"])

    client = Ami("127.0.0.1", server.port, "odoo", "secret", None, slow)
    client._on_event = lambda event: None
    client.connect()
    client._on_event = slow
    threading.Timer(0.2, may_go.set).start()
    for number in range(20_000):
        server.event("Many", Number=str(number), Filler="x" * 100)
    deadline = time.monotonic() + 20
    while len(seen) < 20_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    client.close()
    assert seen == [str(number) for number in range(20_000)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody has signed."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {folder}/key -out {folder}/cert"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return folder


def test_an_encrypted_connection_trusts_only_whom_it_should(certificate, connect):
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate / "cert", certificate / "key")
    with AmiServer(tls=ours) as server:
        trusting = ssl.create_default_context(cafile=certificate / "cert")
        client, _events = connect(server, tls=trusting)
        assert client.action("Ping")["Response"] == "Success"
        with pytest.raises(PbxError) as caught:
            connect(server, tls=ssl.create_default_context())
        assert caught.value.code == "ami_tls"
        assert "self-signed" in caught.value.detail


def test_a_port_without_encryption_is_told_apart(server, connect):
    with pytest.raises(PbxError) as caught:
        connect(server, tls=ssl.create_default_context())
    assert caught.value.code in ("ami_tls", "ami_unreachable")


def test_a_name_that_leads_nowhere_is_told_apart():
    with pytest.raises(Gone):
        Ami("127.0.0.256", 5038, "odoo", "secret").connect()
