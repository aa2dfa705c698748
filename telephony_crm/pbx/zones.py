"""Local times of a PBX account as naive UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

#: How far a PBX's clock may be ahead of ours.
CLOCK_ERROR = timedelta(minutes=2)

_offset = re.compile(r"(?:UTC|GMT)?\s*(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?", re.ASCII)


@lru_cache(maxsize=200)
def zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name, or of a form like ``UTC+2``.

    :raises ValueError: when there is none of this name
    """
    if found := _offset.fullmatch(name.strip().upper()):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if offset > timedelta(hours=14):
            raise ValueError(f"no time zone {name!r}")
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(name.strip())
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"no time zone {name!r}") from error


def to_utc(text: str, tz: str, seen_at: datetime) -> datetime:
    """Return ``YYYY-MM-DD HH:MM:SS`` of an account's time zone as naive UTC.

    :param seen_at: naive UTC; when this was already over. In the hour that autumn
        repeats, the time is the later one that fits. A time that spring leaves out
        is read as the clock would have shown it before the change.
    :raises ValueError: when time or zone cannot be read
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text, re.ASCII):
        raise ValueError(f"no time {text!r}")
    local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone(tz))
    try:
        first, second = (
            local.replace(fold=fold).astimezone(timezone.utc).replace(tzinfo=None)
            for fold in (0, 1)
        )
    except OverflowError as error:
        raise ValueError(f"no time {text!r}") from error
    return second if first < second <= seen_at + CLOCK_ERROR else first


def agrees(name: str, said: str, now: datetime) -> bool:
    """Tell whether the clocks of two zones show the same at the moment.

    ``UTC+2`` may be Kyiv in winter or Berlin in summer: a fixed offset does not tell
    which, and what agrees now may not in half a year.

    :param now: naive UTC
    """
    try:
        one, other = (
            now.replace(tzinfo=timezone.utc).astimezone(zone(which)).utcoffset()
            for which in (name, said)
        )
    except ValueError:
        return False
    return one == other


def fixed(said: str) -> str:
    """Return the IANA name of a fixed offset in whole hours, else ``""``.

    Its sign is the other way round: ``Etc/GMT-2`` is two hours ahead of Greenwich.
    """
    found = _offset.fullmatch(said.strip().upper())
    if not found:
        return ""
    sign, hours, minutes = found.groups()
    if int(minutes or 0) or int(hours or 0) > (12 if sign == "-" else 14):
        return ""
    if not int(hours or 0):
        return "Etc/GMT"
    return f"Etc/GMT{'+' if sign == '-' else '-'}{int(hours)}"
