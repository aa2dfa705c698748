"""A way to a server of this machine that a test can shut, as a network does."""

import socket
import threading
from contextlib import suppress

from setup.lib.process import HOST


class Door:
    """Listens on ``port`` and hands on to ``inner`` whatever comes."""

    def __init__(self, inner):
        self.inner = inner
        self.port = 0
        self.server = None
        self.sockets = []
        self.open()

    def open(self):
        """Let through, at the same port as ever."""
        self.server = socket.create_server((HOST, self.port))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.server,), daemon=True).start()

    def shut(self):
        """Cut off what is connected, and let nobody in."""
        for one in (self.server, *self.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets.clear()

    def _serve(self, server):
        with suppress(OSError):  # shut
            while True:
                pair = server.accept()[0], socket.create_connection((HOST, self.inner))
                self.sockets += pair
                for source, target in (pair, pair[::-1]):
                    threading.Thread(
                        target=_pass_on, args=(source, target), daemon=True
                    ).start()


def _pass_on(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
