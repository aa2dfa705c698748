"""Zadarma's call tracking: the event ``CALL_TRACKING``.

It comes to an address of its own, signed over the text of ``result``, which is JSON
(npm ``zadarma`` 1.1.2; verified by the adapter before anything is read here). Which
fields ``result`` has is in no source that we have: those of `NAMES` are recalled, so it
is read as an object or an array, ``utm`` flat or nested, times in the account's zone or
UTC, and what is not known is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from . import clean, foreign
from .foreign import BadEvent, ForeignVisit

#: Ours, and what theirs may be called.
NAMES = {
    "call_ref": ("pbx_call_id", "call_id"),
    "at": ("start", "call_start", "callstart"),
    "caller": ("caller_id", "caller", "from", "clid"),
    "did": ("called_did", "did", "tracker", "destination", "to"),
    "talk": ("duration", "seconds"),
    "client_id": ("ga_id", "ga_client_id", "client_id"),
    "url": ("url", "page", "landing"),
    "referrer": ("referrer", "referer", "ref"),
    "utm": ("utm",),
    "first": ("first_utm",),
}
MAX_CALLS = 1000


def read(result: str, tz: str, seen_at: datetime) -> list[ForeignVisit]:
    """Return what the event's ``result`` says, a visit for each call.

    :param tz: of the account
    :param seen_at: naive UTC, when the event arrived
    :raises BadEvent: when it cannot be read
    """
    found = foreign.load(result)
    calls = found if isinstance(found, list) else [found]
    if len(calls) > MAX_CALLS or not all(isinstance(one, Mapping) for one in calls):
        raise BadEvent("no calls")
    return [_visit(one, tz, seen_at) for one in calls]


def _visit(call, tz, seen_at):
    fields = foreign.flat(call)
    known = {
        ours: next((fields[name] for name in theirs if fields.get(name)), None)
        for ours, theirs in NAMES.items()
    }
    host, landing, of_page = foreign.address(known["url"])
    said = clean.parameters(_values(fields))
    did = foreign.value(known["did"])
    used = {name for theirs in NAMES.values() for name in theirs} | clean.PARAMETERS
    return ForeignVisit(
        call_ref=foreign.value(known["call_ref"])[:128],
        at=foreign.time(known["at"], tz, seen_at),
        caller=foreign.value(known["caller"])[:40],
        # A tracker may be a number, or only the number of a tracker.
        did=did[:40] if sum(map(str.isdecimal, did)) > 6 else "",
        talk_seconds=foreign.seconds(known["talk"]),
        landing=landing,
        host=host,
        referrer=clean.referrer(foreign.value(known["referrer"])),
        parameters={**of_page, **_utm(known["utm"]), **said},
        ids=clean.ids({"client_id": foreign.value(known["client_id"])}),
        first=_utm(known["first"]),
        extra={
            name: kept
            for name, kept in fields.items()
            if name not in used or (name == "tracker" and kept)
        },
    )


def _utm(found):
    """Return parameters of an object or a query: ``source`` is ``utm_source``."""
    if isinstance(found, str):
        _, _, query = foreign.address(f"/?{found.lstrip('?')}")
        return query
    if not isinstance(found, Mapping):
        return {}
    named = {
        name if name in clean.PARAMETERS else f"utm_{name}": value
        for name, value in _values(foreign.flat(found)).items()
    }
    return clean.parameters(named)


def _values(fields):
    return {name: foreign.value(found) for name, found in fields.items()}
