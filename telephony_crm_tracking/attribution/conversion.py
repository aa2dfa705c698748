"""What is handed back, where it stands, and what goes between us and a receiver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .consent import Signal
from .words import Word


class Event(Word):
    """What is handed back."""

    CALL = "call"
    QUALIFIED = "qualified"
    LEAD = "lead"
    WON = "won"
    RETRACT = "retract"  # what was won and handed back is no longer
    RESTATE = "restate"  # what was handed back is worth something else by now


class State(Word):
    """What became of a conversion. Those in between are set by who sends."""

    WAITING = "waiting"  # the receiver took nothing: may be sent again later
    HELD = "held"  # too early
    SENT = (
        "sent"  # handed over; the receiver does not say what became of it, or not yet
    )
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # it may have been taken: a person decides
    SKIPPED = "skipped"  # not for this destination


@dataclass(frozen=True)
class Conversion:
    """Something to hand back. All times are naive UTC. Printing it shows no contact.

    :param key: names it here and with the receiver, the same however often it is sent;
        without anything of a person in it
    :param at: when it happened
    :param amount: in ``currency`` (ISO 4217); ``None``: without a value
    :param channel: ``call, callback, form, mail, chat, other``
    :param ads: the consent of the matched visit to advertising: ``granted``,
        ``denied``, ``unknown``; ``analytics`` to the other question
    :param click_at: when the click was, with one of the click ids
    :param phone: E.164
    :param original: key of the conversion that a `Event.RETRACT` takes back, or a
        `Event.RESTATE` changes, and ``original_at`` when that had happened,
        ``original_event`` what it was
    """

    key: str
    event: Event
    at: datetime
    amount: Decimal | None = None
    currency: str = ""
    channel: str = "call"
    ads: str = Signal.UNKNOWN
    analytics: str = Signal.UNKNOWN
    click_at: datetime | None = None
    gclid: str = ""
    gbraid: str = ""
    wbraid: str = ""
    dclid: str = ""
    fbclid: str = ""
    fbc: str = ""
    fbp: str = ""
    ga_client_id: str = ""
    ga_session_id: str = ""
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    original: str = ""
    original_at: datetime | None = None
    original_event: Event = Event.WON


@dataclass(frozen=True)
class Setting:
    """A value that an administrator enters.

    :param switch: it is on (``1``) or off (``0``), see `destination.is_set`
    """

    key: str
    label: str
    secret: bool = False
    default: str = ""
    help: str = ""
    required: bool = False
    switch: bool = False


@dataclass(frozen=True)
class Request:
    """A request that somebody else sends. Printing it shows neither secret nor contact.

    :param timeout: seconds to connect, seconds to wait for an answer
    """

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    timeout: tuple[float, float] = (5.0, 30.0)


@dataclass(frozen=True)
class Refusal:
    """Why a conversion does not go to a destination.

    :param code: a word; whoever shows it has the sentence
    :param until: when it may be asked again; ``None``: never
    """

    code: str
    until: datetime | None = None

    @property
    def state(self) -> State:
        """What the conversion is because of it."""
        return State.HELD if self.until else State.SKIPPED


@dataclass(frozen=True)
class Result:
    """What a receiver answered.

    :param reason: its words or its code, cut and cleaned, without secrets
    :param ref: its name of what was handed over, to ask later what became of it
    :param faults: where it names them, the places of the conversions it refuses, with
        its words; the others of the same request were not taken either
    """

    state: State
    reason: str = ""
    ref: str = ""
    faults: Mapping[int, str] = field(default_factory=dict)
