"""What becomes of each leg: who won, who was rung in vain, who passed the call on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from .call_legs import Leg, LegState, seconds, whole
from .call_result import Result, talk_of_rows
from .call_times import Times
from .call_turns import talkers_of, was_over
from .event import (
    AnsweredBy,
    Direction,
    Disposition,
    EventKind,
    LegKind,
    State,
)

#: Events whose lengths are those of the leg, not of the whole call.
LENGTHS = (EventKind.LEFT, EventKind.RECORD)
#: Within this time the legs of a group begin to ring.
AT_ONCE = timedelta(seconds=2)


def close(
    legs: list[Leg], result: Result, times: Times, direction: Direction
) -> tuple[LegState, ...]:
    """Return the state of every leg, in the order in which they appeared."""
    return _Closing(legs, result, times, direction).states()


class _Closing:
    """One pass over the legs of a call, within the times of the call."""

    def __init__(self, legs, result, times, direction):
        self.legs = legs
        self.result = result
        self.times = times
        self.direction = direction
        self.talkers = talkers_of(legs, result, direction)
        #: Have picked up, and wait for the customer.
        self.waiting = [
            leg
            for leg in legs
            if leg.is_person and leg.is_answered and leg not in self.talkers
        ]
        self.seen_answers = {
            leg.ref: leg.answered_at for leg in self.talkers if leg.answered_at
        }
        self._place_answers()

    def states(self):
        self.talks = self._talks()
        states = [state for leg in self.legs for state in self._states(leg)]
        return tuple(
            sorted(
                states,
                key=lambda leg: (
                    leg.ring_date or leg.answer_date or self.times.start,
                    leg.kind,
                    leg.ref,
                ),
            )
        )

    # -- talking ---------------------------------------------------------------------

    def _place_answers(self):
        """Bring the answers of the legs within those of the call."""
        answer, end = self.times.answer, self.times.end
        for leg in self.legs:
            if leg.dialled or leg.kind == LegKind.CUSTOMER:
                answered = self.result.is_answered if leg.dialled else leg.is_answered
                leg.answered_at = answer if answered else None
            elif leg in self.waiting:
                leg.answered_at = None
            elif leg.answered_at:
                leg.answered_at = min(leg.answered_at, end or leg.answered_at)
        # who is first without having been seen to answer, has no time of its own
        first = self.talkers[0] if self.talkers else None
        if first and first.answered_at and not any(leg.dialled for leg in self.talkers):
            first.answered_at = answer

    def _end_of_talk(self, leg):
        """Return when a leg's talk ended: when the next took over, or with the call.

        Where the PBX says when the leg was over, it was.
        """
        if leg.left_at:
            return _no_later(leg.left_at, self.times.end)
        after = self.talkers[self.talkers.index(leg) + 1 :]
        next_at = after[0].answered_at if after else None
        if next_at and leg.answered_at:
            return max(next_at, leg.answered_at)
        if after and leg.answered_at and (talk := self._row(leg)):
            return min(leg.answered_at + timedelta(seconds=talk), self.times.end)
        return next_at or self.times.end

    def _row(self, leg):
        return talk_of_rows(leg, self.direction)

    def _talks(self):
        """Return the seconds that each leg talked; together those of the call.

        Where the PBX tells of each leg when it left, two may have talked at once. The
        row of who placed the call is the customer's, and holds what colleagues talked
        to whom the call was passed on.
        """
        rows = {leg.ref: self._row(leg) for leg in self.talkers}
        left, talks = self.times.talk, {}
        for leg in self.talkers:
            own = rows.pop(leg.ref) or _said(leg, "talk_seconds")
            if own and leg.dialled:
                own = max(0, min(own, left) - sum(rows.values()))
            elif not own and leg is self.talkers[-1]:
                own = left
            elif not own:
                own = seconds(leg.answered_at, self._end_of_talk(leg))
            talks[leg.ref] = min(own, left)
            left -= talks[leg.ref]
            if told := _told(leg):
                talks[leg.ref] = min(told, self.times.talk)
        return talks

    # -- one leg ---------------------------------------------------------------------

    def _states(self, leg):
        """Return the state of a leg, and of its second life if it has one.

        Who has lost to another and gets the call passed on later, has a new leg: the
        PBX may send no second notification of ringing, and what ended stays ended.
        """
        if leg not in self.talkers:
            return [self._silent(leg)]
        talked = self._talked(leg)
        before = self.talkers[: self.talkers.index(leg)]
        wins = self._wins_over(leg, before) if leg.rung_at else []
        if not wins:
            return [talked]
        lost = self._build(
            replace(leg, answered_at=None),
            State.ENDED,
            Disposition.ANSWERED_ELSEWHERE,
            min(wins),
            talk=0,
        )
        again = replace(talked, ref=f"{leg.ref}:2", ring_date=None, ring_seconds=0)
        return [lost, again]

    def _silent(self, leg):
        if leg.dialled or leg.kind == LegKind.CUSTOMER or leg in self.waiting:
            return self._with_call(leg)
        if leg.is_person:
            return self._in_vain(leg)
        return self._machine(leg)

    def _talked(self, leg):
        end = self._end_of_talk(leg)
        rung_until = leg.answered_at
        if rung_until is None and self.times.end and len(self.talkers) == 1:
            rung_until = self._talk_began()
        return self._build(
            leg,
            State.IN_PROGRESS if end is None else State.ENDED,
            Disposition.ANSWERED,
            end,
            rung_until,
        )

    def _with_call(self, leg):
        """Return the state of a leg that lives as long as the call does."""
        result, end = self.result, self.times.end
        is_customer = leg.kind == LegKind.CUSTOMER
        answered = leg.is_answered if is_customer else result.is_answered
        disposition = Disposition.ANSWERED if answered else result.disposition
        if is_customer and not answered and result.is_answered:
            disposition = Disposition.NO_ANSWER  # another number was reached instead
        has_picked_up = leg.all_of(EventKind.ANSWERED)
        state = State.IN_PROGRESS if answered or has_picked_up else State.RINGING
        talk = self.times.talk if answered else 0
        return self._build(
            leg, State.ENDED if end else state, disposition, end, leg.answered_at, talk
        )

    def _in_vain(self, leg):
        """Return the state of a leg that was rung and did not talk.

        Who rang when another answered, has lost to that one. Who is rung only later
        is to take the call over, and goes on to ring.
        """
        wins = self._wins_over(leg, self.talkers)
        elsewhere = Disposition.ANSWERED_ELSEWHERE
        if leg.left_at and not any(win <= leg.left_at for win in wins):
            return self._build(leg, State.ENDED, self._of_left(leg), leg.left_at)
        if wins:
            return self._build(leg, State.ENDED, elsewhere, min(wins))
        if not self.times.end:
            return self._build(leg, State.RINGING, None, None)
        if self._lost_unseen(leg):
            return self._build(leg, State.ENDED, elsewhere, self._talk_began())
        return self._build(leg, State.ENDED, self._of_nobody(), self.times.end)

    def _lost_unseen(self, leg):
        """Tell whether a leg lost to another whose answer nobody saw.

        Statistics tell that it talked to nobody, but not whether it rang before the
        talk or was to take the call over later.
        """
        if all(other.answered_at for other in self.talkers):
            return False
        if leg.all_of(EventKind.RECORD) and leg.rung_at:
            return leg.rung_at <= self._talk_began() + AT_ONCE
        return not leg.said(EventKind.ENDED) | leg.said(EventKind.RECORD)

    def _wins_over(self, leg, others):
        """Return when others answered while this leg rang.

        Where the winner's own ring is not known, or arrived after the time that its
        answer turned out to have had, the order of the notifications has to do.
        """
        wins = []
        for other in others:
            if other.answered_at is None or was_over(other, leg):
                continue
            seen_at = other.answered_at
            if other.rung_at is None or other.rung_at > seen_at:
                seen_at = self.seen_answers.get(other.ref, seen_at)
            if leg.rung_at is None or leg.rung_at <= seen_at:
                wins.append(other.answered_at)
        return wins

    def _of_left(self, leg):
        """Return the disposition of a leg that was over before anybody took the call.

        Hanging up in one's talk with nobody is no answer.
        """
        said = leg.said(EventKind.LEFT) - {Disposition.ANSWERED}
        if said:
            return min(said)
        inbound = self.direction == Direction.INBOUND
        return Disposition.MISSED if inbound else Disposition.NO_ANSWER

    def _of_nobody(self):
        """Return the disposition of a leg that nobody answered."""
        if self.result.answered_by == AnsweredBy.UNKNOWN:
            return None
        said = self.result.disposition
        if said in (Disposition.ANSWERED, Disposition.VOICEMAIL, Disposition.ABANDONED):
            return Disposition.MISSED
        return said

    def _machine(self, leg):
        wins = [other.answered_at for other in self.talkers if other.answered_at]
        end = min(wins, default=self.times.end)
        return self._build(
            leg,
            State.ENDED if end else State.IN_PROGRESS,
            Disposition.ANSWERED if leg.is_answered else None,
            end,
        )

    def _talk_began(self):
        """Return when the talk began, counted back from the end."""
        return max(
            self.times.end - timedelta(seconds=self.times.talk), self.times.start
        )

    def _build(self, leg, state, disposition, end, rung_until=None, talk=None):
        if leg.left_at:
            end, state = _no_later(leg.left_at, end), State.ENDED
        end = _no_later(end, self.times.end)
        answered_at = _no_later(leg.answered_at, end)
        rung_at = _no_later(_no_later(leg.rung_at, answered_at), end)
        talk = self.talks.get(leg.ref, 0) if talk is None else talk
        return LegState(
            ref=leg.ref,
            kind=leg.kind,
            extension=leg.extension,
            number=leg.number,
            state=state,
            disposition=disposition if state == State.ENDED else None,
            ring_date=whole(rung_at),
            answer_date=whole(answered_at),
            end_date=whole(end),
            ring_seconds=seconds(rung_at, rung_until or answered_at or end),
            talk_seconds=talk,
            hold_seconds=min(_said(leg, "hold_seconds"), talk),
        )


def _told(leg):
    """Return how long a leg talked by the PBX itself, told when it left."""
    left = [event.talk_seconds or 0 for event in leg.all_of(EventKind.LEFT)]
    return 0 if leg.all_of(EventKind.RECORD) else max(left, default=0)


def _said(leg, name):
    """Return a length that events of the leg name; of several the longest."""
    return max((getattr(event, name) or 0 for event in _own(leg)), default=0)


def _own(leg):
    """Return the events that speak of nothing but this leg's part of the call."""
    return [event for event in leg.events if event.kind in LENGTHS]


def _no_later(at: datetime | None, bound: datetime | None):
    return min(at, bound) if at and bound else at
