"""A call is the fold of the set of its events, whatever their order.

``fold`` is computed anew from all events of a call. Repeats change nothing, neither
does the order in which events arrive; when they arrived is data like any other.
Contradictions are settled by source: statistics and CDR, then END, ANSWER, INTERNAL,
START; then by a fixed comparison. What no event says, stays empty.

How times are found, stands in ``call_times``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .call_asides import mark_asked, recorded, split
from .call_close import close
from .call_legs import LegState, seconds, sort_out, whole
from .call_parties import SOURCE, best, distinct, parties_of, resolve
from .call_result import result_of
from .call_times import times_of
from .call_turns import talkers_of
from .event import (
    AnsweredBy,
    CallEvent,
    Direction,
    Disposition,
    EventKind,
    LegKind,
    State,
)

LONG_AFTER = timedelta(minutes=5)

__all__ = ["CallState", "LegState", "fold"]


@dataclass(frozen=True)
class CallState:
    """A call, as far as its events tell. Times are naive UTC, lengths whole seconds.

    :param disposition: only when ended
    :param number: the other party as the PBX writes it; for an internal call the
        extension that was called
    :param hidden: the caller shows no number
    :param extension: the last who talked, else who dialled, else who was rung last
    :param confirmed: statistics or CDR agree; until then length and result are not
        proven, since the PBX signs neither
    :param recordings: the PBX's references of what was recorded; an empty one among
        them says that more was recorded than the PBX has given a reference for
    :param is_recorded: it is being recorded now, since ``recording_date``; or it is not
        any more since then
    :param merged_into: the call that this one is part of: a consultation that ended in
        a transfer. It is not logged by itself.
    """

    direction: Direction
    state: State
    start_date: datetime
    disposition: Disposition | None = None
    raw_disposition: str = ""
    hangup_cause: int | None = None
    answered_by: AnsweredBy = AnsweredBy.NONE
    number: str = ""
    hidden: bool = False
    did: str = ""
    extension: str = ""
    answer_date: datetime | None = None
    end_date: datetime | None = None
    wait_seconds: int = 0
    ring_seconds: int = 0
    talk_seconds: int = 0
    confirmed: bool = False
    doubtful: bool = False
    recordings: tuple[str, ...] = ()
    is_recorded: bool = False
    recording_date: datetime | None = None
    parent_ref: str = ""
    merged_into: str = ""
    legs: tuple[LegState, ...] = ()


def fold(events: Iterable[CallEvent]) -> CallState:
    """Return the call that these events tell of.

    :param events: all events of one call, in any order and with any repeats
    :raises ValueError: when there are none
    """
    told, asides = split(distinct(events))
    events = told or asides
    if not events:
        raise ValueError("A call has at least one event.")
    parties = parties_of(events)
    direction = parties.direction
    events = resolve(events, parties)
    legs = sort_out(events, parties)
    result = result_of(events, legs, direction)
    times = times_of(events, legs, result, direction)
    states = close(legs, result, times, direction)
    number = _number(events, direction)
    merged = [event for event in events if event.kind == EventKind.MERGED]
    is_recorded, switched_at = recorded(asides)
    return CallState(
        direction=direction,
        state=_state(events, states, result, direction),
        start_date=whole(times.start),
        disposition=result.disposition,
        raw_disposition=result.raw_disposition,
        hangup_cause=result.hangup_cause,
        answered_by=result.answered_by,
        number=number,
        hidden=direction == Direction.INBOUND and not number and _shows(events),
        did=best(events, lambda event: event.did),
        extension=_extension(legs, result, parties),
        answer_date=whole(times.answer),
        end_date=whole(times.end),
        wait_seconds=_wait(times, result),
        ring_seconds=_ring(states, times, direction),
        talk_seconds=times.talk,
        confirmed=result.confirmed,
        doubtful=not result.confirmed and _is_told_twice(events),
        recordings=_recordings(events),
        is_recorded=is_recorded and not result.ended,
        recording_date=whole(switched_at),
        parent_ref=best(events, lambda event: event.parent_ref),
        merged_into=best(merged, lambda event: event.parent_ref),
        legs=tuple(
            replace(leg, number=number) if leg.kind == LegKind.CUSTOMER else leg
            for leg in mark_asked(states, asides)
        ),
    )


def _number(events, direction):
    """Return the other party; who says it outright is believed before the rest."""
    outright = [event for event in events if event.direction == direction]
    return best(outright, lambda event: event.number) or best(
        events, lambda event: event.number
    )


def _shows(events):
    """Tell whether any event would have had the caller's number, had it been shown."""
    return any(SOURCE[event.kind] > 0 for event in events)


def _is_told_twice(events):
    """Tell whether ends without a time of their own arrived long after one another."""
    ends = [
        event.observed_at
        for event in events
        if event.kind == EventKind.ENDED and not event.occurred_at
    ]
    return bool(ends) and max(ends) - min(ends) > LONG_AFTER


def _state(events, legs, result, direction):
    if result.ended:
        return State.ENDED
    heard = any(event.kind == EventKind.RECORDING for event in events)
    if heard or result.answered_by != AnsweredBy.NONE:
        return State.IN_PROGRESS
    return State.RINGING


def _extension(legs, result, parties):
    """Return the last extension that talked, else that dialled, else that rang."""
    talked = talkers_of(legs, result, parties.direction)
    rung = sorted(
        (leg for leg in legs if leg.is_person and leg.rung_at),
        key=lambda leg: (leg.rung_at, leg.ref),
    )
    dialler = [leg for leg in legs if leg.dialled]
    for group in (talked, dialler, rung, legs):
        if agents := [leg.extension for leg in group if leg.kind == LegKind.AGENT]:
            return agents[-1]
    return parties.dialler


def _wait(times, result):
    if times.answer:
        return seconds(times.start, times.answer)
    if result.answered_by in (AnsweredBy.PERSON, AnsweredBy.UNKNOWN):
        return max(0, seconds(times.start, times.end) - times.talk)
    return seconds(times.start, times.end)


def _ring(legs, times, direction):
    """Return how long the leg rang that answered first, or all of them in vain."""
    rings = (LegKind.AGENT, LegKind.EXTERNAL)
    if direction == Direction.OUTBOUND:
        rings = (LegKind.CUSTOMER,)
    rung = [leg for leg in legs if leg.ring_date and leg.kind in rings]
    for leg in sorted(rung, key=lambda leg: (leg.answer_date or times.start, leg.ref)):
        if leg.answer_date or leg.disposition == Disposition.ANSWERED:
            return leg.ring_seconds
    first = min((leg.ring_date for leg in rung), default=None)
    return seconds(first, times.answer or times.end)


def _recordings(events):
    """Return the references that are known, and an empty one if any is missing.

    Each row of statistics is a leg, and may have a recording of its own.
    """
    known = {
        event.recording_ref
        for event in events
        if event.recording_ref and event.recorded is not False
    }
    recorded = [event for event in events if event.recorded]
    rows = sum(event.kind == EventKind.RECORD for event in recorded)
    missing = max(rows, bool(recorded)) > len(known)
    return (*sorted(known), *([""] if missing else []))
