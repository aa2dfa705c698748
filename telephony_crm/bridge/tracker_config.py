"""What the tracker has to be told about a PBX, since no event tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .tracker_text import extension_text

#: Channels that are no telephone: helpers which Asterisk makes for itself.
HELPERS = frozenset(
    "asyncgoto announcer bridge cbann cbrec message multicastrtp null recorder snoop "
    "surrogate".split()
)
#: Channels that we make for a supervisor who listens.
SPY = "odoo-spy-"
#: Channels that we make for a user who clicks on a number.
CLICK = "odoo-"


@dataclass(frozen=True)
class TrackerConfig:
    r"""How the channels of one PBX are read.

    :param extensions: a regular expression that the endpoints of our own people match
        as a whole; every other endpoint is a trunk
    :param devices: extensions of endpoints that are called otherwise, as
        ``{"PJSIP/reception": "100"}`` or ``{"reception": "100"}``
    :param recordings: the folder of MixMonitor; references are relative to it
    :param local_endpoints: contexts whose Local channels stand for telephones:
        ``{"lab-phones": "extension", "lab-world": "trunk"}``. Of an extension the half
        ``;1`` is the telephone, of a trunk the half ``;2``, which is what comes in.
    :param max_calls: at most so many calls are followed at once; the oldest is given up
    :param max_legs: of one call
    :param linger: seconds for which an ended call is kept, since its Cdr comes later
    """

    extensions: str = r"\d{2,6}"
    devices: Mapping[str, str] = field(default_factory=dict)
    recordings: str = "/var/spool/asterisk/monitor"
    local_endpoints: Mapping[str, str] = field(default_factory=dict)
    max_calls: int = 10_000
    max_legs: int = 200
    linger: float = 60.0


@dataclass(frozen=True)
class Endpoint:
    """What the name of a channel tells.

    :param kind: ``extension``, ``trunk``, ``local`` (half of a Local channel),
        ``helper`` (no telephone), or ``gone`` (what is left of a channel whose place
        another has taken)
    :param pair: of a Local channel the name that both halves share
    """

    kind: str
    extension: str = ""
    pair: str = ""


def endpoint_of(name: str, config: TrackerConfig) -> Endpoint:
    """Read the name of a channel: ``PJSIP/100-0000000a``, ``Local/1@from-q-01;2``."""
    if name.endswith((">", "<ZOMBIE>")) and ("<ZOMBIE>" in name or "<MASQ>" in name):
        return Endpoint("gone")
    technology, _slash, rest = name.partition("/")
    technology = technology.lower()
    if not rest or technology in HELPERS:
        return Endpoint("helper")
    if technology == "local":
        return _local(rest, config)
    own = rest.rpartition("-")[0] or rest
    extension = config.devices.get(f"{name.partition('/')[0]}/{own}")
    extension = extension or config.devices.get(own)
    if not extension and re.fullmatch(config.extensions, own, re.ASCII):
        extension = own
    if extension:
        return Endpoint("extension", extension_text(extension))
    return Endpoint("trunk")


def _local(rest, config):
    pair, _semicolon, half = rest.rpartition(";")
    exten, _at, context = pair.partition("@")
    stands_for = config.local_endpoints.get(context.rpartition("-")[0])
    if stands_for == "extension" and half == "1":
        return Endpoint("extension", extension_text(exten))
    if stands_for == "trunk" and half == "2":
        return Endpoint("trunk")
    if stands_for:
        return Endpoint("helper")
    return Endpoint("local", pair=pair)
