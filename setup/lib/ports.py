"""Ports of this machine for servers that are started in a moment.

Chosen where the system itself takes none for a connection that goes out, and kept from
other commands that run at the same time: a server listens seconds after its port was
found free.
"""

import fcntl
import itertools
import random
import socket
from collections import deque
from threading import Lock

from setup.lib import paths
from setup.lib.console import Failure
from setup.lib.process import HOST

KEPT = 400  # ports of a kind that one process keeps from others; then the oldest goes


class Ports:
    """Ports of one kind, given out one after the other.

    :param kind: of their sockets
    :param numbers: those there are
    """

    def __init__(self, kind, numbers):
        self.kind, self.numbers = kind, numbers
        self.order, self.kept = None, deque()
        self.file, self.lock = None, Lock()

    def take(self, count):
        """Return so many that nobody listens on, or is about to."""
        with self.lock:
            if not self.file:
                paths.LOCKS.mkdir(parents=True, exist_ok=True)
                self.file = (paths.LOCKS / f"ports-{self.kind.name}.lock").open("a")
                shuffled = random.SystemRandom().sample(self.numbers, len(self.numbers))
                self.order = itertools.cycle(shuffled)
            return [self._next() for _ in range(count)]

    def _next(self):
        for port in itertools.islice(self.order, len(self.numbers)):
            try:
                self._mark(fcntl.LOCK_EX | fcntl.LOCK_NB, port)
            except (BlockingIOError, PermissionError):
                continue  # another process is about to
            if self._is_free(port):
                self.kept.append(port)
                if len(self.kept) > KEPT:
                    self._mark(fcntl.LOCK_UN, self.kept.popleft())
                return port
            self._mark(fcntl.LOCK_UN, port)
        raise Failure("no port of this machine is free")

    def _mark(self, how, port):
        """Lock or unlock the byte of the file that stands for the port."""
        fcntl.lockf(self.file, how, 1, port)

    def _is_free(self, port):
        with socket.socket(type=self.kind) as one:
            try:
                one.bind((HOST, port))
            except OSError:
                return False
        return True


TCP = Ports(socket.SOCK_STREAM, range(10_000, 32_000))
# Below those for sound, see ``setup.asterisk.configuration``; who has one of these may
# use the next ones too.
UDP = Ports(socket.SOCK_DGRAM, range(10_000, 16_000, 4))


def free_ports(count):
    """So many ports of this machine nobody listens on."""
    return TCP.take(count)


def free_datagram_ports(count):
    """The same, of UDP; the three after each of them are not given to others."""
    return UDP.take(count)
