"""Rows of Asterisk's own record of calls, the CDR, as the bridge reads them.

Source: ``cdr/cdr_*.c`` and "CDR Fields" of Asterisk's documentation; FreePBX's table
``asteriskcdrdb.cdr`` has ``calldate`` for ``start`` and neither ``answer`` nor ``end``.
A row is a pair of channels, of which the second may be missing; all rows of a call
share its ``linkedid``. Times carry their offset, else they are of the PBX's clock.

A row counts from the first answer of its first channel: of a call by click that is the
agent's, of a call through a menu the menu's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from . import forms
from .answers import NONSENSE, plain
from .asterisk_cdr_parties import is_pair, parties_of
from .asterisk_originate import SUPERVISOR_CHANNEL
from .errors import PayloadError, PbxError
from .event import CallEvent, Disposition, EventKind, LegKind
from .event_format import FIELDS
from .messages import Account, Notification
from .zones import to_utc

EVENT = "CDR"
#: Rows of a page, and bytes: the bridge posts it as base64, and a proxy before Odoo may
#: take no more than 1 MB (``client_max_body_size`` of nginx).
LIMIT, MOST = 1000, 700_000
MAX_REF = 128
#: What tells one row from all others.
IDENTITY = ("linkedid", "uniqueid", "sequence", "dstchannel")
DISPOSITIONS = {
    "ANSWERED": Disposition.ANSWERED,
    "NO ANSWER": Disposition.NO_ANSWER,
    "NOANSWER": Disposition.NO_ANSWER,
    "BUSY": Disposition.BUSY,
    "CANCEL": Disposition.CANCELLED,
    "FAILED": Disposition.FAILED,
    "CONGESTION": Disposition.FAILED,
}


def rows(answer: Mapping) -> list[Notification]:
    """Return the rows of an answer, each as a notification of its own.

    A supervisor who listened is no call.
    """
    lines = answer.get("rows")
    if not isinstance(lines, list):
        raise PbxError("nonsense", NONSENSE)
    return [_notification(line) for line in lines if isinstance(line, Mapping)]


def _notification(line):
    row = {str(name): _text(line, name) for name in line}
    call_ref = row.get("linkedid") or row.get("uniqueid", "")
    is_call = len(call_ref) <= MAX_REF and not call_ref.startswith(SUPERVISOR_CHANNEL)
    return Notification(
        event=EVENT,
        key=forms.key_of(
            {"event": EVENT, **{name: row.get(name) for name in IDENTITY}}
        ),
        call_ref=call_ref if is_call else "",
        payload={"event": EVENT, "row": row},
    )


def _text(line, name):
    """Return a value as text that can be stored."""
    value = line[name]
    text = "" if value is None else str(value)[:1000]
    return text.replace("\0", "").encode(errors="ignore").decode()


def is_row(payload: Mapping) -> bool:
    """Tell whether a stored payload is a row of the CDR."""
    return payload.get("event") == EVENT and isinstance(payload.get("row"), Mapping)


def read_row(
    payload: Mapping, account: Account, received_at: datetime
) -> list[CallEvent]:
    """Return what a row says of its pair, and when it was answered.

    :raises PayloadError: when the row makes no sense
    """
    row = payload["row"]
    call_ref = row.get("linkedid") or row.get("uniqueid", "")
    if not call_ref:
        raise PayloadError(message="The row names no call.")
    start = _moment(row, ("start", "calldate"), account, received_at)
    if not start:
        raise PayloadError(message="The row does not say when the call began.")
    talk = _seconds(row, "billsec")
    whole = timedelta(seconds=_seconds(row, "duration") or talk)
    end = _moment(row, ("end",), account, received_at) or start + whole
    raw = row.get("disposition", "")[:64]
    disposition = DISPOSITIONS.get(raw.upper().replace("_", " "), Disposition.FAILED)
    parties = parties_of(row)
    if disposition == Disposition.ANSWERED and (
        parties.get("leg_kind") == LegKind.VOICEMAIL
    ):
        disposition = Disposition.VOICEMAIL
    has_sound = answered = disposition == Disposition.ANSWERED
    if not is_pair(row) and not parties.get("leg_kind"):
        # Parked, held, or hung up: what becomes of the call, other rows tell.
        answered, disposition = False, None if answered else disposition
        has_sound = has_sound and bool(row.get("dstchannel"))
    record = CallEvent(
        EventKind.RECORD,
        call_ref,
        observed_at=max(received_at, end),
        occurred_at=end,
        started_at=start,
        talk_seconds=talk if answered else 0,
        disposition=disposition,
        raw_disposition=raw,
        confirmed=True,
        recording_ref=_recording(row) if has_sound else "",
        **parties,
    )
    if not answered or parties.get("leg_kind") or not is_pair(row):
        return [record]
    at = _moment(row, ("answer",), account, received_at)
    answer = CallEvent(
        EventKind.ANSWERED,
        call_ref,
        observed_at=max(received_at, end),
        occurred_at=at or end - timedelta(seconds=talk),
        **parties,
    )
    return [record, answer]


def _recording(row):
    """Return where a recording lies, below the folder of all recordings.

    FreePBX has ``recordingfile``, the name alone of a file in a folder of its day by
    the PBX's clock: ``out-+44…-100-20260115-101500-1768472100.1.wav``.
    """
    file = row.get("recordingfile", "")
    if not file or "/" in file:
        return file
    if named := re.search(r"-(\d{4})(\d\d)(\d\d)-\d{6}-", file, re.ASCII):
        return "/".join((*named.groups(), file))
    day = (row.get("calldate") or row.get("start") or "")[:10]
    return f"{day.replace('-', '/')}/{file}"


def _moment(row, names, account, received_at):
    """Return the first of these times that is there, as naive UTC."""
    text = next((row[name] for name in names if row.get(name)), "")
    if not text or text.startswith("0000"):
        return None
    try:
        if re.search(r"(?:[Zz]|[+-]\d\d:\d\d)$", text):
            return FIELDS["occurred_at"](text).replace(microsecond=0)
        plain_time = text.replace("T", " ").partition(".")[0]
        return to_utc(plain_time, account.tz, received_at)
    except ValueError as error:
        raise PayloadError(message=f"{names[0]}: {plain(str(error))}") from error


def _seconds(row, name):
    found = re.fullmatch(r"(\d{1,7})(?:\.\d*)?", row.get(name) or "0", re.ASCII)
    if not found:
        raise PayloadError(message=f"{name}: no number {plain(row[name], 40)!r}")
    return int(found[1])
