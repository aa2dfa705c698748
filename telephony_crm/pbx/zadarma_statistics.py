"""Zadarma's statistics of the PBX: a row for each leg of a call that is over.

Source: ``/v1/statistics/pbx/`` of the vendor's OpenAPI file. It calls ``clid``,
``sip`` and ``destination`` integers, integrators see text: ``Name (485…)``,
``"Name" <+48…>``, ``489-100``, ``0`` where nobody was rung. All spellings are read.

A row names both parties but not the direction, and the company number of a call that
came in not at all; the call's other events and rows decide, see ``call_parties``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from math import isfinite

from . import forms, zones
from . import zadarma_requests as api
from .answers import NONSENSE, plain
from .errors import PayloadError, PbxError
from .event import CallEvent, Direction, EventKind, LegKind
from .messages import Account, Credentials, HttpRequest, Notification
from .numbers import internal_extension, parse
from .zadarma_events import MAX_REF, PREFIXES, disposition_of
from .zones import to_utc

EVENT = "STATISTICS"
FORMAT = "%Y-%m-%d %H:%M:%S"
LIMIT = 1000
#: What tells one row from all others. The rest of it may be corrected later.
#: An extension may be rung twice in a call, and the id of a leg loses its last digits.
IDENTITY = ("pbx_call_id", "call_id", "sip", "destination", "callstart")

LONG = timedelta(days=1)

_moment = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
#: ``"Name" <+48…>`` and ``Name (485…)``: what stands in the last brackets.
_bracketed = re.compile(r"[(<]([^()<>]*)[)>]\s*$")


# -- asking ----------------------------------------------------------------------------


def request(
    credentials: Credentials,
    account: Account,
    start: datetime,
    end: datetime,
    skip: int,
) -> HttpRequest:
    """Ask for the rows of a period, of calls in both directions."""
    first, last = period(start, end, account.tz)
    return api.get(
        credentials,
        "/v1/statistics/pbx/",
        {
            "start": first,
            "end": last,
            "version": 2,
            "skip": skip,
            "limit": LIMIT,
        },
    )


def period(start: datetime, end: datetime, tz: str) -> tuple[str, str]:
    """Return a period of naive UTC on the account's clock.

    An hour that autumn repeats has two meanings. A period that begins or ends in it is
    asked for an hour wider: a row too many does no harm.

    :raises PbxError: when the account's time zone is none
    """
    try:
        zone = zones.zone(tz)
    except ValueError as error:
        raise PbxError("zone", f"There is no time zone {plain(tz, 40)!r}.") from error
    first, last = (
        at.replace(tzinfo=timezone.utc).astimezone(zone) for at in (start, end)
    )
    return (
        (first - _repeated(first)).strftime(FORMAT),
        (last + _repeated(last)).strftime(FORMAT),
    )


def answered(
    answer: Mapping, start: datetime, end: datetime, tz: str
) -> tuple[datetime, datetime]:
    """Return the part of a period that an answer is about, as naive UTC.

    The vendor shortens a period that is too long to it, and says so by other times
    than were asked for. Of an hour that autumn repeats too little is taken as read.

    :raises PbxError: when the account's time zone is none
    """
    first, last = period(start, end, tz)
    said_first, said_last = (str(answer.get(name)) for name in ("start", "end"))
    if _moment.fullmatch(said_first) and said_first > first:
        start = max(start, to_utc(said_first, tz, datetime.max - LONG))
    if _moment.fullmatch(said_last) and said_last < last:
        end = min(end, to_utc(said_last, tz, datetime.min))
    return start, end


def _repeated(at):
    """Return how much of the clock's time is repeated around ``at``."""
    first, second = (at.replace(fold=fold).utcoffset() for fold in (0, 1))
    return max(first - second, timedelta())


# -- reading ---------------------------------------------------------------------------


def rows(answer: Mapping) -> list[Notification]:
    """Return the rows of an answer, each as a notification of its own.

    Its payload holds the row one level down, where no posted form can put anything: a
    webhook, whose signature does not cover its name, cannot pass for statistics.
    """
    lines = answer.get("stats")
    if not isinstance(lines, list):
        raise PbxError("nonsense", NONSENSE)
    return [_notification(line) for line in lines if isinstance(line, Mapping)]


def _notification(line):
    row = {str(name): _plain(value) for name, value in line.items()}
    call_ref = _text(row, "pbx_call_id")
    found = {name: _text(row, name) for name in IDENTITY}
    return Notification(
        event=EVENT,
        key=forms.key_of({"event": EVENT, **found}),
        call_ref=call_ref if len(call_ref) <= MAX_REF else "",
        payload={"event": EVENT, "row": row},
    )


