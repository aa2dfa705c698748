"""The file of the outbox: opened for us alone, and made anew when it is damaged."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import time
from pathlib import Path

from .local_clock import LocalClock

_logger = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    lane INTEGER NOT NULL,
    call_ref TEXT NOT NULL,
    body TEXT NOT NULL,
    made REAL NOT NULL,
    held INTEGER NOT NULL,
    clock REAL
);
CREATE INDEX IF NOT EXISTS event_lane ON event (lane, seq) WHERE held = 0;
CREATE INDEX IF NOT EXISTS event_held ON event (made) WHERE held = 1;
CREATE INDEX IF NOT EXISTS event_call ON event (call_ref);
CREATE TABLE IF NOT EXISTS refused (
    seq INTEGER PRIMARY KEY, body TEXT NOT NULL, reason TEXT NOT NULL, made REAL,
    clock REAL
);
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS dropped (made REAL NOT NULL, events INTEGER NOT NULL);
"""
#: What belongs to a database besides its file.
PARTS = ("", "-wal", "-shm")


def is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the file is no sound database any more."""
    # A full disk and a lock are subclasses; so is what we did wrong ourselves.
    return type(error) is sqlite3.DatabaseError


def open_file(path: Path | str) -> tuple[sqlite3.Connection, Path | None]:
    """Return the database, and where a damaged one is now that lay in its place.

    :raises sqlite3.OperationalError: the disk is full, or may not be written to
    """
    path = Path(path)
    try:
        return _open(path), None
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
        _logger.error("%s is damaged (%s); it is kept as %s", path, error, aside.name)
    # The file last: a log of it that stays behind would be written into the new one.
    for part in reversed(PARTS):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{part}", f"{aside}{part}")
    return _open(path), aside


def _open(path):
    # SQLite gives what it makes beside the file the rights of the file.
    path.touch(mode=0o600)
    for part in PARTS:
        with contextlib.suppress(FileNotFoundError):
            os.chmod(f"{path}{part}", 0o600)
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        # Killed processes lose nothing; a power failure may lose the last moments,
        # which the PBX is asked for anyway.
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA journal_size_limit = 16777216")
        [[found]] = db.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        db.executescript(SCHEMA)
        _add_clock(db)
    except BaseException:
        db.close()
        raise
    return db


def _add_clock(db):
    """Add what a file of an earlier version lacks; its times are Odoo's already."""
    for table in ("event", "refused"):
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        if "clock" not in names:
            db.execute(f"ALTER TABLE {table} ADD COLUMN clock REAL DEFAULT 0")


def clock_of(db: sqlite3.Connection) -> LocalClock:
    """Return our clock, which goes on where that of the process before was."""
    row = db.execute("SELECT value FROM note WHERE name = 'clock'").fetchone()
    clock = LocalClock(json.loads(row[0]) if row else None)
    noted = json.dumps(clock.anchor)
    db.execute("REPLACE INTO note VALUES ('clock', ?)", [noted])
    return clock


def figures(db: sqlite3.Connection) -> dict:
    """Return how much waits, and since when; see `Outbox.figures`."""
    now = time.time()
    since = [now - 86_400]
    count, oldest = db.execute(
        "SELECT count(*), min(made) FROM event WHERE held = 0"
    ).fetchone()
    refused, last = db.execute(
        "SELECT count(*), max(seq) FROM refused WHERE made > ?", since
    ).fetchone()
    [reason] = db.execute(
        "SELECT max(reason) FROM refused WHERE seq = ?", [last]
    ).fetchone()
    [dropped] = db.execute(
        "SELECT coalesce(sum(events), 0) FROM dropped WHERE made > ?", since
    ).fetchone()
    return {
        "outbox": count,
        "oldest": round(now - oldest) if oldest else 0,
        "refused": refused,
        "refusal": reason or "",
        "dropped": dropped,
    }
