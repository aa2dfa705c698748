"""What Zadarma's notifications say, as `CallEvent`.

Sources are those of ``adapters.zadarma``. All values are strings; ``call_start`` is in
the account's time zone. Who is who follows from the kinds of the parties, since the
same event may be sent for calls of any direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from .adapter import Account, PayloadError, plain
from .event import CallEvent, Direction, Disposition, EventKind, LegKind
from .numbers import internal_extension, parse
from .zones import to_utc

KINDS = {
    "NOTIFY_START": EventKind.STARTED,
    "NOTIFY_INTERNAL": EventKind.RINGING,
    "NOTIFY_ANSWER": EventKind.ANSWERED,
    "NOTIFY_END": EventKind.ENDED,
    "NOTIFY_OUT_START": EventKind.STARTED,
    "NOTIFY_OUT_END": EventKind.ENDED,
    "NOTIFY_RECORD": EventKind.RECORDING,
    "NOTIFY_IVR": EventKind.MENU,
}
#: The vendor's words, and those of its statistics; anything else is a failure.
DISPOSITIONS = {
    "answered": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "cancel": Disposition.CANCELLED,
    "no answer": Disposition.NO_ANSWER,
    "voicemail": Disposition.VOICEMAIL,
}
PREFIXES = {"in_": Direction.INBOUND, "out_": Direction.OUTBOUND}

MAX_REF = 128


def read_event(
    payload: Mapping[str, str], account: Account, received_at: datetime
) -> list[CallEvent]:
    """Return the event of a payload; none when it is not about a call.

    :raises PayloadError: when the payload makes no sense
    """
    kind = KINDS.get(payload.get("event", ""))
    if kind is None:
        return []
    if not all(isinstance(value, str) for value in payload.values()):
        raise PayloadError(message="The fields of the event are not all text.")
    common = _common(payload, account, received_at)
    return [CallEvent(kind, **{**common, **READERS[payload["event"]](payload)})]


def _common(payload, account, received_at):
    """Return what the events of a call have in common.

    The id's prefix only suggests the direction (reported), so it is a hint.
    """
    call_ref = payload.get("pbx_call_id", "")
    if not call_ref:
        raise PayloadError(message="The event names no call.")
    hints = (PREFIXES[prefix] for prefix in PREFIXES if call_ref.startswith(prefix))
    common = {
        "call_ref": call_ref,
        "observed_at": received_at,
        "direction_hint": next(hints, None),
    }
    if payload["event"] != "NOTIFY_RECORD":
        # Required: it is signed, and the one thing that tells a repeat from news.
        try:
            common["started_at"] = to_utc(
                payload.get("call_start", ""), account.tz, received_at
            )
        except ValueError as error:
            raise PayloadError(message=f"call_start: {plain(str(error))}") from error
    return common


def _number(value):
    """Return a number as it is, but nothing for a caller who hides it."""
    value = (value or "").strip()
    return "" if internal_extension(value) or parse(value).hidden else value


def _call(payload):
    """NOTIFY_START and NOTIFY_IVR; and who is who in NOTIFY_END.

    The parties tell the direction: a call from an extension did not come in.
    """
    dialler = internal_extension(payload.get("caller_id"))
    called = payload.get("called_did", "")
    if not dialler:
        return {
            "direction": Direction.INBOUND,
            "number": _number(payload.get("caller_id")),
            "did": _number(called),
        }
    inside = internal_extension(called)
    return {
        "direction": Direction.INTERNAL if inside else Direction.OUTBOUND,
        "number": inside or called,
        "extension": dialler,
        "dialled_by": dialler,
    }


def _rung(payload):
    """NOTIFY_INTERNAL: an extension is rung, in a call of whatever direction."""
    dialler = internal_extension(payload.get("caller_id"))
    found = {
        "extension": internal_extension(payload.get("internal")),
        "dialled_by": dialler,
        "caller": _number(payload.get("caller_id")),
        "called": _number(payload.get("called_did")),
    }
    if not dialler:
        found["direction_hint"] = Direction.INBOUND
    return found


def _answered(payload):
    """NOTIFY_ANSWER: ``destination`` may be an extension, a mobile or the DID."""
    dialler = internal_extension(payload.get("caller_id"))
    inside = internal_extension(payload.get("destination"))
    found = {
        "extension": internal_extension(payload.get("internal")) or inside or dialler,
        "dialled_by": dialler,
        "caller": _number(payload.get("caller_id")),
        "called": _number(payload.get("destination")),
    }
    if dialler:
        found["direction_hint"] = Direction.INTERNAL if inside else Direction.OUTBOUND
    return found


def _ended(payload):
    """NOTIFY_END. ``internal`` is who talked, or was rung last."""
    found = {**_call(payload), **_result(payload)}
    if last := internal_extension(payload.get("internal")):
        found["extension"] = last
    return found


def _placed(payload):
    """NOTIFY_OUT_START; and who is who in NOTIFY_OUT_END.

    A call by click rings the extension first; that leg may name the extension as its
    own destination.
    """
    dialler = internal_extension(payload.get("internal"))
    destination = payload.get("destination", "")
    inside = internal_extension(destination)
    found = {"extension": dialler, "dialled_by": dialler}
    if inside and dialler in ("", inside):
        return {
            "extension": inside,
            "dialled_by": inside,
            "leg_kind": LegKind.AGENT,
            "direction_hint": Direction.OUTBOUND,
        }
    if inside:
        return {**found, "direction": Direction.INTERNAL, "number": inside}
    return {
        **found,
        "direction": Direction.OUTBOUND,
        "number": _number(destination),
        "did": _number(payload.get("caller_id")),
    }


def _placed_ended(payload):
    """NOTIFY_OUT_END. ``calltype`` is not looked at: it is reported to be wrong."""
    return {**_placed(payload), **_result(payload)}


def _recorded(payload):
    """NOTIFY_RECORD: the recording of a leg can be fetched."""
    ref = payload.get("call_id_with_rec", "")
    if not ref or len(ref) > MAX_REF:
        raise PayloadError(message="The event names no recording.")
    return {"recording_ref": ref, "recorded": True}


def _result(payload):
    """Return what an END says of the result. None of it is signed.

    So the id of the recording that it names is not taken: whoever has caught one
    signature could have any recording of the account put into any call.
    """
    raw = payload.get("disposition", "").strip()[:64]
    duration = payload.get("duration", "").strip()
    if not re.fullmatch(r"\d{0,7}", duration, re.ASCII):
        raise PayloadError(message=f"duration: no number {plain(duration, 40)!r}")
    cause = payload.get("status_code", "").strip()
    return {
        "talk_seconds": int(duration) if duration else None,
        "disposition": disposition_of(raw),
        "raw_disposition": raw,
        "hangup_cause": int(cause)
        if re.fullmatch(r"\d{1,3}", cause, re.ASCII)
        else None,
        "recorded": {"1": True, "0": False}.get(payload.get("is_recorded", "")),
    }


def disposition_of(raw: str) -> Disposition | None:
    """Return what a result in the vendor's words means; ``None`` when it says none."""
    return DISPOSITIONS.get(raw.lower(), Disposition.FAILED) if raw else None


READERS = {
    "NOTIFY_START": _call,
    "NOTIFY_INTERNAL": _rung,
    "NOTIFY_ANSWER": _answered,
    "NOTIFY_END": _ended,
    "NOTIFY_OUT_START": _placed,
    "NOTIFY_OUT_END": _placed_ended,
    "NOTIFY_RECORD": _recorded,
    "NOTIFY_IVR": _call,
}
