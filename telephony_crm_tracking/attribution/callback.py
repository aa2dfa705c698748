"""What a visitor writes into the callback widget: the body of one small POST.

Anybody can send anything here. The body is JSON, as ``text/plain`` (no preflight)::

    {"k": key of the visit or "", "number": "020 …", "name": "Ann",
     "at": "2026-11-23T09:30:00+02:00", "hp": ""}

``at`` is the time that was chosen, in ISO 8601 with its distance from UTC; nothing
means at once. ``hp`` is a field that people do not see: what fills it in is a robot.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from . import clean

MAX_BODY = 2048
MAX_NUMBER = 40
MAX_NAME = 100
#: A time that is past by less was chosen as "now" while the visitor wrote.
PAST = timedelta(hours=1)
#: As a browser writes a time, without fractions of seconds.
_iso = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?[+-]\d\d:\d\d", re.ASCII)

_key = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


class BadCallback(Exception):
    """The body is no request of ours.

    :param reason: a few English words, without anything of the body
    """

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class CallbackRequest:
    """Who asks to be called, as far as they say so.

    :param key: of the visit, given by us; empty when there is none
    :param number: as it was written, in one line
    :param at: the time chosen, naive UTC; `None`: at once
    :param name: of the visitor, or empty
    :param trapped: a field was filled in that no person sees
    """

    key: str
    number: str
    at: datetime | None
    name: str
    trapped: bool


def parse(body: bytes, now: datetime) -> CallbackRequest:
    """Read the body of a request.

    :param now: naive UTC
    :raises BadCallback: when it is no request of ours; nothing else is ever raised
    """
    data = _load(body)
    key = data.get("k") or ""
    if not isinstance(key, str) or not (_key.fullmatch(key) or key == ""):
        raise BadCallback("no such key")
    number = clean.text(data.get("number"), MAX_NUMBER)
    if not number:
        raise BadCallback("a number is missing")
    return CallbackRequest(
        key=key,
        number=number,
        at=_time(data.get("at"), now),
        name=clean.text(data.get("name"), MAX_NAME),
        trapped=data.get("hp", "") not in ("", None, False),
    )


def _load(body):
    if len(body) > MAX_BODY:
        raise BadCallback("too long")
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadCallback("no JSON") from error
    if not isinstance(data, dict):
        raise BadCallback("no object")
    return data


def _time(said, now):
    """Return the time chosen; `None` for at once.

    :raises BadCallback: for what is no time, or one that is over
    """
    if said in (None, "", False):
        return None
    if not isinstance(said, str) or not _iso.fullmatch(said):
        raise BadCallback("no such time")
    try:
        at = datetime.fromisoformat(said).astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadCallback("no such time") from error
    if at < now - PAST:
        raise BadCallback("that time is over")
    return at if at > now else None
