"""What became of a call: who answered, the disposition, how long was talked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .call_legs import MACHINES, Leg
from .event import (
    AnsweredBy,
    CallEvent,
    Direction,
    Disposition,
    EventKind,
    LegKind,
)

#: Q.850: the called party refuses.
CALL_REJECTED = 21
FINAL = (EventKind.RECORD, EventKind.ENDED)
#: Of several results the first that fits, when nothing better tells them apart.
PREFERENCE = list(Disposition)
#: What the PBX's result of a call that we placed means when nobody answered.
NOT_REACHED = {
    Disposition.BUSY: Disposition.BUSY,
    Disposition.REJECTED: Disposition.BUSY,
    Disposition.CANCELLED: Disposition.CANCELLED,
    Disposition.FAILED: Disposition.FAILED,
}


@dataclass(frozen=True)
class Result:
    """What became of a call.

    :param disposition: only when ended
    :param talk: seconds, ``None`` when talked but not said how long
    """

    ended: bool
    answered_by: AnsweredBy
    disposition: Disposition | None
    raw_disposition: str
    hangup_cause: int | None
    talk: int | None
    confirmed: bool

    @property
    def is_answered(self) -> bool:
        """Whether a person talked, for all that is known."""
        return self.answered_by == AnsweredBy.PERSON


def result_of(events: list[CallEvent], legs: list[Leg], direction: Direction) -> Result:
    """Decide what became of the call, and mark the legs that were answered."""
    overruled = direction == Direction.INBOUND and _is_overruled(events)
    for leg in legs:
        leg.is_answered = _is_answered(leg, overruled)
    ended = any(event.kind in FINAL for event in events)
    confirmed = any(event.confirmed for event in events)
    final = _decisive(events, direction)
    answered_by = _answered_by(events, legs, direction, confirmed)
    disposition = None
    if ended:
        settle = _inbound if direction == Direction.INBOUND else _placed
        disposition = settle(legs, answered_by, final)
    talked = ended and answered_by in (AnsweredBy.PERSON, AnsweredBy.UNKNOWN)
    return Result(
        ended=ended,
        answered_by=answered_by,
        disposition=disposition,
        raw_disposition=final.raw_disposition if final else "",
        hangup_cause=final.hangup_cause if final else None,
        talk=_talk(events, legs, direction) if talked else 0,
        confirmed=confirmed,
    )


def _is_answered(leg, overruled):
    """Tell whether a leg was answered, by what is believed most.

    A call by click has two ENDs under one id, of the agent's leg and the customer's,
    and both may name the customer: if either was not answered, it is the customer's.
    """
    for kind in (*FINAL, EventKind.LEFT):
        if said := leg.said(kind):
            if leg.kind == LegKind.CUSTOMER:
                return said == {Disposition.ANSWERED}
            return Disposition.ANSWERED in said
    return bool(leg.all_of(EventKind.ANSWERED)) and not overruled


def _is_overruled(events):
    """Tell whether the end of the call says that nobody answered at all."""
    for kind in FINAL:
        finals = [event for event in events if event.kind == kind and event.disposition]
        if any(event.disposition == Disposition.ANSWERED for event in finals):
            return False
        if any(not event.names_leg for event in finals):
            return True
    return False


def _decisive(events, direction):
    """Return the event that tells the result of the whole call, if one does.

    Of several the one that was answered, since somebody took the call; of a call
    that we placed the one that was not, since that is the customer's.
    """
    finals = [event for event in events if event.kind in FINAL]
    if direction == Direction.OUTBOUND:
        finals = [e for e in finals if e.leg_kind != LegKind.AGENT] or finals
    wanted = direction != Direction.OUTBOUND

    def order(event):
        said = event.disposition
        return (
            said is None,
            FINAL.index(event.kind),
            (said == Disposition.ANSWERED) != wanted,
            PREFERENCE.index(said) if said else 0,
            repr(event),
        )

    return min(finals, key=order, default=None)


def _answered_by(events, legs, direction, confirmed):
    if direction == Direction.OUTBOUND:
        reached = any(leg.is_answered for leg in legs if leg.kind == LegKind.CUSTOMER)
        return AnsweredBy.PERSON if reached else AnsweredBy.NONE
    if any(leg.is_answered for leg in legs if leg.is_person):
        return AnsweredBy.PERSON
    told = _told(events)
    if Disposition.VOICEMAIL in told or any(
        leg.is_answered for leg in legs if leg.kind in MACHINES
    ):
        return AnsweredBy.MACHINE
    if Disposition.ANSWERED in told:
        return AnsweredBy.MACHINE if confirmed else AnsweredBy.UNKNOWN
    if not told and any(_is_sign_of_answer(event) for event in events):
        return AnsweredBy.UNKNOWN
    return AnsweredBy.NONE


def _told(events):
    """Return the dispositions that the most trusted events name."""
    for kind in FINAL:
        if said := {e.disposition for e in events if e.kind == kind} - {None}:
            return said
    return set()


def _is_sign_of_answer(event):
    """Tell whether something was heard, whoever it was: there is a recording of it."""
    return event.kind in (EventKind.ANSWERED, EventKind.RECORDING)


def _inbound(legs, answered_by, final):
    """Return the first disposition of a call that came in that fits.

    Busy, whether somebody was rung or every line was taken, is no refusal: the caller
    is owed a call-back. Whom we have refused ourselves, the log knows.
    """
    said = final.disposition
    was_rung = any(leg.is_person for leg in legs)
    if answered_by in (AnsweredBy.PERSON, AnsweredBy.UNKNOWN):
        return Disposition.ANSWERED
    if said == Disposition.REJECTED or final.hangup_cause == CALL_REJECTED:
        return Disposition.REJECTED
    if said == Disposition.VOICEMAIL or any(
        leg.is_answered for leg in legs if leg.kind == LegKind.VOICEMAIL
    ):
        return Disposition.VOICEMAIL
    if was_rung or said in (Disposition.NO_ANSWER, Disposition.MISSED):
        return Disposition.MISSED
    return said if said == Disposition.FAILED else Disposition.ABANDONED


def _placed(_legs, answered_by, final):
    """Return the disposition of a call that we placed."""
    if answered_by in (AnsweredBy.PERSON, AnsweredBy.UNKNOWN):
        return Disposition.ANSWERED
    return NOT_REACHED.get(final.disposition, Disposition.NO_ANSWER)


def _talk(events, legs, direction):
    """Return the seconds that were talked, or ``None`` when nothing says.

    Statistics have a row for each leg. Of two ENDs of a call that we placed, the
    longer is the agent's, who heard it ring.
    """
    talked = [
        leg
        for leg in legs
        if leg.is_answered and (leg.is_person or leg.kind == LegKind.CUSTOMER)
    ]
    customer = [leg for leg in talked if leg.kind == LegKind.CUSTOMER]
    for some in (customer, talked):
        if rows := sum(talk_of_rows(leg, direction) for leg in some):
            return rows
    for kind in FINAL:
        said = [
            event.talk_seconds
            for event in events
            if event.kind == kind and event.talk_seconds is not None
        ]
        if said:
            return min(said) if direction == Direction.OUTBOUND else max(said)
    return None


def talk_of_rows(leg: Leg, direction: Direction) -> int:
    """Return the seconds that a leg talked by its rows in the statistics.

    Rows that overlap tell of one talk: where we placed the call, the longer of them is
    the side of who placed it. An extension that the call came back to has talked twice.
    """
    choose = max if direction == Direction.INBOUND else min
    rows = [row for row in leg.all_of(EventKind.RECORD) if row.talk_seconds]
    rows.sort(key=lambda row: (row.started_at or row.observed_at, row.talk_seconds))
    talks, until = [], None
    for row in rows:
        begin = row.started_at or row.observed_at
        if until is None or begin >= until:
            talks.append(row.talk_seconds)
        talks[-1] = choose(talks[-1], row.talk_seconds)
        end = begin + timedelta(seconds=row.talk_seconds)
        until = max(until or end, end)
    return sum(talks)
