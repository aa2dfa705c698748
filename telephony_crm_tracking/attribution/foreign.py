"""What other call tracking says of a call: their events as one kind of visit.

Whoever sends them names fields as they like and writes times in a zone that they do not
name, so everything is read in the ways it may be meant, and what is not understood is
kept as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from . import clean

MAX_FIELDS = 200
MAX_TEXT = 2000
#: How far their clock may be ahead of ours.
AHEAD = timedelta(minutes=2)
#: Unix times between 2001 and 2286, in seconds, milliseconds, microseconds.
UNIX = ((10, 1), (13, 1_000), (16, 1_000_000))
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
)

_offset = re.compile(r"(?:UTC|GMT)?\s*(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?", re.ASCII)
_placeholder = re.compile(r"\{\{.*\}\}|\{.*\}|%7B.*%7D", re.IGNORECASE | re.DOTALL)
_fraction = re.compile(r"(?<=:\d\d)\.\d+")


class BadEvent(Exception):
    """There is nothing in it that could be read.

    :param reason: a few English words, without anything of the event
    """

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class ForeignVisit:
    """What another system says of a call. What it did not say is empty.

    :param call_ref: its id of the call, the PBX's own where it is one with the PBX
    :param at: when the call began, naive UTC
    :param caller: and ``did``, as written
    :param how: ``dynamic``, ``static`` or ``callback``
    :param parameters: ``utm_*`` and click ids, see `clean.PARAMETERS`
    :param ids: see `clean.IDS`
    :param first: of the first visit, like ``parameters``
    :param extra: what was not understood, as it came
    """

    call_ref: str = ""
    at: datetime | None = None
    caller: str = ""
    did: str = ""
    talk_seconds: int | None = None
    how: str = ""
    landing: str = ""
    host: str = ""
    referrer: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether it tells where the caller came from."""
        return bool(self.parameters or self.referrer or self.landing or self.first)


def load(body: bytes | str) -> object:
    """Return what a JSON text holds.

    :raises BadEvent: when it is none
    """
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadEvent("no JSON") from error


def flat(event: Mapping[str, object], inner: Iterable[str] = ()) -> dict[str, object]:
    """Return fields with those of the named ones raised one level, keys bare.

    A field of the event itself outranks one from within. ``{{name}}`` is ``name``.

    :raises BadEvent: when there are too many
    """
    found: dict[str, object] = {}
    nested = [event.get(name) for name in inner]
    for part in (event, *nested):
        if isinstance(part, Mapping):
            for name, value in part.items():
                found.setdefault(str(name).strip("{} "), value)
    if len(found) > MAX_FIELDS:
        raise BadEvent("too many fields")
    return found


def value(found: object) -> str:
    """Return a field's value as text; empty for one that was left unfilled."""
    if isinstance(found, bool) or found is None:
        return ""
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, (int, float)):
        found = str(found)
    text = clean.text(found, MAX_TEXT)
    return "" if _placeholder.fullmatch(text) or text.lower() == "null" else text


def seconds(found: object) -> int | None:
    """Return a length of a call in whole seconds: ``31``, ``31.4``, ``00:00:31``."""
    text = value(found)
    parts = text.split(":")
    if not re.fullmatch(r"\d{1,6}(?:\.\d+)?|(?:\d{1,3}:){1,2}\d{1,2}", text, re.ASCII):
        return None
    if len(parts) == 1:
        return int(float(text))
    whole = 0
    for part in parts:
        whole = whole * 60 + int(part)
    return whole


@lru_cache(maxsize=100)
def zone(name: str) -> tzinfo:
    """Return a time zone by IANA name or offset (``UTC+2``); of nothing known, UTC."""
    if found := _offset.fullmatch(name.strip().upper()):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if offset <= timedelta(hours=14):
            return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(name.strip())
    except (KeyError, OSError, ValueError):
        return timezone.utc


def time(found: object, tz: str, seen_at: datetime) -> datetime | None:
    """Return a time in naive UTC; ``None`` when it is none.

    One without offset is read in the account's zone and as UTC, since nobody says which
    it is; what is nearest before it was told is meant.

    :param tz: of the account
    :param seen_at: naive UTC, when it was told
    """
    text = value(found)
    if text.isdecimal() and text.isascii():
        size = next((size for digits, size in UNIX if len(text) == digits), None)
        return _unix(int(text) / size) if size else None
    local = _parsed(text)
    if local is None:
        return None
    if local.tzinfo:
        return _utc(local)
    readings = {_utc(local.replace(tzinfo=one)) for one in (zone(tz), timezone.utc)}
    known = [at for at in readings if at is not None]
    past = [at for at in known if at <= seen_at + AHEAD]
    return max(past, default=min(known, default=None))


def _unix(number):
    return datetime.fromtimestamp(number, timezone.utc).replace(tzinfo=None)


def _parsed(text):
    """Return a time as written, with its offset if it has one."""
    if not text or len(text) > 40:
        return None
    text = _fraction.sub("", text)
    text = re.sub(r"\s*(?:Z|UTC)$", "+0000", text)
    text = re.sub(r"\s*([+-]\d\d):?(\d\d)?$", _offset_of, text)
    for form in FORMATS:
        for ending in ("", "%z"):
            try:
                return datetime.strptime(text, form + ending)
            except ValueError:
                continue
    return None


def _offset_of(found):
    """Write an offset as ``+HHMM``; what ends a date is none."""
    hours, minutes = found.groups()
    if ":" not in found.string[: found.start()]:
        return found[0]
    return f"{hours}{minutes or '00'}"


def _utc(at):
    try:
        return at.astimezone(timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return None


def address(url: object) -> tuple[str, str, dict[str, str]]:
    """Return host, path and kept parameters of a page's address."""
    text = value(url)
    if "//" not in text and "." in text.partition("/")[0]:
        text = f"//{text}"
    try:
        parts = urlsplit(text)
        query = dict(parse_qsl(parts.query, max_num_fields=MAX_FIELDS))
    except ValueError:
        return "", "", {}
    path = clean.path(parts.path) if text else ""
    return clean.host(parts.netloc.rpartition("@")[2]), path, clean.parameters(query)
