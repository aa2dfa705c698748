"""A connection to AMI: one ordered stream of all that happens, and actions.

The password is never sent: the PBX hands out a challenge, and is sent a hash of both
(``Action: Challenge``, ``main/manager.c``). Actions and their answers share an
``ActionID``.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable

from . import ami_message
from .errors import Gone, PbxError, TimedOut, why_no_tls

BANNER = re.compile(rb"Asterisk Call Manager/([\d.]{1,20})\r?\n")
#: Seconds: to connect and log in, for an answer, without any word from the PBX.
CONNECT, ANSWER, SILENCE = 5.0, 5.0, 30.0
PIECE = 64 * 1024


class Ami:
    """One connection; when it is over, another one is made.

    :param on_event: called with each event in order, in the thread that reads; what
        it takes its time for has the PBX wait
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        tls: ssl.SSLContext | None = None,
        on_event: Callable[[dict], None] = lambda event: None,
    ):
        self._address, self._user, self._secret = (host, port), user, secret
        self._tls, self._on_event = tls, on_event
        self._socket: socket.socket | None = None
        self._parser = ami_message.Parser()
        self._write_lock = threading.Lock()
        self._waiting: dict[str, _Answer] = {}
        self._ids = itertools.count(1)
        self._over = threading.Event()
        self.version = ""

    # -- beginning and end ---------------------------------------------------------

    def connect(self) -> None:
        """Connect and log in; events come from here on.

        :raises PbxError: with the codes ``ami_unreachable``, ``ami_tls``,
            ``ami_garbage`` (something else listens there) or ``ami_login``
        """
        try:
            self._socket = socket.create_connection(self._address, CONNECT)
            if self._tls:
                self._socket = self._tls.wrap_socket(
                    self._socket, server_hostname=self._address[0]
                )
            self._greet()
        except ssl.SSLError as error:
            self.close()
            raise PbxError("ami_tls", why_no_tls(error)) from error
        except OSError as error:
            self.close()
            raise Gone("ami_unreachable", error.strerror or str(error)) from error
        except PbxError:
            self.close()
            raise
        self._socket.settimeout(SILENCE)
        threading.Thread(target=self._listen, name="ami", daemon=True).start()
        try:
            self._log_in()
        except PbxError:
            self.close()
            raise

    def _greet(self):
        line, deadline = b"", time.monotonic() + CONNECT
        try:
            while not line.endswith(b"\n") and len(line) < 100:
                piece = self._socket.recv(1)
                if not piece:
                    break
                line += piece
                if time.monotonic() > deadline:
                    raise TimeoutError
        except TimeoutError as error:
            raise PbxError("ami_garbage", "it says nothing") from error
        if not line:
            raise Gone("ami_unreachable", "it hangs up at once")
        found = BANNER.fullmatch(line)
        if not found:
            raise PbxError("ami_garbage", line.decode(errors="replace").strip()[:80])
        self.version = found[1].decode()

    def _log_in(self):
        challenge = self.action("Challenge", AuthType="MD5").get("Challenge")
        if not isinstance(challenge, str):
            raise PbxError("ami_garbage", "no challenge")
        key = hashlib.md5(
            f"{challenge}{self._secret}".encode(), usedforsecurity=False
        ).hexdigest()
        answer = self.action(
            "Login", AuthType="MD5", Username=self._user, Key=key, Events="on"
        )
        if answer.get("Response") != "Success":
            raise PbxError("ami_login", self._user)

    def close(self) -> None:
        """Let go of the connection; whoever waits for an answer is told."""
        self._over.set()
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        for answer in list(self._waiting.values()):
            answer.put(None)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._over.is_set()

    @property
    def dirt(self) -> int:
        """How many messages made no sense, or were too long."""
        return self._parser.dirt

    # -- actions --------------------------------------------------------------------

    def action(self, name: str, timeout: float = ANSWER, **fields) -> dict:
        """Carry out an action; return the headers of the answer.

        :raises ValueError: for a value with a line break
        :raises Gone: the connection is over
        :raises TimedOut: nobody knows what became of it
        """
        return self._ask(name, fields, timeout, lists=False)[0]

    def collect(self, name: str, timeout: float = ANSWER, **fields) -> list[dict]:
        """Carry out an action that answers with a list; return its items.

        :raises PbxError: as `action` does; or the code ``ami_refused``
        """
        answer, *items = self._ask(name, fields, timeout, lists=True)
        if answer.get("Response") != "Success":
            raise PbxError("ami_refused", str(answer.get("Message", "")))
        return items

    def send(self, name: str, **fields) -> None:
        """Send an action; all that is answered comes as events do, in its order.

        :raises ValueError: for a value with a line break
        :raises Gone: the connection is over
        """
        self._write(ami_message.action(name, fields))

    def _write(self, data):
        try:
            with self._write_lock:
                if self.is_over:
                    raise Gone("ami_gone")
                self._socket.sendall(data)
        except OSError as error:
            self.close()
            raise Gone("ami_gone", str(error)) from error

    def _ask(self, name, fields, timeout, lists):
        action_id = f"telephony-{next(self._ids)}"
        data = ami_message.action(name, {**fields, "ActionID": action_id})
        answer = self._waiting[action_id] = _Answer(lists)
        try:
            self._write(data)
            found = answer.get(timeout)
        except queue.Empty:
            raise TimedOut("ami_silent", name) from None
        finally:
            del self._waiting[action_id]
        if found is None:
            raise Gone("ami_gone")
        return found

    # -- reading --------------------------------------------------------------------

    def _listen(self):
        try:
            while not self.is_over:
                data = self._socket.recv(PIECE)
                if not data:
                    break
                for message in self._parser.feed(data):
                    self._sort(message)
        except OSError:
            pass  # who waits learns it from the end of the connection
        finally:
            self.close()

    def _sort(self, message):
        """Hand a message to who asked for it, else on as an event."""
        waiting = self._waiting.get(str(message.get("ActionID", "")))
        if waiting and waiting.takes(message):
            return
        self._on_event(message)


class _Answer:
    """What comes back for one action; a list is complete with its last event."""

    def __init__(self, lists):
        self._lists = lists
        self._found = []
        self._queue = queue.Queue()
        self.put, self._is_complete = self._queue.put, False

    def takes(self, message):
        """Return whether a message belongs to the answer."""
        if self._is_complete:
            return False
        is_response = "Response" in message and "Event" not in message
        if not is_response and not self._lists:
            return False
        is_end = message.get("EventList") in ("Complete", "cancelled")
        if not is_end:
            self._found.append(message)
        starts = str(message.get("EventList", "")).lower() == "start"
        if is_end or (is_response and not (self._lists and starts)):
            self._is_complete = True
            self.put(self._found)
        return True

    def get(self, timeout):
        return self._queue.get(timeout=timeout)
