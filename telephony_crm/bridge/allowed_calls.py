"""Which calls the bridge begins for Odoo, and where calls may go.

Each raises `NotAllowed` for all others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .tracker_config import TrackerConfig, endpoint_of

#: Letters that mean something to Asterisk in a place of their own are none of these.
_value = re.compile(r"[\w.+*#;:@/-]*", re.ASCII)
#: Of telephones. What follows an @ would be a trunk or any host, past the dialplan.
_endpoint = re.compile(
    r"(?:PJSIP|SIP|IAX2|DAHDI|SCCP)/[\w.-]+", re.ASCII | re.IGNORECASE
)
_local = re.compile(r"Local/[0-9]{1,8}@([\w-]+)", re.ASCII | re.IGNORECASE)
_number = re.compile(r"\+?[0-9]{1,20}")
_state = re.compile(r"DEVICE_STATE\(([\w./@-]+)\)", re.ASCII)
#: Whether the dialplan has what hold and supervision take; and, of a context, whether
#: there is one, which only those may be asked in which numbers are dialled.
OWN_DIALPLAN = ("telephony-hold,wait,1", "telephony-spy,listen,1")
_dialplan = re.compile(r"DIALPLAN_EXISTS\(([\w,-]+)\)", re.ASCII)
#: Commas between variables; one in brackets belongs to a function.
_comma = re.compile(r",(?![^(]*\))")
SET_AT_START = frozenset(
    {
        "CALLERID(num)",
        "TELEPHONY_SPY",
        "__TELEPHONY_CALLER_ID",
        "__TRUNKCIDOVERRIDE",
        "PJSIP_HEADER(add,X-Telephony-Call)",
    }
)
SPY = "TELEPHONY_SPY"


class NotAllowed(Exception):
    """The bridge does not do that, whoever asks; the text says what."""


@dataclass(frozen=True)
class Reach:
    """How far calls go that the bridge begins.

    :param contexts: of the dialplan, in which numbers may be dialled
    :param endpoints: which of them are telephones of our own people
    """

    contexts: Collection[str]
    endpoints: TrackerConfig = field(default_factory=TrackerConfig)

    def has_telephone(self, endpoint: str) -> bool:
        """Tell whether ``PJSIP/100`` is an extension, and no trunk or address.

        The number of a port looks like an extension and may be a line to outside, so
        those of DAHDI are telephones only where ``devices`` names them.
        """
        if not _endpoint.fullmatch(endpoint):
            return False
        if endpoint.lower().startswith("dahdi/"):
            return endpoint in self.endpoints.devices
        # as the name of a channel, in which a number of its own comes last
        return endpoint_of(f"{endpoint}-0", self.endpoints).kind == "extension"

    def has_local(self, endpoint: str) -> bool:
        """Tell whether an extension is rung by the dialplan, where that may be."""
        local = _local.fullmatch(endpoint)
        return bool(local) and local[1] in self.contexts


def is_plain(value) -> bool:
    """Tell whether a value is a text that means nothing else to Asterisk."""
    return isinstance(value, str) and _value.fullmatch(value) is not None


def check_begun(endpoint: str, channel: str | None, reach: Reach) -> None:
    """Look at whom a new call rings first, and at the id it gets."""
    if not (reach.has_local(endpoint) or reach.has_telephone(endpoint)):
        raise NotAllowed(
            f"The bridge does not ring {endpoint[:40]}: it is no extension by [calls] "
            "extensions and devices of its file, nor Local/… in one of contexts."
        )
    if channel is not None and not channel.startswith("odoo-"):
        raise NotAllowed("The bridge gives calls no such id.")


def check_originate(fields: Mapping[str, str], reach: Reach) -> None:
    """Look at a call that AMI is to begin, and not to wait for."""
    check_begun(fields["channel"], fields.get("channelid"), reach)
    if fields["async"] != "true":
        raise NotAllowed("The bridge does not wait for calls that it begins.")
    if not _number.fullmatch(fields.get("callerid", "0")):
        raise NotAllowed("The bridge shows numbers only.")


def check_set(variables: str) -> None:
    """Look at the variables of a new call, as AMI reads them."""
    for one in filter(None, _comma.split(variables)):
        name, _equals, value = one.partition("=")
        if name not in SET_AT_START - {SPY} or not is_plain(value):
            raise NotAllowed(f"The bridge does not set {name[:40]}.")


def check_state(variable: str, reach: Reach) -> None:
    """Look at a variable without a channel: how a telephone or the dialplan is."""
    asked = _dialplan.fullmatch(variable)
    if asked and (asked[1] in OWN_DIALPLAN or asked[1] in reach.contexts):
        return
    found = _state.fullmatch(variable)
    if not found:
        raise NotAllowed("The bridge knows no such variable of AMI.")
    check_begun(found[1], None, reach)


def check_way(rule, context: str | None, exten: str | None, reach: Reach) -> None:
    """Look at where in the dialplan a call goes.

    :param rule: `allowed.Rule`
    """
    if context is None and exten is None:
        return
    if exten in rule.goes.get(context, ()):
        return
    if not rule.to_numbers or not _number.fullmatch(exten or ""):
        raise NotAllowed("The bridge does not have calls go there.")
    if context not in reach.contexts:
        raise NotAllowed(
            f"The bridge dials nothing in the context {str(context)[:40]}: "
            "[calls] contexts of its file does not name it."
        )
