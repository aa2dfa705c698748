"""The records that AMI has told, beside the outbox."""

from __future__ import annotations

import json
import time

from .outbox import Outbox

#: They are kept for so long, and so many of them.
DAYS, ROWS = 40, 200_000
SCHEMA = """
CREATE TABLE IF NOT EXISTS cdr (
    seq INTEGER PRIMARY KEY, began REAL NOT NULL, row TEXT NOT NULL, clock REAL
)
"""


class Store:
    """Rows by when their call began.

    Times in a row are by our clock, and with it goes how far that was ahead of Odoo's.
    When the call began is by Odoo's clock as soon as that is known.
    """

    def __init__(self, outbox: Outbox):
        self._outbox = outbox
        self._added = 0
        with outbox.transaction() as db:
            db.execute(SCHEMA)
            if "clock" not in [row[1] for row in db.execute("PRAGMA table_info(cdr)")]:
                db.execute("ALTER TABLE cdr ADD COLUMN clock REAL DEFAULT 0")
            db.execute("CREATE INDEX IF NOT EXISTS cdr_began ON cdr (began, seq)")
            db.execute(
                "CREATE INDEX IF NOT EXISTS cdr_unsure ON cdr (seq) WHERE clock IS NULL"
            )

    def add(self, row: dict, began: float) -> None:
        """Keep a row.

        :param began: when its call did, by our clock
        """
        ahead = self._outbox.offset()
        with self._outbox.transaction(grows=True) as db:
            db.execute(
                "INSERT INTO cdr (began, row, clock) VALUES (?, ?, ?)",
                [began - (ahead or 0), json.dumps(row), ahead],
            )
            self._added += 1
            if self._added % 1000 == 1:
                db.execute(
                    "DELETE FROM cdr WHERE began < ?"
                    " OR seq <= (SELECT max(seq) FROM cdr) - ?",
                    [time.time() - DAYS * 86_400, ROWS],
                )

    def rows(
        self, start: float, end: float, skip: int, limit: int
    ) -> list[tuple[dict, float]]:
        """Return the rows of the calls that began in a period, in order.

        :param start: and ``end``, by Odoo's clock
        :return: each with the seconds that the clock of its times was ahead
        """
        ahead = self._outbox.offset()
        with self._outbox.transaction() as db:
            if ahead is not None:
                db.execute(
                    "UPDATE cdr SET began = began - ?, clock = ? WHERE clock IS NULL",
                    [ahead, ahead],
                )
            found = db.execute(
                "SELECT row, clock FROM cdr WHERE began >= ? AND began < ?"
                " ORDER BY began, seq LIMIT ? OFFSET ?",
                [start, end, limit, skip],
            ).fetchall()
        return [(json.loads(row), clock or 0.0) for row, clock in found]
