"""What is wrong between Odoo and an Asterisk that it speaks to itself, found by asking.

Each question changes nothing. What no question answers is said by who asks: that no
connection comes about, or that its encryption is not trusted.
"""

from __future__ import annotations

import re

from . import asterisk_values as values
from .answers import plain
from .asterisk_answers import read_ari
from .asterisk_control import HOLD, SPY
from .asterisk_requests import Ami, Steps, ari, bridge, over_bridge, setting
from .errors import AuthError, PbxError, Refused
from .messages import Credentials, Problem

OLDEST = 18
#: AMI actions that call control takes, and what ``manager.conf`` calls their class.
ACTIONS = {
    "redirect": "call",
    "setvar": "call",
    "blindtransfer": "call",
    "atxfer": "call",
    "bridge": "call",
    "playdtmf": "call",
    "mixmonitor": "system",
}


def examine(credentials: Credentials) -> Steps:
    """Return all that is wrong; nothing: all is well.

    :rtype: list[Problem]
    """
    if over_bridge(credentials):
        return (yield from _by_bridge())
    problems = yield from _ari(credentials)
    return [*problems, *(yield from _ami(credentials))]


def _by_bridge():
    found = read_ari((yield bridge("GET", "/check")))
    said = found.get("problems")
    words = [plain(text, 300) for text in said] if isinstance(said, list) else []
    return [Problem("bridge", text) for text in words if text]


def _ari(credentials):
    """Look at address, user and version, and whether the user may change anything."""
    answer = yield ari(credentials, "GET", "/asterisk/info")
    user = setting(credentials, "ari_user")
    if answer.status == 404:
        return [Problem("ari_off")]
    if answer.status == 401:
        return [Problem("ari_auth", user)]
    try:
        info = read_ari(answer)
        version = info["system"]["version"]
    except (PbxError, KeyError, TypeError):
        return [Problem("not_asterisk")]
    problems = []
    major = re.search(r"\d+", str(version))
    if major and int(major[0]) < OLDEST:
        problems.append(Problem("version", plain(str(version), 40)))
    params = {"variable": "TELEPHONY_TEST", "value": "1"}
    answer = yield ari(credentials, "POST", "/asterisk/variable", params)
    if answer.status == 403:
        problems.append(Problem("ari_read_only", user))
    return problems


def _ami(credentials):
    """Look at the user of AMI, what it may do, and at our part of the dialplan."""
    user, ami = setting(credentials, "ami_user"), Ami(credentials)
    try:
        allowed = yield from ami.do("ListCommands")
    except AuthError as error:
        return [Problem(error.code, user)]
    except PbxError as error:
        return [Problem(error.code if error.code.startswith("ami_") else "ami_off")]
    lacking = {kind for action, kind in ACTIONS.items() if action not in allowed}
    if lacking:
        return [Problem("ami_permission", ", ".join(sorted(lacking)))]
    return (yield from _dialplan(credentials, ami))


def _dialplan(credentials, ami):
    context = values.context(setting(credentials, "context"))
    problems = []
    for code, asked, detail in (
        ("context", context, context),
        ("dialplan", f"{HOLD},wait,1", HOLD),
        ("dialplan", f"{SPY},listen,1", SPY),
    ):
        variable = f"DIALPLAN_EXISTS({asked})"
        try:
            found = yield from ami.do("Getvar", Variable=variable)
        except (Refused, AuthError):
            continue  # nobody can say
        if found.get("value") == "0":
            problems.append(Problem(code, detail))
    return problems
