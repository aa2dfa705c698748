"""When everything in a call happened, and for how long.

Zadarma and others tell when a call began and nothing else. An event's
arrival is an upper bound for when it happened, since delivery may be late but not
early; each time below is the tightest bound that all events together allow, and they
are always in order: start, ring, answer, answer + talk, end.

start
    the earliest begin that any event names, no later than the first arrival.
end
    the PBX's own time of the end, where it has one; else the arrival of END, unless
    that was clearly late. What is certain without END (the last thing seen before it,
    and the answer or the begin plus the talk that END names) is the earliest end.
    An END that arrives more than ``LATE_ANSWERED`` after that (when answer and length
    are known, the end is known) or ``LATE_UNANSWERED`` (a caller may wait in a queue
    that tells nothing) was delivered late, and the earliest end stands.
answer
    the arrival of ANSWER, or the end less the talk, if that is earlier, as when
    ANSWER arrives behind END. Without any ANSWER there is no answer time.
talk
    the length that END names, until statistics name another. An outbound call may
    have two ENDs, since the PBX can ring the agent first: the shorter is the
    customer's.
wait
    start to answer, or to the end if there was none; if only the answer's time is
    unknown, what the talk leaves over.
ring
    of the leg that answered first, else from the first ring to the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .call_legs import Leg, moment, seconds
from .call_result import FINAL, Result
from .event import CallEvent, Direction, EventKind, LegKind

LATE_ANSWERED = timedelta(minutes=5)
LATE_UNANSWERED = timedelta(hours=1)
#: What is seen while a call goes on.
SEEN = (
    EventKind.STARTED,
    EventKind.MENU,
    EventKind.RINGING,
    EventKind.ANSWERED,
    EventKind.LEFT,
)


@dataclass(frozen=True)
class Times:
    """The bounds of the whole call, within which its legs are placed.

    :param end: ``None`` while the call goes on
    :param answer: ``None`` when nobody answered, or it is not known when
    :param talk: seconds
    """

    start: datetime
    answer: datetime | None
    end: datetime | None
    talk: int


def start_of(events: list[CallEvent]) -> datetime:
    """Return when the call began: nothing of it can have been seen earlier."""
    begun = [event.started_at for event in events if event.started_at]
    return min(begun + [moment(event) for event in events])


def times_of(
    events: list[CallEvent], legs: list[Leg], result: Result, direction: Direction
) -> Times:
    """Return the bounds of the call; see the head of this file."""
    start = start_of(events)
    _observe(legs, events, start)
    answers = _answers(legs, direction)
    if not result.ended:
        return Times(start, min(answers, default=None), None, 0)
    end = max(_end(events, start, answers, result), start)
    talk = result.talk
    if talk is None:
        talk = seconds(min(answers, default=None), end)
    talk = min(talk, seconds(start, end))
    answer = None
    if answers:
        answer = max(start, min(min(answers), end - timedelta(seconds=talk)))
    return Times(start, answer, end, talk)


def _end(events, start, answers, result):
    """Return when the call ended, or the earliest end if END was clearly late."""
    finals = {kind: [event for event in events if event.kind == kind] for kind in FINAL}
    for kind in FINAL:
        if own := [moment(event) for event in finals[kind] if event.occurred_at]:
            return max(own)
    rows, ends = finals[EventKind.RECORD], finals[EventKind.ENDED]
    seen = max(moment(event) for event in ends or rows)
    known = [start]
    known += [
        at for event in events if event.kind in SEEN if (at := moment(event)) < seen
    ]
    on_time = [at for at in answers if at < seen]
    known.append(max(on_time, default=start) + timedelta(seconds=result.talk or 0))
    known += [
        row.started_at + timedelta(seconds=row.talk_seconds or 0)
        for row in rows
        if row.started_at
    ]
    earliest = min(max(known), seen)
    if not ends:
        return earliest  # when statistics were fetched, says nothing
    if result.talk is None:
        return seen  # nobody says how long they talked
    patience = LATE_ANSWERED if on_time and result.talk else LATE_UNANSWERED
    return seen if seen - earliest <= patience else earliest


def _observe(legs, events, start):
    """Note when each leg was rung and answered, for all that was seen.

    An ANSWER that names nobody is the answer of the only leg that END says was
    answered, if nothing but that leg can have answered.
    """
    for leg in legs:
        rung = [moment(event) for event in leg.all_of(EventKind.RINGING)]
        if leg.all_of(EventKind.STARTED) or leg.dialled or leg.kind == LegKind.CUSTOMER:
            rung.append(start)
        else:  # the PBX's own row of the leg tells when it began, or only the call
            rows = [row.started_at for row in leg.all_of(FINAL[0]) if row.started_at]
            rung += [at for at in rows if at > start or not rung]
        leg.rung_at = max(min(rung), start) if rung else None
        answered = [moment(event) for event in leg.all_of(EventKind.ANSWERED)]
        if answered and leg.is_answered:
            # Of two, the customer's is the later one: the agent is rung first.
            last = leg.kind == LegKind.CUSTOMER
            leg.answered_at = max(max(answered) if last else min(answered), start)
        if left := [moment(event) for event in leg.all_of(EventKind.LEFT)]:
            leg.left_at = max(max(left), leg.answered_at or start)
    talkers = [leg for leg in legs if leg.is_person and leg.is_answered]
    anonymous = [
        moment(event)
        for event in events
        if event.kind == EventKind.ANSWERED and not event.names_leg
    ]
    has_menu = any(event.kind == EventKind.MENU for event in events)
    if len(talkers) == 1 and anonymous and not has_menu:
        (leg,) = talkers
        at = max(min(anonymous), start)
        if leg.answered_at is None and (leg.rung_at is None or leg.rung_at <= at):
            leg.answered_at = at


def _answers(legs, direction):
    """Return when the other party was spoken with, by each who did so."""
    return [
        leg.answered_at
        for leg in legs
        if leg.is_answered and leg.answered_at
        if (
            leg.kind == LegKind.CUSTOMER
            if direction == Direction.OUTBOUND
            else leg.is_person
        )
    ]
