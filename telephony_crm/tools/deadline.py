"""An end to a whole exchange over HTTP, however slowly the other side goes on.

The time limit of a socket begins anew with each byte, also within the headers, where
nobody looks at the clock. So a timer of its own cuts the connections.
"""

import contextlib
import contextvars
import socket
import threading
import time

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from ..pbx import adapter as pbx_adapter

_current = contextvars.ContextVar("telephony_deadline", default=None)


class Deadline:
    """A context whose connections, made by a `WatchedAdapter`, are cut at its end.

    :param seconds: for all of it
    :param pause: seconds after which it ends sooner, unless `go_on` is called
    """

    def __init__(self, seconds, pause=None):
        self.is_over = False
        self._lock = threading.Lock()
        self._sockets = []
        self._seconds, self._pause = seconds, pause

    def __enter__(self):
        """Begin to count."""
        self._token = _current.set(self)
        self._last = time.monotonic() + self._seconds
        self.go_on()
        self._wait()
        return self

    def __exit__(self, *_exception):
        """Leave the connections alone from here on."""
        _current.reset(self._token)
        with self._lock:
            self._timer.cancel()
            self._timer = None
            for watched in self._sockets:
                watched.close()
            self._sockets.clear()

    def go_on(self):
        """Let the next pause begin: something has come."""
        self._next = self._last
        if self._pause:
            self._next = min(self._last, time.monotonic() + self._pause)

    def _wait(self):
        self._timer = threading.Timer(self._next - time.monotonic(), self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self):
        """Cut the connections, unless something has come since."""
        with self._lock:
            if not self._timer:
                return  # it came to its end just now
            if self._next > time.monotonic():
                self._wait()
                return
        self._cut()

    def check(self):
        """Take nothing for whole that was cut.

        :raises pbx.adapter.Unreachable:
        """
        if self.is_over:
            raise pbx_adapter.Unreachable("unreachable", "")

    def watch(self, connection):
        """Cut this connection, too.

        By a second handle: encryption takes the first one away.
        """
        with self._lock:
            self._sockets.append(connection.dup())
        if self.is_over:
            self._cut()

    def _cut(self):
        with self._lock:
            self.is_over = True
            for watched in self._sockets:
                with contextlib.suppress(OSError):
                    watched.shutdown(socket.SHUT_RDWR)


class WatchedMixin:
    """Has the deadline around it know of a connection before anything is sent."""

    def _new_conn(self):
        """Override to tell of the new connection."""
        connection = super()._new_conn()
        if deadline := _current.get():
            deadline.watch(connection)
        return connection


class WatchedHttp(WatchedMixin, HTTPConnection):
    """Unencrypted."""


class WatchedHttps(WatchedMixin, HTTPSConnection):
    """Encrypted."""


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = WatchedHttps


class WatchedAdapter(HTTPAdapter):
    """Makes connections that a `Deadline` around it ends."""

    pools = {"http": _HttpPool, "https": _HttpsPool}

    def init_poolmanager(self, *args, **kwargs):
        """Override to have all connections watched."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *args, **kwargs):
        """Override to have those over a proxy watched as well."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self.pools
        return manager
