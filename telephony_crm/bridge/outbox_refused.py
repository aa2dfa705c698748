"""What Odoo has refused: kept aside, and told again when somebody asks for it."""

from __future__ import annotations

import json
import sqlite3
import zlib

#: In how many threads events are sent: those of one call always in the same.
LANES = 4
#: Of those that Odoo refused so many are kept, to be looked at.
REFUSED = 1000


def lane_of(call_ref: str) -> int:
    """Return in which lane the events of a call go; the same after a restart."""
    return zlib.crc32(call_ref.encode(errors="replace")) % LANES


def put_aside(db: sqlite3.Connection, seq: int, reason: str) -> set[str]:
    """Put an event aside; return the call that it is lacking in, if there is one.

    Nothing of that call is confirmed any more.
    """
    rows = db.execute(
        "SELECT seq, call_ref, body FROM event"
        " WHERE call_ref = (SELECT call_ref FROM event WHERE seq = ?)",
        [seq],
    ).fetchall()
    for place, _call_ref, body in rows:
        told = json.loads(body)
        if place != seq and told.pop("confirmed", None):
            db.execute(
                "UPDATE event SET body = ? WHERE seq = ?", [json.dumps(told), place]
            )
    db.execute(
        "INSERT OR REPLACE INTO refused (seq, body, reason, made, clock)"
        " SELECT seq, body, ?, made, clock FROM event WHERE seq = ?",
        [reason[:500], seq],
    )
    db.execute("DELETE FROM event WHERE seq = ?", [seq])
    db.execute(
        "DELETE FROM refused WHERE seq <= (SELECT seq FROM refused"
        " ORDER BY seq DESC LIMIT 1 OFFSET ?)",
        [REFUSED],
    )
    return {call_ref for _seq, call_ref, _body in rows}


def put_back(db: sqlite3.Connection) -> int:
    """Have all that was put aside be told again, where it was; return how many.

    A place is never given to two events, so theirs are free.
    """
    rows = db.execute("SELECT seq, body, made, clock FROM refused").fetchall()
    for seq, body, made, clock in rows:
        call_ref = json.loads(body)["call_ref"]
        db.execute(
            "INSERT INTO event (seq, lane, call_ref, body, made, held, clock)"
            " VALUES (?, ?, ?, ?, ?, 0, ?)",
            [seq, lane_of(call_ref), call_ref, body, made, clock],
        )
    db.execute("DELETE FROM refused")
    return len(rows)
