"""The rows of the statistics, as the vendor's OpenAPI file has them or as seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from .book import Call
from .settings import Settings

RATE = 0.02  # a minute
SIP = "00001"


class Line(NamedTuple):
    """What a row is made from: ``make(settings, call, leg)``; ``at`` local, naive."""

    at: datetime
    call: Call
    make: object
    leg: object


def leg_rows(settings: Settings, call: Call) -> Iterator[Line]:
    """One row a leg, in the account's spelling; one where nobody was rung."""
    legs = call.legs
    if call.direction != "inbound" and settings.callback_legs == 1:
        # the agent's own side is no leg of its own, unless nobody else was called
        legs = call.legs[1:] or call.legs[:1]
    if not legs:
        yield Line(settings.naive(call.start), call, _row, None)
    for leg in legs:
        yield Line(settings.naive(leg.ring), call, _row, leg)


def _row(settings, call, leg):
    inbound = call.direction == "inbound"
    target = (leg and (leg.extension or leg.number)) or "0"
    sip = target if inbound else call.extension
    if inbound and settings.spelling.sip == "did":
        sip = call.did
    if not inbound and target == call.extension and call.number:
        target = call.number
    # a leg that is none gets an id that looks like one
    nobody = f"{int(call.start.timestamp())}.{call.ordinal}1"
    row = {
        "call_id": float(leg.call_id if leg else nobody),
        "sip": _integer(sip),
        "callstart": settings.local(leg.ring if leg else call.start),
        "clid": _integer(call.number if inbound else call.did),
        "destination": _integer(target),
        "disposition": leg.raw if leg else call.raw,
        "seconds": leg.talk_seconds if leg else 0,
        "is_recorded": leg.recorded if leg else False,
        "pbx_call_id": call.ref,
    }
    seen = settings.spelling.statistics == "seen"
    return _as_seen(settings, call, row) if seen else row


def _as_seen(settings, call, row):
    """The row as integrators report it: all text, the caller with a name."""
    names = {one.number: one.name for one in settings.customers if one.name}
    if call.direction == "inbound":
        number = call.number.lstrip("+") or "Anonymous"
        name = names.get(call.number)
        clid = f"{name} ({number})" if name else number
    else:
        clid = f'"{settings.extension(call.extension).name}" <+{row["clid"]}>'
    return {
        **row,
        "call_id": str(row["call_id"]),
        "sip": str(row["sip"]),
        "clid": clid,
        "destination": str(row["destination"]),
        "is_recorded": "true" if row["is_recorded"] else "false",
    }


def paid_row(settings: Settings, call: Call) -> dict:
    """A row of ``/v1/statistics``: an outgoing call and what it cost."""
    minutes = -(-call.talk_seconds // 60)
    return {
        **_common(settings, call),
        "from": call.did.lstrip("+"),
        "to": call.number.lstrip("+"),
        "cost": RATE,
        "billcost": round(minutes * RATE, 4),
        "currency": "EUR",
    }


def received_row(settings: Settings, call: Call) -> dict:
    """A row of ``/v1/statistics/incoming-calls``."""
    return {
        **_common(settings, call),
        "from": call.number.lstrip("+"),
        "to": call.did.lstrip("+"),
    }


def _common(settings, call):
    return {
        "id": str(100000000 + call.ordinal),
        "sip": SIP,
        "callstart": settings.local(call.start),
        "description": "",
        "disposition": call.raw,
        "billseconds": call.talk_seconds,
    }


def _integer(number):
    return int(number.lstrip("+") or 0)
