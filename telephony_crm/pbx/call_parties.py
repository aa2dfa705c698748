"""Who is who in a call: what its events say together, where none says it alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .event import CallEvent, Direction, EventKind, LegKind

#: What is believed where events contradict each other: the greater one.
SOURCE = {
    EventKind.RECORD: 6,
    EventKind.ENDED: 5,
    EventKind.ANSWERED: 4,
    EventKind.LEFT: 4,
    EventKind.RINGING: 3,
    EventKind.MENU: 2,
    EventKind.STARTED: 1,
    EventKind.RECORDING: 0,
    EventKind.RECORDING_ON: 0,
    EventKind.RECORDING_OFF: 0,
    EventKind.ASKED: 0,
    EventKind.MERGED: 0,
    EventKind.OTHER: 0,
}
#: The fixed order where even the source is the same.
DIRECTIONS = (Direction.INBOUND, Direction.INTERNAL, Direction.OUTBOUND)
#: Likewise for what rows of statistics suggest: a colleague who is asked within a call
#: does not make it an internal one.
HINTED = (Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL)


def distinct(events: Iterable[CallEvent]) -> list[CallEvent]:
    """Return the events without repeats, in an order that arrival has no part in.

    The same notification seen twice is one that was first seen at the earlier time.
    """
    first: dict[tuple, CallEvent] = {}
    for event in events:
        content = tuple(
            value for name, value in vars(event).items() if name != "observed_at"
        )
        known = first.get(content)
        if known is None or event.observed_at < known.observed_at:
            first[content] = event
    return [first[content] for content in sorted(first, key=str)]


def best(events: Iterable[CallEvent], value: Callable[[CallEvent], str]) -> str:
    """Return what the most trusted event says that says anything, else ``""``."""
    said = [(-SOURCE[event.kind], value(event)) for event in events if value(event)]
    return min(said)[1] if said else ""


def direction_of(events: list[CallEvent]) -> Direction:
    """Return the call's direction; what is only hinted at, counts last."""
    hints = _directions(events, lambda event: event.direction_hint)
    said = _directions(events, lambda event: event.direction)
    if len(said) > 1 and (agreed := said & hints):
        said = agreed
    for direction in DIRECTIONS if said else HINTED:
        if direction in (said or hints):
            return direction
    return Direction.INBOUND


def _directions(events, value):
    """Return the directions that the most trusted events name."""
    said = [(SOURCE[event.kind], value(event)) for event in events if value(event)]
    top = max((rank for rank, _direction in said), default=None)
    return {direction for rank, direction in said if rank == top}


@dataclass(frozen=True)
class Parties:
    """Who takes part in a call, as far as its events say so themselves.

    :param ours: the company's numbers, as digits
    :param theirs: the other party's numbers, as digits
    :param dialler: the extension that placed the call
    """

    direction: Direction
    ours: frozenset[str]
    theirs: frozenset[str]
    dialler: str


def parties_of(events: list[CallEvent]) -> Parties:
    """Return what can be told before the ambiguous events are read."""
    direction = direction_of(events)
    agreeing = [event for event in events if not _contradicts(event, direction)]
    return Parties(
        direction=direction,
        ours=_digits_of(
            event.did or (event.called if event.kind == EventKind.RINGING else "")
            for event in agreeing
        ),
        theirs=_digits_of(event.number for event in agreeing),
        dialler="" if direction == Direction.INBOUND else _dialler(agreeing),
    )


def _contradicts(event, direction):
    """Tell whether an event takes the call for one of another direction.

    Where it only guesses, what it names as the other party was guessed with it.
    """
    if event.direction or not event.number:
        return event.direction not in (None, direction)
    return event.direction_hint not in (None, direction)


def _dialler(events):
    """Return the extension that placed the call, by the plainest evidence."""
    started = [event for event in events if event.kind == EventKind.STARTED]
    answered = [
        event for event in events if event.kind == EventKind.ANSWERED and event.called
    ]
    return (
        best(events, lambda event: event.dialled_by)
        or best(started, lambda event: event.extension)
        or best(events, lambda event: event.extension if event.number else "")
        or best(answered, lambda event: event.extension)
    )


def resolve(events: list[CallEvent], parties: Parties) -> list[CallEvent]:
    """Return the events with their parties named, now that the direction is known."""
    settle = _inbound if parties.direction == Direction.INBOUND else _placed
    return [settle(_as_told(event, parties.direction), parties) for event in events]


def _as_told(event, direction):
    """Return an event without what it says of the parties by a guess that is wrong."""
    if event.direction or not _contradicts(event, direction):
        return event
    return replace(event, number="", did="", dialled_by="")


def _inbound(event, parties):
    """Name the parties of an event of a call that came in.

    Who answered is an extension, or a number outside that is not the company number
    which was dialled. Without that number nothing can be told, and nothing is; but rows
    of statistics name where the call was sent to.
    """
    if event.direction == Direction.OUTBOUND:  # we dial somebody of ours outside
        if is_among(event.number, parties.theirs):
            return replace(event, number="", did="")
        return replace(event, number="", did="", extension="", target=event.number)
    if event.direction:
        return event
    changes = {"number": event.number or event.caller}
    names_target = event.kind == EventKind.RECORD and not event.extension
    if event.kind == EventKind.RINGING:
        changes["did"] = event.did or event.called
    elif (parties.ours or names_target) and event.called:
        if not is_among(event.called, parties.ours):
            changes["target"] = event.target or event.called
    return replace(event, **changes)


def _placed(event, parties):
    """Name the parties of an event of a call that we placed, outside or inside."""
    if event.direction == Direction.INBOUND:
        return replace(event, number="", did="")
    if event.kind == EventKind.RECORD and not event.direction:
        return _placed_row(event, parties)
    if event.direction or event.kind != EventKind.ANSWERED or not event.called:
        return event
    if event.extension and event.extension != parties.dialler:
        return event  # a colleague to whom the call was passed on
    if parties.theirs and not is_among(event.called, parties.theirs):
        return replace(event, target=event.target or event.called)
    return replace(event, number=event.called, leg_kind=LegKind.CUSTOMER)


def _placed_row(event, parties):
    """Name the parties of a row of statistics of a call that we placed.

    A row between two extensions is a colleague's part, in a call outside as well.
    """
    if event.called:
        return replace(event, number=event.called, did=event.did or event.caller)
    if not event.extension or event.extension in (event.dialled_by, parties.dialler):
        return event
    if parties.direction == Direction.INTERNAL:
        return replace(event, number=event.extension)
    return replace(event, dialled_by="")


def digits(number: str) -> str:
    """Return the digits by which two spellings of one number are compared."""
    return re.sub(r"\D", "", number).lstrip("0")


def _digits_of(numbers):
    return frozenset(filter(None, map(digits, numbers)))


def is_among(number: str, known: frozenset[str]) -> bool:
    """Tell whether ``number`` is one of ``known``, with or without country code."""
    wanted = digits(number)
    return any(
        wanted == other
        or (min(len(wanted), len(other)) >= 7 and _ends_alike(wanted, other))
        for other in known
    )


def _ends_alike(left, right):
    return left.endswith(right) or right.endswith(left)
