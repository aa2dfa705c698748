"""What Odoo may ask of the PBX through the bridge, and nothing else.

Each request is named with all that may stand in it, since both interfaces would do
far more: a name that is a function reads files or runs programs
(``variable=CURL(…)``), a comma begins the next argument of an application
(``File=x,,rm``), and a variable without its channel is one of the whole PBX.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

#: Letters that mean something to Asterisk in a place of their own are none of these.
_value = re.compile(r"[\w.+*#;:@/-]*", re.ASCII)
_path = re.compile(r"[\w.~:@;+/-]+", re.ASCII)
#: Of telephones and trunks; others send the sound to any address.
_endpoint = re.compile(
    r"(?:PJSIP|SIP|IAX2|DAHDI|SCCP|Local)/[\w.@-]+", re.ASCII | re.IGNORECASE
)
_file = re.compile(r"[\w+.-]+(?:/[\w+.-]+)*", re.ASCII)
_id = r"[\w.~%:@;+-]+"
#: Of a channel: who is at its other end, who it was parted from, who is listened to.
READ = frozenset({"BRIDGEPEER", "TELEPHONY_OTHER"})
SET = frozenset({"TELEPHONY_OTHER"})
SET_AT_START = frozenset(
    {
        "CALLERID(num)",
        "TELEPHONY_SPY",
        "__TELEPHONY_CALLER_ID",
        "__TRUNKCIDOVERRIDE",
    }
)


class NotAllowed(Exception):
    """The bridge does not do that, whoever asks; the text says what."""


@dataclass(frozen=True)
class Rule:
    """What may stand in one kind of request.

    :ivar names: of the parameters
    :ivar needed: those that may not be missing or empty
    :ivar variables: that its ``variable`` may name
    """

    names: frozenset[str]
    needed: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    takes_variables: bool = False


def _rule(names="", needed="", variables=frozenset(), **more):
    needed = frozenset(needed.split())
    return Rule(frozenset(names.split()) | needed, needed, variables, **more)


ARI = (
    (
        "POST",
        re.compile(r"/ari/channels"),
        _rule(
            "callerId timeout channelId",
            "endpoint extension context priority",
            takes_variables=True,
        ),
    ),
    ("DELETE", re.compile(rf"/ari/channels/{_id}", re.ASCII), _rule("reason")),
    (
        "GET",
        re.compile(rf"/ari/channels/{_id}/variable", re.ASCII),
        _rule("", "variable", READ),
    ),
    ("GET", re.compile(r"/ari/endpoints"), _rule()),
    ("GET", re.compile(r"/ari/asterisk/info"), _rule()),
    ("GET", re.compile(rf"/ari/recordings/stored/{_id}/file", re.ASCII), _rule()),
    ("DELETE", re.compile(rf"/ari/recordings/stored/{_id}", re.ASCII), _rule()),
)
AMI = {
    "atxfer": _rule("context priority", "channel exten"),
    "blindtransfer": _rule("context", "channel exten"),
    "bridge": _rule("tone", "channel1 channel2"),
    "cancelatxfer": _rule("", "channel"),
    "getvar": _rule("", "channel variable", READ),
    "hangup": _rule("cause", "channel"),
    "mixmonitor": _rule("options", "channel file"),
    "ping": _rule(),
    "playdtmf": _rule("duration", "channel digit"),
    "redirect": _rule(
        "extrachannel extracontext extraexten extrapriority",
        "channel context exten priority",
    ),
    "setvar": _rule("value", "channel variable", SET),
    "stopmixmonitor": _rule("mixmonitorid", "channel"),
}


def check_ari(method: str, path: str, params: Mapping, data) -> str | None:
    """Return the body to be sent to ARI, in JSON; `None`: there is none.

    :param data: what Odoo sent as the body, a text in JSON
    :raises NotAllowed: when that is not asked of ARI
    """
    rule = next(
        (
            rule
            for known, shape, rule in ARI
            if method == known and shape.fullmatch(path) and _is_address(path)
        ),
        None,
    )
    if rule is None:
        raise NotAllowed("The bridge does not ask that of ARI.")
    _check(rule, params, "ARI")
    if not data:
        return None
    # ARI takes any parameter from the body as well.
    try:
        body = json.loads(data)
    except (TypeError, ValueError, RecursionError):
        body = None
    variables = body.get("variables") if isinstance(body, dict) else None
    if not (rule.takes_variables and isinstance(variables, dict) and len(body) == 1):
        raise NotAllowed("The bridge does not send that to ARI.")
    for name, value in variables.items():
        if name not in SET_AT_START or not _is_plain(value):
            raise NotAllowed(f"The bridge does not set {name[:40]}.")
    return json.dumps(body)


def check_ami(action: str, fields: Mapping[str, str]) -> None:
    """Look at an action of AMI.

    :raises NotAllowed: when that is not asked of AMI
    """
    rule = AMI.get(action.lower())
    if rule is None:
        raise NotAllowed("The bridge does not ask that of AMI.")
    lower = {name.lower(): value for name, value in fields.items()}
    if len(lower) != len(fields):
        raise NotAllowed("The bridge does not send a name twice to AMI.")
    _check(rule, lower, "AMI")
    file = lower.get("file")
    if file is not None and not _is_below(file):
        raise NotAllowed("The bridge has nothing recorded outside of the folder.")
    if lower.get("options", "b") != "b":
        raise NotAllowed("The bridge does not send options to AMI.")


def _check(rule, params, where):
    for name, value in params.items():
        if name not in rule.names or not _is_plain(value):
            raise NotAllowed(f"The bridge does not send {name[:40]} to {where}.")
    for name in rule.needed:
        if not params.get(name):
            raise NotAllowed(f"The bridge sends that to {where} with {name} only.")
    if rule.variables and params["variable"] not in rule.variables:
        raise NotAllowed(f"The bridge knows no such variable of {where}.")
    if "endpoint" in params and not _endpoint.fullmatch(params["endpoint"]):
        raise NotAllowed("The bridge does not call that.")


def _is_plain(value):
    return isinstance(value, str) and _value.fullmatch(value) is not None


def _is_below(file):
    return _file.fullmatch(file) is not None and not any(
        set(part) == {"."} for part in file.split("/")
    )


def _is_address(path):
    """Tell whether a path is plain when it is read, and leads nowhere else."""
    read = unquote(path)
    return _path.fullmatch(read) is not None and ".." not in read.split("/")
