"""The legs of a call: who was rung, who talked, and from when until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .call_parties import Parties, digits
from .event import CallEvent, Direction, Disposition, EventKind, LegKind, State

#: What makes nobody a party of the call.
WITHOUT_LEG = (
    EventKind.RECORDING,
    EventKind.RECORDING_ON,
    EventKind.RECORDING_OFF,
    EventKind.ASKED,
    EventKind.MERGED,
    EventKind.OTHER,
)
PERSONS = (LegKind.AGENT, LegKind.EXTERNAL)
MACHINES = (LegKind.QUEUE, LegKind.IVR, LegKind.VOICEMAIL)


@dataclass(frozen=True)
class LegState:
    """One party's part of a call. Times are naive UTC, lengths whole seconds.

    :param ref: names the leg within its call
    :param disposition: only when ended, and known
    :param is_asked: has picked up and is asked by one of ours, while the other party
        waits; stays so
    """

    ref: str
    kind: LegKind
    extension: str = ""
    number: str = ""
    state: State = State.RINGING
    disposition: Disposition | None = None
    ring_date: datetime | None = None
    answer_date: datetime | None = None
    end_date: datetime | None = None
    ring_seconds: int = 0
    talk_seconds: int = 0
    hold_seconds: int = 0
    is_asked: bool = False


@dataclass
class Leg:
    """What the events say about one leg, while the call is put together.

    :param dialled: this extension placed the call
    """

    ref: str
    kind: LegKind
    extension: str = ""
    number: str = ""
    dialled: bool = False
    events: list[CallEvent] = field(default_factory=list)
    is_answered: bool = False
    rung_at: datetime | None = None
    answered_at: datetime | None = None
    #: When the PBX says that this leg was over, where it says so.
    left_at: datetime | None = None

    @property
    def is_person(self) -> bool:
        """Whether this is somebody of ours who was rung."""
        return self.kind in PERSONS and not self.dialled

    def all_of(self, kind: EventKind) -> list[CallEvent]:
        """Return this leg's events of one kind."""
        return [event for event in self.events if event.kind == kind]

    def said(self, kind: EventKind) -> set[Disposition]:
        """Return the dispositions that events of one kind name for this leg."""
        return {event.disposition for event in self.all_of(kind)} - {None}


def moment(event: CallEvent) -> datetime:
    """Return when an event happened at the latest.

    Delivery may be late but never early, so the arrival is a bound; so is the PBX's
    own clock, which may be wrong.
    """
    return min(event.occurred_at or event.observed_at, event.observed_at)


def seconds(start: datetime | None, end: datetime | None) -> int:
    """Return the whole seconds between two times; 0 when either is unknown."""
    if start is None or end is None:
        return 0
    return max(0, int((end - start).total_seconds()))


def whole(at: datetime | None) -> datetime | None:
    """Return a time without the fraction of its second, which only orders events."""
    return at and at.replace(microsecond=0)


def sort_out(events: Iterable[CallEvent], parties: Parties) -> list[Leg]:
    """Give each event to the legs that it speaks of.

    A leg is known by the PBX's own id where all its events carry one, else by its
    party: in one call an extension has one leg, however often it is rung.
    """
    parts = [(party, event) for event in events for party in _parties(event, parties)]
    refs: dict[tuple, set[str]] = {}
    for party, event in parts:
        refs.setdefault(party, set()).add(event.leg_ref)
    legs: dict[str, Leg] = {}
    for party, event in parts:
        kind, extension, number = party
        ref = event.leg_ref
        if not ref or ("" in refs[party] and ref == min(refs[party] - {""})):
            ref = ":".join(filter(None, (kind.value, extension, digits(number))))
        leg = legs.setdefault(ref, Leg(ref, kind, extension, number))
        leg.events.append(event)
        leg.dialled = kind == LegKind.AGENT and extension == parties.dialler
    for leg in legs.values():
        if leg.kind == LegKind.AGENT:  # reached on another telephone than the own
            leg.number = min((e.target for e in leg.events if e.target), default="")
    return sorted(legs.values(), key=lambda leg: leg.ref)


def _parties(event, parties):
    """Return ``(kind, extension, number)`` of each leg that an event speaks of."""
    if event.kind in WITHOUT_LEG:
        return []
    if event.leg_kind in MACHINES:
        return [(event.leg_kind, event.extension, event.target)]
    if event.leg_kind == LegKind.CUSTOMER and event.leg_ref:
        placed = parties.direction == Direction.OUTBOUND
        return [(LegKind.CUSTOMER, "", "")] if placed else []
    found = []
    tells_result = event.kind not in (EventKind.RINGING, EventKind.MENU)
    if event.number and tells_result and event.leg_kind in (None, LegKind.CUSTOMER):
        if parties.direction == Direction.OUTBOUND:
            found.append((LegKind.CUSTOMER, "", ""))
        elif parties.direction == Direction.INTERNAL:
            found.append((LegKind.AGENT, event.number, ""))
    if event.extension:
        found.append((LegKind.AGENT, event.extension, ""))
    elif event.target:
        found.append((LegKind.EXTERNAL, "", event.target))
    if parties.dialler and event.dialled_by:
        found.append((LegKind.AGENT, parties.dialler, ""))
    return list(dict.fromkeys(found))