def _plain(value):
    """Return a value as it can be stored."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="ignore").decode()
    is_simple = isinstance(value, (bool, int)) or value is None
    return value if is_simple or (isinstance(value, float) and isfinite(value)) else ""


def is_row(payload: Mapping) -> bool:
    """Tell whether a stored payload is a row of statistics."""
    return payload.get("event") == EVENT and isinstance(payload.get("row"), Mapping)


def read_row(
    payload: Mapping, account: Account, received_at: datetime
) -> list[CallEvent]:
    """Return what a row says of its leg.

    :raises PayloadError: when the row makes no sense
    """
    row = payload["row"]
    call_ref, raw = _text(row, "pbx_call_id"), _text(row, "disposition")[:64]
    if not call_ref:
        raise PayloadError(message="The row names no call.")
    try:
        started_at = to_utc(_text(row, "callstart"), account.tz, received_at)
    except ValueError as error:
        raise PayloadError(message=f"callstart: {plain(str(error))}") from error
    return [
        CallEvent(
            EventKind.RECORD,
            call_ref,
            observed_at=received_at,
            started_at=started_at,
            talk_seconds=_seconds(row),
            disposition=disposition_of(raw),
            raw_disposition=raw,
            recorded={"true": True, "1": True, "false": False, "0": False}.get(
                _text(row, "is_recorded").lower()
            ),
            recording_ref=_recording(row),
            confirmed=True,
            **_parties(row, call_ref),
        )
    ]


def _text(row, name):
    """Return a value as text; a whole number that was written with a fraction too."""
    value = row.get(name)
    if value is None:
        return ""
    text = str(value).strip()
    return re.sub(r"\.0+$", "", text) if isinstance(value, float) else text


def _seconds(row):
    found = re.fullmatch(r"(\d{1,7})(?:\.\d*)?", _text(row, "seconds"), re.ASCII)
    if not found:
        raise PayloadError(
            message=f"seconds: no number {plain(_text(row, 'seconds'), 40)!r}"
        )
    return int(found[1])


def _recording(row):
    """Return the id of the leg's recording, where it is certain.

    ``1439981389.2702773`` is more than a JSON number holds, and ``….2702770`` loses its
    last digit on the way: only what comes as text is the id as it was.
    """
    if not isinstance(row.get("call_id"), str):
        return ""
    recorded = _text(row, "is_recorded").lower() in ("true", "1")
    return _text(row, "call_id")[:MAX_REF] if recorded else ""


# -- who is who ------------------------------------------------------------------------


def _parties(row, call_ref):
    """Return who takes part in a leg, and the direction that this suggests.

    A caller who is an extension placed the call; else the id's prefix tells (reported),
    and without one, whether the destination is inside.
    """
    clid = _caller(row)
    dialler, sip = internal_extension(clid), _sip(row)
    destination = _text(row, "destination")
    inside = internal_extension(destination)
    outside = "" if inside else _outside(destination)
    hints = (PREFIXES[prefix] for prefix in PREFIXES if call_ref.startswith(prefix))
    hint = Direction.OUTBOUND if dialler else next(hints, None)
    if hint is None:
        hint = Direction.OUTBOUND if outside and sip else Direction.INBOUND
    caller = "" if dialler else _outside(clid)
    if hint == Direction.INBOUND:
        return {
            "direction_hint": hint,
            "extension": inside or sip,
            "caller": caller,
            "called": outside,
        }
    dialler = dialler or sip
    found = {"direction_hint": hint, "dialled_by": dialler, "caller": caller}
    if inside and inside != dialler:
        return {**found, "direction_hint": Direction.INTERNAL, "extension": inside}
    if not outside:  # the side of who placed the call
        return {**found, "extension": dialler, "leg_kind": LegKind.AGENT}
    return {**found, "extension": dialler, "called": outside}


def _caller(row):
    """Return the number in a caller's name and number."""
    text = _text(row, "clid")
    found = _bracketed.search(text)
    return (found[1] if found else text).strip().strip('"').strip()


def _sip(row):
    """Return the extension of a row, but not a SIP account, which has five digits."""
    extension = internal_extension(_text(row, "sip"))
    return extension if len(extension) < 5 else ""


def _outside(text):
    """Return a telephone number, but nothing for a scenario or a hidden caller."""
    digits = re.sub(r"\D", "", text)
    is_number = len(digits) >= 6 and not re.search(r"[^\W\d]", text)
    return "" if not is_number or parse(text).hidden else text
