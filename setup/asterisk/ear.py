"""Somebody at a telephone: says a tone, and keeps what is heard.

sipp plays a file and hears nothing; a telephone whose sound goes here instead tells who
hears whom. RTP (RFC 3550) with µ-law (G.711), 20 ms a packet.
"""

import array
import socket
import struct
import threading
import time

from setup.lib.process import HOST

from .tone import RATE, linear, tone

PACKET = RATE // 50  # samples
HEADER = struct.Struct("!BBHII")
VERSION, PCMU = 2 << 6, 0


class Ear:
    """Listens at ``port`` within the block, and says a tone of so many hertz.

    To whom, is said once the call stands: Asterisk sends nothing to who is silent.
    """

    def __init__(self, hertz):
        self.tone = tone(hertz)
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.to = None
        self.heard = bytearray()
        self.over = threading.Event()

    def __enter__(self):
        for work in (self._says, self._hears):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self.socket.close()

    def turn_to(self, address):
        """Talk to this address from now on, ``127.0.0.1:10000``."""
        host, _colon, port = address.rpartition(":")
        self.to = host, int(port)

    def listen(self, seconds):
        """Return the samples of what is heard from now on, for so long."""
        self.heard.clear()
        time.sleep(seconds)
        return array.array("h", map(linear, bytes(self.heard)))

    def _says(self):
        count, due = 0, time.monotonic()
        while not self.over.is_set():
            start = count * PACKET % len(self.tone)
            head = HEADER.pack(
                VERSION, PCMU, count & 0xFFFF, count * PACKET & 0xFFFFFFFF, self.port
            )
            if self.to:
                try:
                    self.socket.sendto(
                        head + self.tone[start : start + PACKET], self.to
                    )
                except OSError:
                    return  # closed
            count += 1
            due += PACKET / RATE
            time.sleep(max(0, due - time.monotonic()))

    def _hears(self):
        while not self.over.is_set():
            try:
                packet = self.socket.recv(2048)
            except OSError:
                return
            if len(packet) > HEADER.size and packet[1] & 0x7F == PCMU:
                self.heard += packet[HEADER.size :]
