"""Visitors who come to a web site at the same moment, over connections of their own."""

import http.client
import json
import multiprocessing
import threading
import time
from urllib.parse import urlsplit

from .shopfront import HOST, STATIC, TOKEN

PATH = f"/telephony/tracking/{TOKEN}/visit"
HEADERS = {
    "Content-Type": "text/plain;charset=UTF-8",
    "Origin": f"https://{HOST}",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0",
}
REFUSED = 429
BEATS = 3  # a minute on the page
PAGE = {
    "k": "",
    "u": "/sofas",
    "h": HOST,
    "q": {"utm_source": "google", "utm_medium": "cpc", "gclid": "Cj0KCQ"},
    "n": [STATIC],
    "c": {"a": "granted", "d": "granted", "by": "tcf"},
    "g": {"client_id": "1234567890.1234567890"},
}


class Crowd:
    """So many at once; each leaves when told to, and another one comes in its place.

    Each comes from a network of its own, as visitors do.

    :param url: of the server
    :param size: how many
    :param may_be_refused: who is, leaves
    """

    def __init__(self, url, size, may_be_refused=False):
        self.refusal = REFUSED if may_be_refused else None
        host, port = urlsplit(url).netloc.split(":")
        self.connections = [
            http.client.HTTPConnection(
                host, int(port), timeout=60, source_address=(f"127.0.{place + 1}.1", 0)
            )
            for place in range(size)
        ]
        self.lock = threading.Lock()

    def visit(self, count):
        """Have so many visits; those with a number tell that they live.

        :return: requests a second, and what was told: a list of
            ``(key, number, begun, ended)`` for each request, the number empty for the
            static one
        """
        return self._all(count, self._visit)

    def ask(self, count, path):
        """Ask a bare route so often; return requests a second, and nothing else."""
        return self._all(count, lambda connection: [self._post(connection, path, PAGE)])

    def _all(self, count, work):
        left, told, errors = iter(range(count)), [], []

        def run(connection):
            while not errors:
                with self.lock:
                    if next(left, None) is None:
                        return
                try:
                    told.extend(work(connection))
                except Exception as error:  # noqa: BLE001 - raised by who waits below
                    errors.append(error)

        threads = [
            threading.Thread(target=run, args=(connection,))
            for connection in self.connections
        ]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
        if errors:
            raise RuntimeError(f"a visit failed: {errors[0]}") from errors[0]
        return len(told) / took, told

    def _visit(self, connection):
        """One visitor: a page, some signs of life, and the page is gone."""
        told = [self._post(connection, PATH, PAGE)]
        key = told[0][0]
        messages = [{"k": key, "b": 1}] * BEATS + [{"k": key, "e": 1}]
        while messages and told[-1][1]:  # who sees the static number says nothing
            told.append(self._post(connection, PATH, messages.pop(0)))
        return told

    def _post(self, connection, path, message):
        begun = time.perf_counter()
        connection.request("POST", path, json.dumps(message), HEADERS)
        response = connection.getresponse()
        body = response.read()
        if response.status == self.refusal:
            return "", "", begun, time.perf_counter()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {body[:200]!r}")
        answer = json.loads(body)
        number = answer["n"].get(STATIC, {}).get("e164", "")
        return answer["k"], number, begun, time.perf_counter()


class Flood:
    """Visitors who come as fast as they are answered, as long as the block lasts.

    In a process of their own, so that who measures does not wait for them.
    """

    def __init__(self, url, size):
        self.url, self.size = url, size
        self.context = multiprocessing.get_context("spawn")

    def __enter__(self):
        self.over, self.begun = self.context.Event(), self.context.Event()
        words = (self.url, self.size, self.begun, self.over)
        self.process = self.context.Process(target=flood, args=words)
        self.process.start()
        if not self.begun.wait(60):
            raise RuntimeError("no visitor came")
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self.process.join(120)
        if self.process.exitcode:
            raise RuntimeError("the visitors have failed")


def flood(url, size, begun, over):
    """Have visitors come until it is ``over``; see `Flood`."""
    crowd = Crowd(url, size, may_be_refused=True)
    while not over.is_set():
        crowd.visit(size)
        begun.set()
