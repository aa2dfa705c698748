"""Requests over connections that stay open, as a PBX and a proxy make them."""

import http.client
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Post:
    """A request that is ready to be sent."""

    path: str
    body: bytes | None
    headers: dict
    method: str = "POST"

    @classmethod
    def form(cls, path, fields, **headers):
        """A form post of ``fields``."""
        return cls(path, urlencode(fields).encode(), FORM | headers)

    @classmethod
    def get(cls, path, **fields):
        """A request for what is at ``path``, with ``fields`` as its query."""
        query = urlencode(fields)
        return cls(f"{path}{query and '?'}{query}", None, {}, "GET")


@dataclass(frozen=True)
class Outcome:
    """How a load went; ``seconds`` are each request's."""

    rate: float
    seconds: list
    bodies: list


class Client:
    """Sends requests to ``url`` over so many connections at once."""

    def __init__(self, url, connections=1):
        self.address = urlsplit(url).netloc
        self.connections = [
            http.client.HTTPConnection(self.address, timeout=60)
            for _ in range(connections)
        ]

    def send(self, posts):
        """Send each of ``posts`` once, as fast as the answers come.

        :raises RuntimeError: when one is not answered with success
        """
        waiting = iter(posts)
        lock = threading.Lock()
        answers, errors = [], []

        def work(connection):
            while not errors:
                with lock:
                    post = next(waiting, None)
                if post is None:
                    return
                try:
                    answers.append(_send(connection, post))
                except Exception as error:  # noqa: BLE001 - raised by who waits below
                    errors.append(error)

        threads = [
            threading.Thread(target=work, args=(connection,))
            for connection in self.connections
        ]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - start
        if errors:
            raise RuntimeError(f"a request failed: {errors[0]}") from errors[0]
        seconds, bodies = zip(*answers, strict=True)
        return Outcome(len(answers) / took, list(seconds), list(bodies))


def _send(connection, post):
    """Send one request; how long it took, and what came back."""
    start = time.perf_counter()
    connection.request(post.method, post.path, post.body, post.headers)
    response = connection.getresponse()
    body = response.read()
    took = time.perf_counter() - start
    if response.status != 200:
        raise RuntimeError(f"{post.path}: {response.status} {body[:200]!r}")
    return took, body
