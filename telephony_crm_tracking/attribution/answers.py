"""Reading what receivers of conversions answer; nothing here raises."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .clean import text
from .conversion import Result, State

MAX_ANSWER = 1_000_000
MAX_REASON = 250


def data(body: bytes) -> dict:
    """Return the JSON object of a body; an empty one when it holds none."""
    if len(body) > MAX_ANSWER:
        return {}
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def part(found: object, name: str) -> dict:
    """Return an object within an object; an empty one when there is none."""
    inner = found.get(name) if isinstance(found, Mapping) else None
    return inner if isinstance(inner, dict) else {}


def parts(found: object, name: str) -> list[dict]:
    """Return the objects of a list within an object; none when there is no list."""
    inner = found.get(name) if isinstance(found, Mapping) else None
    return (
        [one for one in inner if isinstance(one, dict)]
        if isinstance(inner, list)
        else []
    )


def words(value: object) -> str:
    """Return a receiver's words, cleaned and cut."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return text(value, MAX_REASON)


def by_status(status: int, reason: str = "") -> Result:
    """Return what an HTTP status alone says.

    Who does not know us (401, 403) or wants it slower (429) has taken nothing. A
    failure on their side, or a time-out (408), leaves open whether it was taken.
    """
    reason = reason or f"HTTP {status}"
    if 200 <= status < 300:
        return Result(State.SENT)
    if status in (401, 403, 429):
        return Result(State.WAITING, reason)
    if 400 <= status < 500 and status != 408:
        return Result(State.REFUSED, reason)
    return Result(State.UNKNOWN, reason)
