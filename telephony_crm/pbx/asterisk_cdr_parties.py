"""Who takes part in a row of Asterisk's own record of calls; see ``asterisk_cdr``."""

from __future__ import annotations

import re

from .event import Direction, LegKind
from .numbers import internal_extension, parse

#: Applications that take a call when no second channel does.
MACHINES = {
    "voicemail": LegKind.VOICEMAIL,
    "minivmrecord": LegKind.VOICEMAIL,
    "queue": LegKind.QUEUE,
    "background": LegKind.IVR,
    "waitexten": LegKind.IVR,
    "read": LegKind.IVR,
    "playback": LegKind.IVR,
    "directory": LegKind.IVR,
}

#: ``PJSIP/100-0000001a``: technology, device.
_device = re.compile(r"(\w+)/(.+?)(?:-[0-9a-f]+)?(?:;[12])?", re.IGNORECASE)
#: The number that a forward dials: ``PJSIP/+447700900123@trunk,20``.
_forwarded = re.compile(r"[/](\+?[0-9]{6,15})@")


def parties_of(row):
    """Return who takes part in a row, and the direction that this suggests.

    Only the channel that the call began with tells that: after a transfer the customer
    of an outbound call is the first of a pair, too.
    """
    one, two = _end_of(row, "channel"), _end_of(row, "dstchannel")
    is_first = row.get("uniqueid", "") == (row.get("linkedid") or row["uniqueid"])
    if two.is_local:
        return _beginning(one, row) if is_first else {}
    if not two.name:
        kind = MACHINES.get(row.get("lastapp", "").lower())
        return {**(_beginning(one, row) if is_first else {}), "leg_kind": kind}
    found = _beginning(one, row) if is_first else {}
    if two.extension:
        hint = found.get("direction_hint")
        if hint == Direction.OUTBOUND:
            found["direction_hint"] = Direction.INTERNAL
        return {**found, "extension": two.extension}
    if found.get("direction_hint") == Direction.OUTBOUND:
        called = _outside(row.get("dst", ""))
        return {**found, "extension": one.extension, "called": called}
    forwarded = _forwarded.search(row.get("lastdata", ""))
    return {**found, "target": forwarded[1] if forwarded else ""}


def is_pair(row):
    """Tell whether a row has a second telephone.

    Half of a Local channel is none: whom it rang has a row of its own, and that the
    half was picked up says nothing of him.
    """
    two = _end_of(row, "dstchannel")
    return bool(two.name) and not two.is_local


def _beginning(one, row):
    """Return what the first channel of a call says: who called, and which number.

    A call by click may be begun by the first half of a local channel, whose number is
    the agent's.
    """
    if one.extension:
        return {
            "dialled_by": one.extension,
            "direction_hint": Direction.OUTBOUND,
        }
    return {
        "direction_hint": Direction.INBOUND,
        "caller": _outside(row.get("src", "")),
        "did": _outside(row.get("did") or row.get("dst", "")),
    }


class _End:
    """One of the two channels of a row."""

    def __init__(self, name, extension):
        found = _device.fullmatch(name)
        technology, device = found.groups() if found else ("", "")
        self.name = name
        is_local = technology.lower() == "local"
        device = device.partition("@")[0] if is_local else device
        #: Half of a Local channel, unless the bridge knows that a telephone is there.
        self.is_local = is_local and not extension
        #: The bridge knows which device is whose; else the device has its name.
        self.extension = internal_extension(extension or device)


def _end_of(row, name):
    return _End(row.get(name, ""), row.get(f"{name}_extension", ""))


def _outside(text):
    """Return a telephone number, but nothing for a name or a hidden caller."""
    digits = re.sub(r"\D", "", text)
    is_number = 6 <= len(digits) <= 20 and not re.search(r"[^\W\d]", text)
    return "" if not is_number or parse(text).hidden else text[:64]
