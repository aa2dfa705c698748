"""The events that are told to Odoo, in the generic format of ``pbx/event_format.py``.

An event's id is made of what it is about, so that a second bridge, or the same one
after a restart, makes the same id again and Odoo takes it once.
"""

from __future__ import annotations

import hashlib

from .tracker_state import Call, Leg
from .tracker_text import moment

#: DialStatus of Dial and Queue, as a leg's disposition.
#: https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/AMI_Events/DialEnd/
DIALLED = {
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "cancelled",
    "ANSWER": "no_answer",  # picked up, and never heard the other party
    "CHANUNAVAIL": "failed",
    "CONGESTION": "failed",
    "ABORT": "cancelled",
    "FORWARD": "answered_elsewhere",
    "PICKUP": "answered_elsewhere",
}
#: Q.850, as a disposition where no DialEnd told.
#: 127 is what becomes of SIP's 487: we have given up.
CAUSES = {17: "busy", 18: "no_answer", 19: "no_answer", 127: "cancelled"}
REJECTED = 21
ELSEWHERE = 26


class Teller:
    """Collects the events of one step."""

    def __init__(self):
        self.events: list[dict] = []

    def take(self) -> list[dict]:
        """Return what was told since, and begin anew."""
        found, self.events = self.events, []
        return found

    def tell(self, kind: str, call: Call, at: float, about: str = "", **values) -> None:
        """Tell one event.

        :param about: what tells it from others of its kind in this call
        """
        key = "\0".join((call.ref, kind, about))
        event = {
            "id": hashlib.sha256(key.encode()).hexdigest()[:40],
            "event": kind,
            "call_ref": call.ref,
            "occurred_at": moment(at),
        }
        event |= {
            name: value for name, value in values.items() if value not in ("", None)
        }
        self.events.append(event)

    # -- calls -----------------------------------------------------------------------

    def started(self, call: Call, at: float, about: str = "") -> None:
        """Tell that a call came in, or is being dialled.

        :param about: what is known better than when it was told first
        """
        self.tell(
            "started",
            call,
            at,
            about,
            started_at=moment(call.began),
            **_direction(call),
            number=call.number,
            did=call.did,
            dialled_by=call.dialler,
        )

    def ended(self, call: Call, at: float, disposition: str) -> None:
        """Tell that a call is over, and what became of it."""
        recordings = call.recordings.values()
        waits = any(not one["file"] and not one.get("probe") for one in recordings)
        self.tell(
            "ended",
            call,
            at,
            started_at=moment(call.began),
            **_direction(call),
            did=call.did,
            disposition=disposition,
            raw_disposition="ANSWER" if call.answered else call.status,
            hangup_cause=call.cause,
            talk_seconds=int(call.talk),
            recorded=True if waits and call.answered else None,
            confirmed=True if call.whole else None,
        )

    def merged(self, call: Call, parent: Call, at: float) -> None:
        """Tell that a call was part of another, and is not to be logged by itself."""
        self.tell("merged", call, at, parent.ref, parent_ref=parent.ref)

    # -- legs ------------------------------------------------------------------------

    def ringing(self, call: Call, leg: Leg) -> None:
        """Tell that a telephone is rung."""
        inside = call.direction == "internal" and leg.extension == call.number
        number = leg.number if leg.kind == "customer" else leg.extension * inside
        self.tell(
            "ringing",
            call,
            leg.rung,
            leg.ref,
            **_direction(call),
            number=number,
            did=call.did,
            **_of(leg),
        )

    def answered(self, call: Call, leg: Leg, at: float) -> None:
        """Tell that a telephone is connected with the other party."""
        self.tell("answered", call, at, leg.ref, **_of(leg))

    def left(
        self, call: Call, leg: Leg, at: float, disposition: str, status: str
    ) -> None:
        """Tell that a telephone's part in the call is over."""
        values = {"disposition": disposition, "raw_disposition": status}
        if leg.heard is not None:
            talk = int(max(0.0, at - leg.heard))
            if leg.kind == "customer":
                talk = min(talk, int(call.talk))
            values["talk_seconds"] = talk
            values["hold_seconds"] = min(int(leg.hold), talk) or None
        self.tell("left", call, at, leg.ref, **_of(leg), **values)

    def machine(self, kind: str, call: Call, at: float, what: str, **values) -> None:
        """Tell of a queue, a menu or a voice mail box."""
        values.setdefault("leg_ref", f"{call.ref}:{what}"[:128])
        self.tell(kind, call, at, values["leg_ref"], leg_kind=what, **values)

    def asked(self, call: Call, leg: Leg, at: float) -> None:
        """Tell that who was rung speaks with one of ours, and the other waits."""
        self.tell("asked", call, at, leg.ref, **_of(leg))

    def taped(self, call: Call, at: float) -> None:
        """Tell that a call is recorded from now on, or is not any more."""
        kind = "recording_on" if call.taped else "recording_off"
        self.tell(kind, call, at, str(call.switches))

    def recording(self, call: Call, at: float, ref: str) -> None:
        """Tell that a recording can be fetched."""
        self.tell("recording", call, at, ref, recording_ref=ref)


def _direction(call):
    """Return the direction of a call, and whether it is only likely."""
    return {"direction": call.direction, "guessed": True if call.guessed else None}


def _of(leg):
    """Return what names a leg in an event."""
    found = {"leg_ref": leg.ref, "leg_kind": leg.kind, "extension": leg.extension}
    if leg.kind == "external":
        found["leg_number"] = leg.number
    return found


def unheard(leg: Leg, status: str, cause: int | None, inbound: bool) -> str:
    """Return what became of a leg that never heard the other party."""
    if cause == ELSEWHERE:
        return "answered_elsewhere"
    if cause == REJECTED:
        return "rejected"
    said = DIALLED.get(status) or CAUSES.get(cause or 0, "no_answer")
    if inbound and said in ("no_answer", "cancelled") and leg.kind != "customer":
        return "missed"
    return said
