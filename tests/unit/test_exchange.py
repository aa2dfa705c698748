"""A request to a PBX and its answer, over a real connection."""

import contextlib
import gzip
import socket
import threading
import time

import pytest
import urllib3

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import addresses
from telephony_crm.pbx.addresses import origin_of
from telephony_crm.tools.exchange import exchange
from telephony_crm.tools.fetch import fetch

MOST = 1000
SOUND = b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(100_000)
#: How a server tells where its answer ends: by its length, by pieces, by hanging up.
FRAMES = {
    "length": lambda body: (b"Content-Length: %d\r\n\r\n" % len(body)) + body,
    "chunks": lambda body: (
        b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(
            b"%x\r\n%b\r\n" % (len(body[at : at + 700]), body[at : at + 700])
            for at in range(0, len(body), 700)
        )
        + b"0\r\n\r\n"
    ),
    "close": lambda body: b"\r\n" + body,
}


class Server:
    """Answers each request with the same bytes, which may be slow to come."""

    def __init__(self):
        self.answer = self.heard = b""
        self.pause = 0  # seconds before each byte; the last is said again and again
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self.socket.accept()
                with connection, contextlib.suppress(OSError):
                    self.heard += connection.recv(65536)
                    self.speak(connection)

    def speak(self, connection):
        if not self.pause:
            return connection.sendall(self.answer)
        head, body = self.answer[:-40], self.answer[-40:]
        connection.sendall(head)
        while True:
            for byte in body:
                time.sleep(self.pause)
                connection.sendall(bytes([byte]))

    def says(self, body, frame="length", headers=b""):
        self.answer = b"HTTP/1.1 200 OK\r\n" + headers + FRAMES[frame](body)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.socket.close()


@pytest.fixture
def ask(server):
    request = pbx_adapter.HttpRequest("GET", f"{server.url}/x", timeout=(5, 5))
    return lambda seconds=20: exchange(request, seconds, MOST)


@pytest.fixture
def listen(server):
    request = pbx_adapter.HttpRequest("GET", f"{server.url}/x", timeout=(5, 5))
    return lambda limit: fetch(request, origin_of(server.url), limit, 20)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("length", [0, 1, MOST])
def test_a_whole_answer_arrives_however_its_end_is_told(server, ask, frame, length):
    server.says(b"x" * length, frame)
    assert ask().body == b"x" * length


@pytest.mark.parametrize("frame", FRAMES)
def test_a_packed_answer_is_unpacked(server, ask, frame):
    server.says(gzip.compress(b"x" * MOST), frame, b"Content-Encoding: gzip\r\n")
    assert ask().body == b"x" * MOST


@pytest.mark.parametrize("frame", FRAMES)
def test_an_answer_is_read_up_to_its_limit_and_no_further(server, ask, frame):
    server.says(b"x" * (MOST + 1), frame)
    with pytest.raises(pbx_adapter.PbxError, match="too long"):
        ask()
    packed = gzip.compress(bytes(100 * MOST))
    server.says(packed, frame, b"Content-Encoding: gzip\r\n")
    with pytest.raises(pbx_adapter.PbxError, match="too long"):
        ask()


@pytest.mark.parametrize("frame", ["length", "chunks"])
def test_half_an_answer_is_none(server, ask, listen, frame):
    server.says(SOUND[:MOST], frame)
    server.answer = server.answer[:-500]
    with pytest.raises(pbx_adapter.Unreachable):
        ask()
    with pytest.raises(pbx_adapter.Unreachable):
        listen(len(SOUND))


@pytest.mark.parametrize("headers", [b"", b"Content-Encoding: gzip\r\n"])
def test_an_endless_slow_answer_ends_at_the_time_limit(server, ask, headers):
    # No byte is late for the time limit of the socket, which begins anew with each.
    server.says(gzip.compress(b"x" * MOST) if headers else b"x" * 50, "close", headers)
    server.pause = 0.02
    began = time.monotonic()
    with pytest.raises(pbx_adapter.Unreachable):
        ask(seconds=0.3)
    # What is too long would take twenty seconds to come.
    assert 0.3 <= time.monotonic() - began < 10


@pytest.mark.parametrize("frame", FRAMES)
def test_a_sound_arrives_whole(server, listen, frame):
    server.says(SOUND, frame)
    with listen(len(SOUND)).file as file:
        file.seek(0)
        assert file.read() == SOUND
    with pytest.raises(pbx_adapter.PbxError) as caught:
        listen(len(SOUND) - 1)
    assert caught.value.code == "large"


def test_what_was_never_sent_is_told_from_what_was_not_answered(server, ask):
    with pytest.raises(pbx_adapter.Unreachable) as caught:
        ask()  # it hangs up
    assert not isinstance(caught.value, pbx_adapter.NotConnected)
    assert caught.value.why == "closed"
    with socket.socket() as nobody:  # listens there, and nobody else can
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        with pytest.raises(pbx_adapter.NotConnected) as caught:
            exchange(pbx_adapter.HttpRequest("GET", url, timeout=(5, 5)), 20, MOST)
    assert caught.value.why == "port"


def test_no_stranger_on_our_own_network_is_spoken_to(server):
    url = server.url.replace("http", "https")
    request = pbx_adapter.HttpRequest("GET", url, timeout=(5, 5))
    with pytest.raises(pbx_adapter.PbxError) as caught:
        fetch(request, origin_of("https://pbx.example.com"), len(SOUND), 20)
    assert caught.value.code == "address"


def test_nothing_is_read_that_older_releases_of_urllib3_cannot(
    server, ask, listen, monkeypatch
):
    monkeypatch.delattr(urllib3.HTTPResponse, "read1", raising=False)
    server.says(b"x" * MOST)
    assert ask().body == b"x" * MOST
    server.says(SOUND)
    listen(len(SOUND)).file.close()


def test_a_name_that_leads_out_of_our_own_network_is_told_nothing(server, monkeypatch):
    """As if this machine lay on the internet, which a test must not ask."""
    monkeypatch.setattr(addresses, "LOCAL", ())
    request = pbx_adapter.HttpRequest("GET", server.url, headers={"Key": "secret"})
    for ask in (
        lambda: exchange(request, 20, MOST),
        lambda: fetch(request, origin_of(server.url), MOST, 20),
    ):
        with pytest.raises(pbx_adapter.PbxError) as error:
            ask()
        assert error.value.code == "in_the_clear"
    assert server.heard == b""


def test_a_proxy_is_not_told_what_is_not_encrypted(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    request = pbx_adapter.HttpRequest("GET", server.url)
    assert exchange(request, 20, MOST).body == b"ok"
