"""One notification of a PBX, in words that every PBX has in common.

An adapter turns a vendor's payload into ``CallEvent``s; ``call_state.fold`` turns the
set of a call's events into the call. All times are naive UTC datetimes, all lengths
whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Word(str, Enum):
    """A string with a closed list of values; prints as the value itself."""

    def __str__(self) -> str:
        return self.value

    __format__ = str.__format__


class EventKind(Word):
    """What happened."""

    STARTED = "started"  # a call came in, or is being dialled
    RINGING = "ringing"  # an extension or another number is rung
    ANSWERED = "answered"
    LEFT = "left"  # a leg is over, while the call may go on
    ENDED = "ended"  # the call is over
    RECORD = "record"  # a row of the PBX's statistics or CDR, per leg
    RECORDING = "recording"  # the sound of a leg can be fetched
    RECORDING_ON = "recording_on"  # the call begins to be recorded
    RECORDING_OFF = "recording_off"  # it is not recorded any more
    ASKED = "asked"  # who was rung is asked by one of ours, while the other waits
    MENU = "menu"  # the caller is in a menu
    MERGED = "merged"  # it turned out to be part of another call
    OTHER = "other"


class Direction(Word):
    """Seen from the company."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class Disposition(Word):
    """The PBX's result of a call or a leg; not the agent's outcome."""

    ANSWERED = "answered"
    MISSED = "missed"
    ABANDONED = "abandoned"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    FAILED = "failed"
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # of legs only


class LegKind(Word):
    """Whose part of a call a leg is."""

    AGENT = "agent"
    CUSTOMER = "customer"
    EXTERNAL = "external"  # somebody of ours, reached outside: a mobile
    QUEUE = "queue"
    IVR = "ivr"
    VOICEMAIL = "voicemail"


class AnsweredBy(Word):
    """Who took the call."""

    PERSON = "person"
    MACHINE = "machine"
    UNKNOWN = "unknown"
    NONE = "none"


class State(Word):
    """How far a call or a leg is; it only moves forward."""

    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    ENDED = "ended"


@dataclass(frozen=True)
class CallEvent:
    """One thing that a PBX said about one call.

    What the PBX did not say is left at its default: nothing is guessed here.

    ``number``, ``direction``
        are set where the event by itself tells who is who. Where it does not (a
        notification that an extension is rung tells nothing about the call's
        direction), ``caller`` and ``called`` hold the parties as they were named, and
        ``direction_hint`` what they suggest; the other events of the call decide.
    ``extension``
        is the one this event is about, ``dialled_by`` the one that placed the call.
    """

    kind: EventKind
    call_ref: str
    #: When it arrived here: an upper bound for when it happened.
    observed_at: datetime
    #: When it happened, where the PBX says so.
    occurred_at: datetime | None = None
    #: When the call began, where the PBX says so.
    started_at: datetime | None = None
    direction: Direction | None = None
    #: The other party as the PBX writes it; empty when hidden.
    number: str = ""
    #: The company number that was dialled, or is shown to the customer.
    did: str = ""
    extension: str = ""
    #: The PBX's own id of the leg, where all its events carry it.
    leg_ref: str = ""
    leg_kind: LegKind | None = None
    #: The number of a leg outside: a mobile that the call is forwarded to.
    target: str = ""
    talk_seconds: int | None = None
    #: Of the talk, how long it was on hold.
    hold_seconds: int | None = None
    disposition: Disposition | None = None
    raw_disposition: str = ""
    #: Q.850 code.
    hangup_cause: int | None = None
    recording_ref: str = ""
    #: Whether there is a recording, where the PBX says so.
    recorded: bool | None = None
    #: The call that this one follows from.
    parent_ref: str = ""
    #: Comes from statistics or CDR, and settles what was provisional.
    confirmed: bool = False
    dialled_by: str = ""
    caller: str = ""
    called: str = ""
    direction_hint: Direction | None = None

    @property
    def names_leg(self) -> bool:
        """Whether this speaks of one leg, and not of the call as a whole."""
        return bool(self.extension or self.target or self.leg_kind)
