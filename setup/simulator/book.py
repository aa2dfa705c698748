"""The simulator's own record of its calls: the truth a test compares with."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime

from .settings import Settings

KEPT = 5000  # calls


@dataclass
class Leg:
    """One party's part of a call; times are aware UTC, None where it did not happen.

    ``kind``: agent, customer, external, menu, voicemail. ``disposition`` uses the
    words of the contract (answered, missed, answered_elsewhere, …), ``raw`` the PBX's.
    """

    kind: str
    call_id: str
    extension: str = ""
    number: str = ""
    ring: datetime | None = None
    answer: datetime | None = None
    end: datetime | None = None
    disposition: str = ""
    raw: str = ""
    recorded: bool = False
    record_ready: bool = False
    deleted: bool = False

    @property
    def talk_seconds(self) -> int:
        """Seconds from its answer to its end."""
        if not self.answer or not self.end:
            return 0
        return int((self.end - self.answer).total_seconds())

    def as_dict(self) -> dict:
        """For JSON: times in ISO 8601, UTC."""
        return {
            "kind": self.kind,
            "call_id": self.call_id,
            "extension": self.extension,
            "number": self.number,
            "ring": iso(self.ring),
            "answer": iso(self.answer),
            "end": iso(self.end),
            "talk_seconds": self.talk_seconds,
            "disposition": self.disposition,
            "raw": self.raw,
            "recorded": self.recorded,
        }


@dataclass
class Call:
    """A call as it truly was; ``deliveries`` says what became of each webhook.

    ``talk_seconds``: how long somebody of the company spoke with the other side.
    """

    ref: str
    ordinal: int
    scenario: str
    direction: str
    number: str
    did: str
    start: datetime
    extension: str = ""
    state: str = "ringing"
    hidden: bool = False
    answer: datetime | None = None
    end: datetime | None = None
    disposition: str = ""
    raw: str = ""
    status_code: int = 0
    legs: list = field(default_factory=list)
    deliveries: list = field(default_factory=list)
    talk_seconds: int = 0
    reply: dict = field(default_factory=dict)
    caller_name: str = ""
    redirect: str = ""
    blocked: bool = False
    placed: bool = False  # over REST
    doing: str = ""
    luck: random.Random = field(default_factory=random.SystemRandom, repr=False)
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def as_dict(self) -> dict:
        """For JSON: times in ISO 8601, UTC."""
        return {
            "ref": self.ref,
            "scenario": self.scenario,
            "direction": self.direction,
            "state": self.state,
            "number": self.number,
            "hidden": self.hidden,
            "did": self.did,
            "extension": self.extension,
            "start": iso(self.start),
            "answer": iso(self.answer),
            "end": iso(self.end),
            "talk_seconds": self.talk_seconds,
            "disposition": self.disposition,
            "raw": self.raw,
            "status_code": self.status_code,
            "caller_name": self.caller_name,
            "redirect": self.redirect,
            "blocked": self.blocked,
            "reply": self.reply,
            "doing": self.doing,
            "over": self.over.is_set(),
            "legs": [leg.as_dict() for leg in self.legs],
            "deliveries": [dict(delivery) for delivery in self.deliveries],
        }


class Book:
    """All calls of a simulator, in the order they began. Safe to share by threads."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.calls: dict[str, Call] = {}
        self.kept = KEPT
        self._lock = threading.Lock()
        self._ordinal = 0

    def open(self, start: datetime, luck=None, **values) -> Call:
        """A new call; its reference never repeats, not even after a restart.

        :param luck: ``random.Random`` that makes the call's ids repeatable
        """
        luck = luck or random.SystemRandom()
        side = "in" if values["direction"] == "inbound" else "out"
        ref = f"{side}_{luck.getrandbits(160):040x}"
        with self._lock:
            self._ordinal += 1
            call = Call(ref, self._ordinal, start=start, luck=luck, **values)
            self.calls[ref] = call
            if len(self.calls) > self.kept:
                self._forget()
        return call

    def _forget(self):
        """Drop the oldest ended call: a demonstration may run for days."""
        for ref, call in self.calls.items():
            if call.over.is_set():
                del self.calls[ref]
                return

    def leg(self, call: Call, kind: str, at: datetime, **values) -> Leg:
        """A new leg of the call, ringing since ``at``."""
        # six digits that do not end in zero survive being a JSON number
        tail = f"{call.luck.randrange(100000):05d}{call.luck.randint(1, 9)}"
        leg = Leg(kind, f"{int(at.timestamp())}.{tail}", ring=at, **values)
        call.legs.append(leg)
        return leg

    def all(self) -> list[Call]:
        """The calls so far, oldest first."""
        with self._lock:
            return list(self.calls.values())

    def live(self) -> list[Call]:
        """Calls that ring or talk."""
        return [call for call in self.all() if call.state != "ended"]

    def recordings(self, call_id: str = "", ref: str = "") -> list[tuple[Call, Leg]]:
        """Recorded legs that can be had by now, by the leg's id or the call's.

        ``call_id`` may be the id alone or the name of a recording that holds it.
        """
        return [
            (call, leg)
            for call in self.all()
            for leg in call.legs
            if leg.record_ready
            and not leg.deleted
            and (leg.call_id in call_id.split("-") or (ref and call.ref == ref))
        ]


def iso(moment: datetime | None) -> str | None:
    """An aware moment in ISO 8601, None for None."""
    return moment.isoformat() if moment else None
