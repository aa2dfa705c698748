"""Our own event format: one event as one JSON object.

It says what `CallEvent` can say, in the same words. ``event.schema.json`` beside this
file describes it for other programs; here it is checked by hand, so that who writes a
sender is told in words what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from .answers import plain
from .errors import PayloadError
from .event import CallEvent, Direction, Disposition, EventKind, LegKind
from .numbers import parse
from .text import UNSTORABLE

MAX_SECONDS = 9_999_999
#: What makes no sense without a leg.
OF_LEG = (EventKind.RINGING, EventKind.LEFT, EventKind.ASKED)

_time = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?"
    r"(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def loads(body: bytes) -> dict:
    """Return the object of a body in JSON.

    :raises PayloadError: when it is none
    """
    try:
        found = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadError(message="The body is not JSON in UTF-8.") from error
    if not isinstance(found, dict):
        raise PayloadError(message="The body is not one JSON object.")
    return found


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def check(found: Mapping) -> dict:
    """Return the fields of an event as `CallEvent` takes them, and its ``id``.

    :raises PayloadError: that names the first field which is wrong
    """
    for name in found:
        if name not in FIELDS:
            raise PayloadError(message=f"There is no field {plain(name, 40)!r}.")
    for name in REQUIRED:
        if name not in found:
            raise PayloadError(message=f"The field {name} is missing.")
    values = {}
    for name, value in found.items():
        try:
            values[name] = FIELDS[name](value)
        except ValueError as error:
            raise PayloadError(message=f"{name}: {error}.") from error
    _check_together(values)
    return values


def _check_together(values):
    kind = values["event"]
    if kind == EventKind.STARTED and "direction" not in values:
        raise PayloadError(message="A started call needs a direction.")
    if kind == EventKind.RECORDING and not values.get("recording_ref"):
        raise PayloadError(message="A recording needs a recording_ref.")
    if kind == EventKind.MERGED and values.get("parent_ref", "") in (
        "",
        values["call_ref"],
    ):
        raise PayloadError(message="A merged call needs the parent_ref of another.")
    if kind in OF_LEG and not any(
        values.get(name) for name in ("leg_ref", "extension", "leg_number", "leg_kind")
    ):
        raise PayloadError(message=f"{kind}: it is not said which leg.")
    if values.get("disposition") == Disposition.ANSWERED_ELSEWHERE and kind not in (
        EventKind.LEFT,
        EventKind.RECORD,
    ):
        raise PayloadError(message="Only a leg is answered_elsewhere.")


def to_event(found: Mapping, received_at: datetime) -> CallEvent:
    """Return the event that a checked or stored object tells of.

    :param received_at: naive UTC
    :raises PayloadError: when it makes no sense
    """
    values = check(found)
    del values["id"]
    kind = values.pop("event")
    if parse(values.get("number", "")).hidden:
        values.pop("number", None)
    values.setdefault("confirmed", kind == EventKind.RECORD)
    values["target"] = values.pop("leg_number", "")
    if values.pop("guessed", False):
        values["direction_hint"] = values.pop("direction", None)
    return CallEvent(kind, observed_at=received_at, **values)


# -- fields ----------------------------------------------------------------------------


def _text(most, least=0, shape=""):
    """Return what reads a text of ``least`` to ``most`` characters."""

    def read(value):
        if not isinstance(value, str):
            raise ValueError("it has to be text")
        if UNSTORABLE.search(value):
            raise ValueError("it holds characters that cannot be stored")
        if not least <= len(value) <= most:
            raise ValueError(f"it has to have {least} to {most} characters")
        if shape and not re.fullmatch(shape, value, re.ASCII):
            raise ValueError(f"it does not look like {shape}")
        return value

    return read


def _word(words):
    """Return what reads one of a closed list of words."""

    def read(value):
        try:
            return words(value)
        except ValueError:
            known = ", ".join(word.value for word in words)
            raise ValueError(f"it has to be one of {known}") from None

    return read


def _whole(most):
    """Return what reads a whole number, also one that is written as 5.0."""

    def read(value):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("it has to be a whole number")
        if not 0 <= value <= most:
            raise ValueError(f"it has to be from 0 to {most}")
        return value

    return read


def _flag(value):
    if not isinstance(value, bool):
        raise ValueError("it has to be true or false")
    return value


def _moment(value):
    """Return a time of RFC 3339 as naive UTC."""
    found = isinstance(value, str) and _time.fullmatch(value)
    if not found:
        raise ValueError("it has to be a time like 2026-01-15T10:15:00Z")
    date, clock, fraction, _utc, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime.strptime(f"{date} {clock}", "%Y-%m-%d %H:%M:%S").replace(
            microsecond=int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=timezone(-offset if sign == "-" else offset),
        )
        return local.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such time") from error


_ref = _text(128)
_seconds = _whole(MAX_SECONDS)
_extension = _text(32, shape=r"[\w.*#-]*")

REQUIRED = ("id", "event", "call_ref", "occurred_at")
FIELDS = {
    "id": _text(128, least=1),
    "event": _word(EventKind),
    "call_ref": _text(128, least=1),
    "occurred_at": _moment,
    "started_at": _moment,
    "direction": _word(Direction),
    "guessed": _flag,
    "number": _text(64),
    "did": _text(64),
    "dialled_by": _extension,
    "extension": _extension,
    "leg_ref": _ref,
    "leg_kind": _word(LegKind),
    "leg_number": _text(64),
    "talk_seconds": _seconds,
    "hold_seconds": _seconds,
    "disposition": _word(Disposition),
    "raw_disposition": _text(64),
    "hangup_cause": _whole(127),
    "recorded": _flag,
    "recording_ref": _text(1000),
    "parent_ref": _ref,
    "confirmed": _flag,
}
