"""Who of ours talked in a call, and in which order."""

from __future__ import annotations

from datetime import timedelta

from .call_legs import Leg
from .call_result import Result
from .event import Direction, EventKind


def talkers_of(legs: list[Leg], result: Result, direction: Direction) -> list[Leg]:
    """Return the legs of ours that talked, one after the other.

    Who placed a call outside is the first, and while the customer has not answered
    nobody talks; inside, both ends talk at once and only the called side can be
    passed on.
    """
    if direction == Direction.OUTBOUND and not result.is_answered:
        return []
    talked = [leg for leg in legs if leg.is_person and leg.is_answered]
    begins = {leg.ref: _row_begins(leg) for leg in talked}
    told = all(begins.values())  # by the PBX itself; what arrives, may be late
    talked.sort(key=lambda leg: (begins[leg.ref] if told else 0, *_turn(leg)))
    if direction == Direction.OUTBOUND:
        return [leg for leg in legs if leg.dialled] + talked
    return talked


def _turn(leg):
    """Return what sorts those who talked.

    Whose answer nobody saw, is believed to be the last if END names it, else has its
    place by when its row in the statistics begins.
    """
    at = leg.answered_at
    if at is None and not leg.all_of(EventKind.ENDED):
        at = _row_begins(leg)
    return at is None, at or 0, leg.ref


def _row_begins(leg):
    """Return when the row of a leg's talk begins; ``None`` without one."""
    rows = [row for row in leg.all_of(EventKind.RECORD) if row.talk_seconds]
    return max((row.started_at for row in rows if row.started_at), default=None)


def was_over(other, leg):
    """Tell whether the PBX's own row has the whole talk of another before this ring."""
    ends = [
        row.started_at + timedelta(seconds=row.talk_seconds)
        for row in other.all_of(EventKind.RECORD)
        if row.talk_seconds and row.started_at
    ]
    return bool(ends and leg.rung_at) and max(ends) <= leg.rung_at
