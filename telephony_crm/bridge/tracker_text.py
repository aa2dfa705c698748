"""Reading what a PBX sends: every value is somebody else's, and may be anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

#: What an event of ours must not hold: controls, and halves of characters.
_dirt = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: Asterisk's own words for "nothing".
NOTHING = frozenset({"<unknown>", "<none>", "<none specified>", "(null)"})
#: Characters of a number in an event (``pbx/event.schema.json``).
LONGEST = 64
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: The year 9999: beyond it there are no dates.
LAST_MOMENT = 253_370_000_000.0


def text(message: Mapping, name: str, most: int = 128) -> str:
    """Return a header as clean text of at most ``most`` characters."""
    value = message.get(name)
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):  # a header that came several times
        value = value[0] if value else ""
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value[: most * 4]).decode(errors="replace")
    elif not isinstance(value, str):
        value = "" if isinstance(value, (Mapping, set)) else str(value)
    if len(value) > most * 4:
        value = value[: most * 4]
    if not value.isprintable():
        value = _dirt.sub("", value)
    value = value.strip()[:most]
    return "" if value in NOTHING else value


def number(message: Mapping, name: str) -> str:
    """Return a header that is a telephone number; nothing of one that is too long.

    Cut, it would be somebody else's.
    """
    value = text(message, name, LONGEST + 1)
    return value if len(value) <= LONGEST else ""


def whole(message: Mapping, name: str) -> int | None:
    """Return a header that is a whole number, else ``None``."""
    value = text(message, name, 20)
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else None


def moment(at: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC, to the microsecond."""
    found = EPOCH + timedelta(seconds=min(max(float(at), 0.0), LAST_MOMENT))
    return found.isoformat(timespec="microseconds").replace("+00:00", "Z")


def extension_text(value: str) -> str:
    """Return what of a value an event can name as an extension."""
    return re.sub(r"[^A-Za-z0-9_.*#-]", "", value)[:32]
