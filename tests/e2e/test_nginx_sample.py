"""What README has people write for nginx, with a small server in the place of Odoo."""

import http.client
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from setup.lib import nginx_sample
from setup.lib.process import HOST
from setup.lib.stack import Stack

TOOK = 0.005
ROUNDS = 5  # so often is tried what is to happen while a flood lasts
VISIT = "/telephony/tracking/some-site/visit"
CALLBACK = "/telephony/tracking/some-site/callback"
SHOP, VISITOR = "127.0.9.1", "203.0.113.7"


class Answer(BaseHTTPRequestHandler):
    """Says who asked, as far as the proxy tells; a call is answered at once."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(TOOK)
        said = self.headers["X-Forwarded-For"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words):
        """Override: nobody reads it."""


@pytest.fixture(scope="module")
def proxy(databases):  # noqa: ARG001 - which brings nginx
    """The port of nginx with README's limits, which trusts one other web server."""
    sample = nginx_sample.limits()
    trusted = nginx_sample.visitor().replace("198.51.100.7", SHOP)
    sample["locations"] = f"{trusted}\n{sample['locations']}"
    stack = Stack(None, "nginx_sample", **sample)
    server = ThreadingHTTPServer((HOST, stack.http_port), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        stack.start_nginx()
        deadline = time.monotonic() + 10
        while not _listens(stack.port) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield stack.port
    finally:
        stack.stop()
        server.shutdown()
        server.server_close()


def _listens(port):
    with socket.socket() as one:
        return one.connect_ex((HOST, port)) == 0


def _ask(port, path=VISIT, address="127.0.1.1", **headers):
    """Post something; return the status, what was answered, and the headers."""
    asking = http.client.HTTPConnection(HOST, port, 20, source_address=(address, 0))
    asking.request("POST", path, b"{}", headers)
    answer = asking.getresponse()
    found = answer.status, answer.read().decode(), answer.headers
    asking.close()
    return found


def _at_once(port, addresses):
    with ThreadPoolExecutor(len(addresses)) as threads:
        return [
            found[0]
            for found in threads.map(lambda one: _ask(port, address=one), addresses)
        ]


def test_who_sends_slowly_holds_nothing(proxy):
    """Headers and a first byte of many bodies, and the others are answered."""
    slow = []
    for path in (VISIT, CALLBACK):
        for _one in range(5):
            slow.append(socket.create_connection((HOST, proxy)))
            slow[-1].sendall(
                f"POST {path} HTTP/1.1\r\nHost: a\r\n"
                "Content-Length: 100\r\n\r\n{".encode()
            )
    time.sleep(0.3)
    told = [_ask(proxy, address=f"127.0.2.{one}")[0] for one in range(1, 11)]
    for one in slow:
        one.close()
    assert told == [200] * 10


def test_who_floods_from_one_address_leaves_room_for_the_others(proxy):
    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(_at_once, proxy, ["127.0.3.1"] * 120)
        time.sleep(0.3)
        honest = [_ask(proxy, address=f"127.0.4.{one}")[0] for one in range(1, 11)]
    assert Counter(told.result())[429] >= 60  # all but 21, and 5 for each second of it
    assert honest.count(200) >= 7  # one may come at the very moment of another


def test_who_asks_to_be_called_waits_behind_no_visits(proxy):
    """Not even where they come from the same address."""
    visitors = [f"127.0.6.{one}" for one in range(1, 101)] + ["127.0.6.200"] * 40
    is_over = True
    for _round in range(ROUNDS):
        with ThreadPoolExecutor(1) as thread:
            flood = thread.submit(_at_once, proxy, visitors)
            time.sleep(0.5)
            told = [_ask(proxy, CALLBACK, f"127.0.6.{one}")[0] for one in (1, 2, 200)]
            is_over = flood.done()
        assert told == [200] * 3
        if not is_over:
            break
    assert not is_over


def test_where_all_is_busy_the_page_can_read_that_it_is(proxy):
    told = _at_once(proxy, [f"127.0.5.{one}" for one in range(1, 251)])
    assert set(told) == {200, 429}
    assert told.count(200) >= 50  # of 100 that may wait, but for those in their way
    with ThreadPoolExecutor(60) as threads:
        asked = threads.map(lambda _one: _ask(proxy, CALLBACK, "127.0.7.1"), range(60))
        refused = next(found for found in asked if found[0] == 429)
    assert refused[1] == "{}"
    assert refused[2].get_all("Access-Control-Allow-Origin") == ["*"]


def test_who_comes_through_the_shop_s_server_is_the_visitor(proxy):
    """Odoo believes the last address; of a stranger it is the stranger's own."""
    said = {"X-Forwarded-For": VISITOR}
    _status, told, _headers = _ask(proxy, address=SHOP, **said)
    assert told.rpartition(", ")[2] == VISITOR
    _status, told, _headers = _ask(proxy, address="127.0.8.1", **said)
    assert told.rpartition(", ")[2] == "127.0.8.1"
