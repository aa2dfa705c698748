"""The rows of ``/v1/statistics/pbx/``: one for each leg of a call that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import Call
from .settings import Settings

MOST = 1000  # rows a request
LONGEST = timedelta(days=31)
FORMAT = "%Y-%m-%d %H:%M:%S"
CALL_TYPES = {"in": ("inbound",), "out": ("outbound", "internal")}


def answer(settings: Settings, calls: list[Call], params: dict) -> dict:
    """The answer to a request for statistics.

    :param params: start, end (in the account's zone), version, call_type, skip, limit
    :raise ValueError: where one of them cannot be read
    """
    now = datetime.now(settings.zone()).replace(tzinfo=None, microsecond=0)
    end = _moment(params.get("end")) or now
    start = _moment(params.get("start")) or end.replace(
        day=1, hour=0, minute=0, second=0
    )
    if end - start > LONGEST:
        start = end - timedelta(days=30)  # the vendor shortens without a word
    kinds = CALL_TYPES.get(params.get("call_type", ""))
    lines = sorted(
        (
            row
            for call in calls
            if call.state == "ended" and (not kinds or call.direction in kinds)
            for row in rows(settings, call)
            if start <= _moment(row["callstart"]) <= end
        ),
        key=lambda row: row["callstart"],
    )
    skip = int(params.get("skip") or 0)
    limit = min(int(params.get("limit") or MOST), MOST)
    return {
        "status": "success",
        "start": start.strftime(FORMAT),
        "end": end.strftime(FORMAT),
        "version": int(params.get("version") or 2),
        "stats": lines[skip : skip + limit],
    }


def rows(settings: Settings, call: Call) -> list[dict]:
    """One row a leg, in the account's spelling."""
    legs = call.legs
    if call.direction != "inbound" and settings.callback_legs == 1:
        # the agent's own side is no leg of its own, unless nobody else was called
        legs = call.legs[1:] or call.legs[:1]
    lines = [
        _row(
            call,
            settings.local(leg.ring),
            call_id=leg.call_id,
            target=leg.extension or leg.number or "0",
            disposition=leg.raw,
            seconds=leg.talk_seconds,
            recorded=leg.recorded,
        )
        for leg in legs
    ]
    if not lines:  # nobody was rung
        lines = [
            _row(
                call,
                settings.local(call.start),
                call_id=f"{int(call.start.timestamp())}.{call.ordinal}1",
                target="0",
                disposition=call.raw,
                seconds=0,
                recorded=False,
            )
        ]
    seen = settings.spelling.statistics == "seen"
    return [_as_seen(settings, call, line) if seen else line for line in lines]


def _row(call, callstart, *, call_id, target, disposition, seconds, recorded):
    inbound = call.direction == "inbound"
    sip = target if inbound else call.extension
    clid = call.number if inbound else call.did
    if not inbound and target == call.extension and call.number:
        target = call.number
    return {
        "call_id": float(call_id),
        "sip": _integer(sip),
        "callstart": callstart,
        "clid": _integer(clid),
        "destination": _integer(target),
        "disposition": disposition,
        "seconds": seconds,
        "is_recorded": recorded,
        "pbx_call_id": call.ref,
    }


def _as_seen(settings, call, line):
    """The row as integrators report it: all text, the caller with a name."""
    names = {one.number: one.name for one in settings.customers if one.name}
    clid = str(line["clid"])
    if call.direction == "inbound":
        clid = f"{names.get(call.number, clid)} ({clid})"
    return {
        **line,
        "call_id": str(line["call_id"]),
        "sip": str(line["sip"]),
        "clid": clid,
        "destination": str(line["destination"]),
        "is_recorded": "true" if line["is_recorded"] else "false",
    }


def _moment(text):
    """A moment without zone; None for nothing; ValueError for nonsense."""
    return datetime.strptime(text, FORMAT) if text else None


def _integer(number):
    return int(number.lstrip("+") or 0)
