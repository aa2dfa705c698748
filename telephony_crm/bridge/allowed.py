"""What Odoo may ask of the PBX through the bridge, and nothing else.

Each request is named with all that may stand in it, since both interfaces would do
far more: a name that is a function reads files or runs programs
(``variable=CURL(…)``), a comma begins the next argument of an application
(``File=x,,rm``), a variable without its channel is one of the whole PBX, and a channel
between slashes is all that look like it (``Channel=/.*/``).

A call that is begun rings an extension first, by the bridge's own file, and goes on to
a number in a context of the dialplan that this file names, whatever Odoo is told: an
account there dials what the dialplan lets it, and runs no application.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .allowed_calls import (
    SET_AT_START,
    SPY,
    NotAllowed,
    Reach,
    check_begun,
    check_originate,
    check_set,
    check_state,
    check_way,
    is_plain,
)

_path = re.compile(r"[\w.~:@;+/-]+", re.ASCII)
_channel = re.compile(r"[\w.+][\w.+:;@/-]*", re.ASCII)
_file = re.compile(r"[\w+.-]+(?:/[\w+.-]+)*", re.ASCII)
_id = r"[\w.~%:@;+-]+"
#: Of a channel: who is at its other end, who it was parted from, who is listened to.
READ = frozenset({"BRIDGEPEER", "TELEPHONY_OTHER"})
SET = frozenset({"TELEPHONY_OTHER"})
#: Where calls may go besides numbers: contexts of our own, with their extensions.
JOINED = {"telephony-spy": ("listen", "whisper", "barge")}
HELD = {"telephony-hold": ("wait", "music")}
CHANNELS = ("channel", "channel1", "channel2", "extrachannel")


@dataclass(frozen=True)
class Rule:
    """What may stand in one kind of request.

    :ivar names: of the parameters
    :ivar needed: those that may not be missing or empty
    :ivar variables: that its ``variable`` may name
    :ivar goes: extensions by context that it may go to, besides numbers
    :ivar to_numbers: it may go to numbers
    """

    names: frozenset[str]
    needed: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    takes_variables: bool = False
    goes: Mapping[str, Collection[str]] = field(default_factory=dict)
    to_numbers: bool = False


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
            goes=JOINED,
            to_numbers=True,
        ),
    ),
    ("DELETE", re.compile(rf"/ari/channels/{_id}", re.ASCII), _rule("reason")),
    (
        "GET",
        re.compile(rf"/ari/channels/{_id}/variable", re.ASCII),
        _rule("", "variable", READ),
    ),
    ("GET", re.compile(r"/ari/channels"), _rule()),
    ("GET", re.compile(r"/ari/endpoints"), _rule()),
    ("GET", re.compile(r"/ari/asterisk/info"), _rule()),
    ("GET", re.compile(rf"/ari/recordings/stored/{_id}/file", re.ASCII), _rule()),
    ("DELETE", re.compile(rf"/ari/recordings/stored/{_id}", re.ASCII), _rule()),
)
AMI = {
    "atxfer": _rule("priority", "channel context exten", to_numbers=True),
    "blindtransfer": _rule("", "channel context exten", to_numbers=True),
    "bridge": _rule("tone", "channel1 channel2"),
    "cancelatxfer": _rule("", "channel"),
    "coreshowchannels": _rule(),
    "getvar": _rule("", "channel variable", READ),
    "hangup": _rule("cause", "channel"),
    "mixmonitor": _rule("options", "channel file"),
    "originate": _rule(
        "callerid timeout channelid variable",
        "channel context exten priority async",
        to_numbers=True,
    ),
    "ping": _rule(),
    "playdtmf": _rule("duration", "channel digit"),
    "redirect": _rule(
        "extrachannel extracontext extraexten extrapriority",
        "channel context exten priority",
        goes=HELD,
    ),
    "setvar": _rule("value", "channel variable", SET),
    "stopmixmonitor": _rule("mixmonitorid", "channel"),
}


def check_ari(
    method: str, path: str, params: Mapping, data, reach: Reach
) -> str | None:
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
    if "endpoint" in params:
        check_begun(params["endpoint"], params.get("channelId"), reach)
    check_way(rule, params.get("context"), params.get("extension"), reach)
    if params.get("priority", "1") != "1":
        raise NotAllowed("The bridge begins at the first line of an extension.")
    variables = _variables(rule, data) if data else {}
    # Without a channel of its own, who is to listen hears all that there are.
    if params.get("context") in JOINED and not _channel.fullmatch(
        variables.get(SPY, "")
    ):
        raise NotAllowed("The bridge has nobody listen without saying to whom.")
    return json.dumps({"variables": variables}) if data else None


def _variables(rule, data):
    """Return the variables that a body names; ARI takes any parameter from it."""
    try:
        body = json.loads(data)
    except (TypeError, ValueError, RecursionError):
        body = None
    variables = body.get("variables") if isinstance(body, dict) else None
    if not (rule.takes_variables and isinstance(variables, dict) and len(body) == 1):
        raise NotAllowed("The bridge does not send that to ARI.")
    for name, value in variables.items():
        if name not in SET_AT_START or not is_plain(value):
            raise NotAllowed(f"The bridge does not set {name[:40]}.")
    return variables


def check_ami(action: str, fields: Mapping[str, str], reach: Reach) -> None:
    """Look at an action of AMI.

    :raises NotAllowed: when that is not asked of AMI
    """
    action = action.lower()
    rule = AMI.get(action)
    if rule is None:
        raise NotAllowed("The bridge does not ask that of AMI.")
    lower = {name.lower(): value for name, value in fields.items()}
    if len(lower) != len(fields):
        raise NotAllowed("The bridge does not send a name twice to AMI.")
    if action == "getvar" and set(lower) == {"variable"}:
        check_state(lower["variable"], reach)
        return
    if action == "originate":
        check_set(lower.pop("variable", ""))
    _check(rule, lower, "AMI")
    if action == "originate":
        check_originate(lower, reach)
    elif not all(_channel.fullmatch(lower.get(name, "x")) for name in CHANNELS):
        raise NotAllowed("The bridge does that to one channel only.")
    for way in ("", "extra"):
        context, exten = lower.get(f"{way}context"), lower.get(f"{way}exten")
        check_way(rule, context, exten, reach)
        if lower.get(f"{way}priority", "1") != "1":
            raise NotAllowed("The bridge begins at the first line of an extension.")
    file = lower.get("file")
    if file is not None and not _is_below(file):
        raise NotAllowed("The bridge has nothing recorded outside of the folder.")
    if lower.get("options", "b") != "b":
        raise NotAllowed("The bridge does not send options to AMI.")


def _check(rule, params, where):
    for name, value in params.items():
        if name not in rule.names or not is_plain(value):
            raise NotAllowed(f"The bridge does not send {name[:40]} to {where}.")
    for name in rule.needed:
        if not params.get(name):
            raise NotAllowed(f"The bridge sends that to {where} with {name} only.")
    if rule.variables and params["variable"] not in rule.variables:
        raise NotAllowed(f"The bridge knows no such variable of {where}.")


def _is_below(file):
    return _file.fullmatch(file) is not None and not any(
        set(part) == {"."} for part in file.split("/")
    )


def _is_address(path):
    """Tell whether a path is plain when it is read, and leads nowhere else."""
    read = unquote(path)
    return _path.fullmatch(read) is not None and ".." not in read.split("/")
