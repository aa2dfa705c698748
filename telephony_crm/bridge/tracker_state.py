"""What is remembered of a call while it goes on; all of it fits into JSON.

All times are seconds since 1970, by the clock that ``Tracker.feed`` is given.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


class Stored:
    """A dataclass of plain values that goes to JSON and comes back."""

    def store(self) -> dict:
        """Return what is not as it was at first."""
        blank = self.blank()
        return {
            name: value
            for name, value in vars(self).items()
            if value != blank.get(name, ...)
        }

    @classmethod
    def blank(cls) -> dict:
        """Return the values which are not stored."""
        found = cls.__dict__.get("_blank")
        if found is None:
            found = cls._blank = {
                item.name: item.default
                for item in fields(cls)
                if isinstance(item.default, (str, int, float, type(None)))
            }
        return found

    @classmethod
    def restore(cls, stored: dict):
        """Return what ``store`` has been given, whatever a newer version added."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


@dataclass
class Party(Stored):
    """A channel: a telephone, a line outside, or half of a Local channel.

    :param ref: its Uniqueid
    :param kind: as of an ``Endpoint``
    :param number: of a line outside, who is reached there
    :param incoming: it has called us; otherwise we ring it
    :param customer: it is the other party of its call
    :param rung: when a Dial began to ring it
    :param up: when it picked up, which may have been for a machine
    :param bridge: the bridge in which it is; empty while it waits in one that nobody
        hears anybody in
    :param by: the channel whose Dial rings it
    :param held: it has the other party on hold since
    :param parked: it waits for somebody who takes it back
    :param guest: other calls in which it has a leg
    :param away: it has passed its call on, and only its end is still to come
    """

    name: str
    ref: str
    kind: str
    began: float
    extension: str = ""
    number: str = ""
    pair: str = ""
    by: str = ""
    incoming: int = 0
    customer: int = 0
    rung: float | None = None
    up: float | None = None
    status: str = ""
    bridge: str = ""
    held: float | None = None
    away: int = 0
    parked: int = 0
    guest: list = field(default_factory=list)

    @property
    def is_real(self) -> bool:
        """Whether somebody may speak there whom the tracker is about."""
        return self.kind in ("extension", "trunk")


@dataclass
class Leg(Stored):
    """The part of one telephone in one call.

    :param kind: ``agent``, ``external``, ``customer``
    :param heard: when it first was connected with the other party
    :param met: it was connected with somebody else, to be asked
    :param hold_since: since when it is not, or on hold
    :param hold: seconds on hold until then
    :param left: it is over, and that has been told
    """

    ref: str
    kind: str
    channel: str = ""
    extension: str = ""
    number: str = ""
    rung: float | None = None
    heard: float | None = None
    up: float | None = None
    hold_since: float | None = None
    hold: float = 0.0
    met: int = 0
    left: int = 0


@dataclass
class Call(Stored):
    """A call; also a channel that may still become one.

    :param linkedids: Asterisk's names for it, those of merged calls too
    :param direction: empty until it is told to Odoo
    :param guessed: who called whom was not seen, and ``direction`` is what is likely
    :param whole: seen from beginning to end, without a gap
    :param talk: seconds until ``talk_since``
    :param result: what became of who was last rung in vain
    :param ended: when it was over
    :param taped: it is recorded, and that has been told
    :param switches: how often that was told, and the contrary
    :param closed: when its last channel was gone; from then it is kept a while for what
        comes late
    """

    ref: str
    began: float
    linkedids: list = field(default_factory=list)
    direction: str = ""
    guessed: int = 0
    whole: int = 1
    spied: int = 0
    taped: int = 0
    switches: int = 0
    number: str = ""
    did: str = ""
    dialler: str = ""
    talk: float = 0.0
    talk_since: float | None = None
    answered: int = 0
    rang: int = 0
    voicemail: int = 0
    menu: int = 0
    result: str = ""
    status: str = ""
    cause: int | None = None
    ended: float | None = None
    closed: float | None = None
    parties: dict = field(default_factory=dict)
    legs: dict = field(default_factory=dict)
    queues: dict = field(default_factory=dict)
    recordings: dict = field(default_factory=dict)
    gone: list = field(default_factory=list)

    def store(self) -> dict:
        found = super().store()
        for name in ("parties", "legs"):
            found[name] = {key: one.store() for key, one in found[name].items()}
        for name in ("linkedids", "gone"):
            found[name] = list(found[name])
        for name in ("queues", "recordings"):
            found[name] = {key: dict(one) for key, one in found[name].items()}
        return found

    @classmethod
    def restore(cls, stored: dict) -> Call:
        found = super().restore(stored)
        for name, kind in (("parties", Party), ("legs", Leg)):
            kept = stored.get(name) or {}
            setattr(found, name, {k: kind.restore(one) for k, one in kept.items()})
        for name in ("queues", "recordings"):
            kept = stored.get(name) or {}
            setattr(found, name, {k: dict(one) for k, one in kept.items()})
        found.linkedids, found.gone = list(found.linkedids), list(found.gone)
        return found

    def customers(self) -> list[Party]:
        """Return the channels of the other party."""
        return [party for party in self.parties.values() if party.customer]

    def originator(self) -> Party | None:
        """Return the channel that called us, if one did and is still there."""
        return next((party for party in self.parties.values() if party.incoming), None)
