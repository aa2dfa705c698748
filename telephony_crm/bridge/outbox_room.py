"""Room on the disk that is kept for what frees room.

To forget what was told takes some space first. A disk that is full of what waits would
stay so for ever, although Odoo is there again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

SIZE = 1024 * 1024


class Room:
    """A file that stands for it, beside the database.

    :ivar is_given: it is used, so nothing may be left lying about
    """

    def __init__(self, path: Path):
        self._path, self.is_given = path, True
        self.keep()

    def keep(self) -> None:
        """Have the file, if there is room for it."""
        if self._path.exists() and self._path.stat().st_size == SIZE:
            self.is_given = False
            return
        try:
            self._path.touch(mode=0o600)
            with self._path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, SIZE)
            self.is_given = False
        except OSError:
            self._remove()

    def give(self, db: sqlite3.Connection) -> None:
        """Use the room, and what the database does not need at the moment."""
        self._remove()
        self.is_given = True
        self.shrink(db)

    def shrink(self, db: sqlite3.Connection) -> None:
        """Have the database hold no more than it has to."""
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _remove(self):
        with contextlib.suppress(OSError):
            self._path.unlink()
