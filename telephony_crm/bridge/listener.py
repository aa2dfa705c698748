"""From the PBX to the outbox: one thread that has the tracker to itself.

Messages are taken as many as there are, and what comes of them is stored at once: under
load a transaction holds many, and nobody waits for others otherwise.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable

from .errors import PbxError
from .news import News
from .outbox import Outbox
from .status import Status

_logger = logging.getLogger(__name__)

#: Messages that wait to be read; beyond it nothing more is taken from the PBX.
BACKLOG = 20_000
#: Of one transaction.
BATCH = 500
#: Seconds: of silence until the PBX is asked whether it is there; of the first and the
#: longest pause until the next attempt to connect; for what is going on to be told.
QUIET, FIRST, LONGEST, SYNC = 10, 0.5, 10.0, 20.0


class Listener:
    """Follows the PBX, and connects again whenever the connection is over.

    :param connect: returns a new connection that is not connected yet, given what is
        to be called with each event
    :param tracker: see `tracker.Tracker`
    :param now: the time by Odoo's clock
    :param is_held: whether another bridge tells what comes about now
    :param watchers: called with each message, besides the tracker
    """

    def __init__(
        self,
        connect: Callable,
        tracker,
        outbox: Outbox,
        status: Status,
        now: Callable[[], float],
        is_held: Callable[[], bool],
        watchers: tuple[Callable[[dict, float], None], ...] = (),
    ):
        self._connect, self._tracker, self._outbox = connect, tracker, outbox
        self._status, self._now, self._is_held = status, now, is_held
        self._watchers = watchers
        self._queue = News(BACKLOG)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._rounds = itertools.count(1)
        self._is_connected, self._can_store = False, True
        self.name, self.client, self._current = "listener", None, None
        self.error: PbxError | None = None

    @property
    def hears(self) -> bool:
        """Whether what happens on the PBX comes in and is stored."""
        return self._is_connected and self._can_store

    @property
    def is_alive(self) -> bool:
        """Whether its thread works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; what was heard is stored."""
        self._stop.set()
        self.reconnect()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(({}, 0.0))  # who waits for news need wait no more
        if self._thread.is_alive():
            self._thread.join()

    def reconnect(self) -> None:
        """Have the connection made anew, and all that goes on be asked for."""
        if self._current:
            self._current.close()

    def _run(self):
        failures = 0
        while not self._stop.is_set():
            try:
                self._listen()
                failures = 0
            except (PbxError, OSError, ValueError) as error:
                failures += 1
                self._note(error)
            except Exception:
                failures += 1
                _logger.exception("What the PBX says cannot be worked off")
            self._is_connected = False
            self._status.connected(False, self._now())
            self.reconnect()
            self._stop.wait(min(LONGEST, FIRST * 2 ** min(failures, 10)))

    def _note(self, error):
        if self.error is None or str(error) != str(self.error):
            _logger.warning("The PBX cannot be listened to: %s", error)
        self.error = error if isinstance(error, PbxError) else PbxError("ami_garbage")

    def _listen(self):
        """Connect, learn what is going on, and follow until the connection is over."""
        self._queue = news = News(BACKLOG)
        client = self._connect(lambda message: self._take(client, news, message))
        self._current = client
        client.connect()
        self.client = client  # before, nobody else has business with it
        self._resync(client, news)
        self.error, self._is_connected = None, True
        self._status.connected(True, self._now())
        _logger.info("Connected to the PBX")
        quiet = 0
        while not (client.is_over and news.empty()):
            batch = self._next(news)
            quiet = 0 if batch else quiet + 1
            if batch:
                self._work(client, batch)
            elif quiet >= QUIET and not client.is_over:
                client.action("Ping")
                quiet = 0

    def _take(self, client, news, message):
        """Queue a message, in the thread that reads; who is full has the PBX wait."""
        at = self._now()
        self._status.last_event = at
        if threading.current_thread() is self._thread:
            return news.put_at_once((message, at))  # it has asked for that itself
        while not client.is_over:
            try:
                news.put((message, at), timeout=1)
                return
            except queue.Full:
                continue

    def _next(self, news):
        """Return the next messages; none after a second of silence."""
        batch = []
        try:
            batch.append(news.get(timeout=1))
            while len(batch) < BATCH:
                batch.append(news.get_nowait())
        except queue.Empty:
            pass
        return batch

    # -- what is going on ------------------------------------------------------------

    def _resync(self, client, news):
        """Have the tracker know what is going on.

        What comes after the list of channels is worked off after it: the tracker does
        not mind to be told again what the list of bridges told already.
        """
        mark = f"sync-{next(self._rounds)}"
        snapshot = {"channels": [], "bridges": []}
        client.send("CoreShowChannels", ActionID=f"{mark}-channels")
        client.send("BridgeList", ActionID=f"{mark}-bridges")
        later, missing = [], {f"{mark}-channels", f"{mark}-bridges"}
        kinds = {
            f"{mark}-channels": ("channels", "CoreShowChannel"),
            f"{mark}-bridges": ("bridges", "BridgeListItem"),
        }
        deadline = time.monotonic() + SYNC
        while missing:
            if client.is_over:
                raise PbxError("ami_gone")
            if time.monotonic() > deadline:
                raise PbxError("ami_silent", "CoreShowChannels")
            for message, at in self._next(news):
                asked = message.get("ActionID")
                if asked not in kinds:
                    if f"{mark}-channels" not in missing:
                        later.append((message, at))
                    continue
                if message.get("Response") == "Error":
                    raise PbxError("ami_read", str(message.get("Message", "")))
                name, event = kinds[asked]
                if message.get("Event") == event:
                    snapshot[name].append(message)
                elif message.get("EventList") == "Complete":
                    missing.discard(asked)
        self._store([self._tracker.resync(snapshot, self._now())], client)
        if later:
            self._work(client, later)

    # -- what happens ----------------------------------------------------------------

    def _work(self, client, batch):
        outputs = []
        self._tracker.doubt(self._outbox.take_lost())
        for message, at in batch:
            try:
                outputs.append(self._tracker.feed(message, at))
            except Exception:
                # One message that nobody has thought of keeps no other from its turn.
                _logger.exception("A message of the PBX cannot be read")
        self._store(outputs, client)
        for message, at in batch:
            for watcher in self._watchers:
                try:
                    watcher(message, at)
                except Exception:
                    _logger.exception("A message of the PBX cannot be kept")

    def _store(self, outputs, client):
        """Store what came of messages, however often it takes."""
        changed, events, queries = {}, [], []
        for output in outputs:
            changed.update(output.changed)
            events += output.events
            queries += output.queries
        while changed or events:
            try:
                self._outbox.commit(changed, events, self._is_held())
                self._status.problem("disk", "")
                self._can_store = True
                break
            except sqlite3.Error as error:
                self._can_store = False
                _logger.error("What happens cannot be stored: %s", error)
                self._status.problem(
                    "disk", f"What happens cannot be stored on the disk: {error}."
                )
                if self._stop.wait(1):
                    return
        for query in queries:
            fields = dict(query)
            client.send(fields.pop("Action"), **fields)
