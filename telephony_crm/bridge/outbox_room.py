"""Room on the disk that is kept for what frees room.

To forget what was told takes some space first. A disk that is full of what waits would
stay so for ever, although Odoo is there again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

#: More than the log of the database ever takes, which has to find room in its file.
SIZE = 8 * 1024 * 1024


class Room:
    """A file that stands for it, beside the database.

    :ivar is_given: it is used, so nothing may be left lying about
    """

    def __init__(self, path: Path):
        self._path, self.is_given = path, False

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
            self.give()

    def give(self) -> None:
        """Have the room be used; later, when there is enough, it is kept again."""
        self._remove()
        self.is_given = True

    def check(self) -> None:
        """Let nothing more be stored before the room is there again.

        :raises sqlite3.OperationalError: as the database does when the disk is full
        """
        if self.is_given:
            self.keep()
        if self.is_given:
            raise sqlite3.OperationalError("database or disk is full")

    def insist(self, transaction: Callable, access: Callable, work: Callable):
        """Do something in a transaction, and once more in this room if need be.

        :param access: returns a context with the database, of which no other thread
            makes use meanwhile
        :param work: is given the database
        :return: what ``work`` returns
        """
        try:
            with transaction() as db:
                return work(db)
        except sqlite3.OperationalError:
            self.give()
            _shrink(access)
            with transaction() as db:
                return work(db)
        finally:
            if self.is_given:
                _shrink(access)

    def _remove(self):
        with contextlib.suppress(OSError):
            self._path.unlink()


def _shrink(access):
    """Have the database hold no more than it needs at the moment."""
    with contextlib.suppress(sqlite3.OperationalError), access() as db:
        db.execute("PRAGMA incremental_vacuum(100)").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
