"""What the tracker remembers and what is still to be told, in one file.

The state of a call and the events that its last change made are written in one
transaction: whenever the process is killed, what is told after it is started again
is what would have been told without.

Events are told by the bridge that was active when they came about, however long it
takes. One that stands by keeps its own for a minute, in case that it has to take over.

Of a call that has lost events nothing that is told is ``confirmed`` any more: the PBX's
own records settle it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .local_clock import put_right
from .outbox_file import figures, is_damage, open_file
from .outbox_refused import LANES, lane_of, put_aside, put_back
from .outbox_room import Room

#: Seconds that a bridge which stands by keeps events.
HELD = 60
#: At most so many events wait; beyond, those of whole old calls are dropped.
LIMIT = 500_000


class Outbox:
    """The file; used by all threads.

    :param path: of the file; it is made if there is none
    :ivar offset: returns how many seconds the times that are stored are ahead of
        Odoo's clock, ``None`` while nobody knows
    :ivar aside: where a damaged file is now that lay there; else ``None``
    :ivar is_damaged: what is stored cannot be relied on any more
    """

    def __init__(self, path: Path | str, limit: int = LIMIT):
        self._limit = limit
        self._lock = threading.RLock()
        self._news = [threading.Event() for _lane in range(LANES)]
        self._lost: set[str] = set()
        self._room = Room(Path(f"{path}.room"))
        try:
            self._db, self.aside = open_file(path)
            self._room.keep()
        except sqlite3.OperationalError:  # even to open it takes some room
            self._room.give()
            self._db, self.aside = open_file(path)
        self.is_damaged = False
        self.offset: Callable[[], float | None] = lambda: 0.0

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def _access(self):
        with self._lock:
            try:
                yield self._db
            except sqlite3.DatabaseError as error:
                self.is_damaged = self.is_damaged or is_damage(error)
                raise

    @contextlib.contextmanager
    def transaction(self, grows: bool = False):
        """Return a context in which all of what is done lasts, or nothing.

        :param grows: it takes more of the disk, so not of the room for what frees some
        """
        with self._access():
            if grows:
                self._room.check()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                raise

    # -- the tracker's side ---------------------------------------------------------

    def state(self) -> dict:
        """Return all that was remembered, by key."""
        with self._access():
            rows = self._db.execute("SELECT key, value FROM state").fetchall()
        return {key: json.loads(value) for key, value in rows}

    def commit(
        self,
        changed: Mapping[str, dict | None],
        events: Iterable[Mapping],
        held: bool = False,
    ) -> None:
        """Remember and tell, or neither.

        :param changed: what is to be remembered by key; `None`: nothing any more
        :param events: as `pbx.event_format` has them, in order
        :param held: this bridge stands by, and another one tells them
        """
        now, lanes, offset = time.time(), set(), self.offset()
        with self.transaction(grows=True) as db:
            for key, value in changed.items():
                if value is None:
                    db.execute("DELETE FROM state WHERE key = ?", [key])
                else:
                    stored = json.dumps(value, separators=(",", ":"))
                    db.execute("REPLACE INTO state VALUES (?, ?)", [key, stored])
            for event in events:
                lane = lane_of(event["call_ref"])
                lanes.add(lane)
                db.execute(
                    "INSERT INTO event (lane, call_ref, body, made, held, clock)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [lane, event["call_ref"], json.dumps(event), now, held, offset],
                )
            if lanes:
                self._make_room(db)
            if lanes and not held:  # what came before it is told before it
                db.execute("UPDATE event SET held = 0 WHERE held = 1")
        if not held:
            for lane in lanes:
                self._news[lane].set()

    def _make_room(self, db):
        """Drop the events of whole calls, the oldest ones, while there are too many."""
        while (over := self._count(db) - self._limit) > 0:
            [[call_ref]] = db.execute(
                "SELECT call_ref FROM event ORDER BY seq LIMIT 1"
            ).fetchall()
            gone = db.execute("DELETE FROM event WHERE call_ref = ?", [call_ref])
            self._lost.add(call_ref)
            db.execute(
                "INSERT INTO dropped VALUES (?, ?)", [time.time(), gone.rowcount]
            )
            if gone.rowcount >= over:
                return

    def _count(self, db):
        # Events are dropped and told from the front, so what lies between the first
        # and the last is nearly all there; exact only when it matters.
        [[first, last]] = db.execute("SELECT min(seq), max(seq) FROM event").fetchall()
        if first is None or last - first < self._limit:
            return 0
        return db.execute("SELECT count(*) FROM event").fetchone()[0]

    def take_lost(self) -> set[str]:
        """Return the calls that have lost events since this was last asked."""
        with self._lock:
            found, self._lost = self._lost, set()
        return found

    # -- standing by and taking over ------------------------------------------------

    def take_over(self) -> None:
        """Tell what was held: the bridge that had told it is gone."""
        with self.transaction() as db:
            found = db.execute("UPDATE event SET held = 0 WHERE held = 1").rowcount
        if found:
            self.wake()

    def forget_held(self) -> None:
        """Forget what the active bridge has told by now: one that is seen."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM event WHERE held = 1 AND made < ?", [time.time() - HELD]
            )

    # -- the sender's side ----------------------------------------------------------

    def wait(self, lane: int, seconds: float) -> None:
        """Wait for something to tell, but no longer than that."""
        self._news[lane].wait(seconds)
        self._news[lane].clear()

    def wake(self) -> None:
        """Have all who wait look again."""
        for news in self._news:
            news.set()

    def next(self, lane: int, limit: int = 20) -> list[tuple[int, str]]:
        """Return the first events of a lane, as ``(seq, body)``.

        Their times are by Odoo's clock, as far as it is known by now.
        """
        with self._access():
            rows = self._db.execute(
                "SELECT seq, body, clock FROM event WHERE lane = ? AND held = 0"
                " ORDER BY seq LIMIT ?",
                [lane, limit],
            ).fetchall()
        now = self.offset() or 0.0
        return [
            (seq, put_right(body, now if clock is None else clock))
            for seq, body, clock in rows
        ]

    def told(self, seqs: Iterable[int]) -> None:
        """Forget what Odoo has taken."""
        rows = [[seq] for seq in seqs]
        self.insist(lambda db: db.executemany("DELETE FROM event WHERE seq = ?", rows))

    def refuse(self, seq: int, reason: str) -> None:
        """Put aside what Odoo will never take, so that the others get on."""
        self._lost |= self.insist(lambda db: put_aside(db, seq, reason))

    def insist(self, work: Callable):
        """Do something in a transaction; on a full disk, in the room kept for it."""
        return self._room.insist(self.transaction, self._access, work)

    def retry(self) -> int:
        """Have all that Odoo refused be told again; return how much that is."""
        with self.transaction() as db:
            found = put_back(db)
        self.wake()
        return found

    # -- figures --------------------------------------------------------------------

    def figures(self) -> dict:
        """Return ``outbox``, ``oldest`` (seconds), ``refused`` and ``dropped``.

        The last two are of the last day: somebody has seen them by then, or never will.
        """
        with self._access() as db:
            return figures(db)

    def tidy(self) -> None:
        """Give disk space back that is not needed any more."""
        self._room.keep()
        with self._access():
            self._db.execute(
                "DELETE FROM dropped WHERE made < ?", [time.time() - 86_400]
            )
            self._db.execute("PRAGMA incremental_vacuum(1000)").fetchall()
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
