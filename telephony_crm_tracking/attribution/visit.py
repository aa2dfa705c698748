"""What a page says to us, bounded and cleaned: the body of one small POST.

Anybody can send anything here, so nothing is kept that is not asked for. A body that
is no message of ours is a `BadVisit`; within a message, what is not usable is left out,
since a page with one odd parameter is still somebody's visit.

The body is JSON, sent as ``text/plain`` (no preflight, and Odoo looks for no ``utm_*``
in it)::

    visit  {"k": "", "u": "/path", "h": "host", "q": {"gclid": …}, "r": "host/path",
            "n": ["+44…"], "c": {"a": "granted", "d": "denied", "by": "tcf"},
            "g": {"client_id", "session_id", "fbc", "fbp"}, "p": "previous key"}
    beat   {"k": key, "b": 1, "g"?, "c"?}     the page lives
    tap    {"k": key, "t": "+44…", "g"?}      the visitor taps a number
    view   {"k": key, "v": 1, "u", "q", "r"}  another page, without loading anew
    end    {"k": key, "e": 1}                 the page goes away

A page asks anew by a visit with its key, and the address it began with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import clean
from .consent import Consent, signal
from .words import Word

MAX_BODY = 8192
MAX_NUMBERS = 20

_key = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_by = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)


class BadVisit(Exception):
    """The body is no message of ours.

    :param reason: a few English words, without anything of the body
    """

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


class Kind(Word):
    """What a message is about."""

    VISIT = "visit"
    BEAT = "beat"
    TAP = "tap"
    VIEW = "view"
    END = "end"


@dataclass(frozen=True)
class VisitRequest:
    """A message of a page. What it did not say, or not usably, is empty.

    :param key: of the visit, given by us; empty for a new one
    :param landing: the page's path, see `clean.path`
    :param host: of the page, in lower case, without port
    :param parameters: of the page's address, see `clean.PARAMETERS`
    :param referrer: host and path
    :param numbers: static numbers on the page, E.164, each once
    :param consent: ``None`` when the message says nothing of it
    :param ids: ``client_id``, ``session_id``, ``fbc``, ``fbp``, as far as known
    :param previous: key of the visit that this one goes on from
    :param tapped: number, E.164
    """

    kind: Kind
    key: str = ""
    landing: str = ""
    host: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    referrer: str = ""
    numbers: tuple[str, ...] = ()
    consent: Consent | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    previous: str = ""
    tapped: str = ""


def parse(body: bytes) -> VisitRequest:
    """Read the body of a request.

    :raises BadVisit: when it is no message of ours; nothing else is ever raised
    """
    data = _load(body)
    kind = _kind(data)
    key = data.get("k", "")
    if not isinstance(key, str) or not (_key.fullmatch(key) or key == ""):
        raise BadVisit("no such key")
    if not key and kind != Kind.VISIT:
        raise BadVisit("a key is missing")
    page = _page(data) if kind in (Kind.VISIT, Kind.VIEW) else {}
    tapped = clean.number(data.get("t")) if kind == Kind.TAP else ""
    if kind == Kind.TAP and not tapped:
        raise BadVisit("no such number")
    return VisitRequest(
        kind=kind,
        key=key,
        consent=_consent(data.get("c")),
        ids=clean.ids(said) if isinstance(said := data.get("g"), dict) else {},
        tapped=tapped,
        **page,
    )


def _load(body):
    if len(body) > MAX_BODY:
        raise BadVisit("too long")
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # so many brackets fit in a body
        raise BadVisit("no JSON") from error
    if not isinstance(data, dict):
        raise BadVisit("no object")
    return data


def _kind(data):
    marks = {"b": Kind.BEAT, "t": Kind.TAP, "v": Kind.VIEW, "e": Kind.END}
    no = (None, False, 0)
    said = [kind for mark, kind in marks.items() if data.get(mark) not in no]
    if len(said) > 1:
        raise BadVisit("several things at once")
    return said[0] if said else Kind.VISIT


def _page(data):
    """Return what a message says about a page.

    :raises BadVisit: when it is built differently from ours
    """
    query, numbers = data.get("q", {}), data.get("n", [])
    if not isinstance(query, dict) or not isinstance(numbers, list):
        raise BadVisit("no visit")
    found = dict.fromkeys(filter(None, map(clean.number, numbers)))
    previous = clean.text(data.get("p"), clean.MAX_VALUE)
    return {
        "landing": clean.path(data.get("u")),
        "host": clean.host(data.get("h")),
        "parameters": clean.parameters(query),
        "referrer": clean.referrer(data.get("r")),
        "numbers": tuple(found)[:MAX_NUMBERS],
        "previous": previous if _key.fullmatch(previous) else "",
    }


def _consent(said):
    if not isinstance(said, dict):
        return None
    by = said.get("by")
    return Consent(
        analytics=signal(said.get("a")),
        ads=signal(said.get("d")),
        by=by if isinstance(by, str) and _by.fullmatch(by) else "",
    )
