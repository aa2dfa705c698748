"""What is wrong between Odoo and an Asterisk that it speaks to itself, found by asking.

Each question changes nothing. What no question answers is said by who asks: that no
connection comes about, or that its encryption is not trusted.
"""

from __future__ import annotations

import re

from . import asterisk_values as values
from . import bridge_sentences
from .answers import plain
from .asterisk_answers import read_ari
from .asterisk_control import HOLD, has_dialplan
from .asterisk_originate import SPY
from .asterisk_requests import Ami, Steps, ari, bridge, has_ari, over_bridge, setting
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
#: And those that take the place of ARI.
WITHOUT_ARI = {
    "originate": "originate",
    "hangup": "call",
    "coreshowchannels": "system",
}


def examine(credentials: Credentials) -> Steps:
    """Return all that is wrong; nothing: all is well.

    :rtype: list[Problem]
    """
    if over_bridge(credentials):
        return (yield from _by_bridge(credentials))
    if has_ari(credentials):
        problems = yield from _ari(credentials)
        return [*problems, *(yield from _ami(credentials))]
    if not setting(credentials, "ami_user"):
        return [Problem("nothing_set")]
    problems = yield from _ami(credentials)
    if any(one.code in ("ami_off", "ami_auth") for one in problems):
        problems.append(Problem("ari_unset"))
    return problems or [Problem("no_ari", is_note=True)]


def _by_bridge(credentials):
    context = values.context(setting(credentials, "context"))
    found = read_ari((yield bridge("GET", "/check", {"context": context})))
    problems = [
        Problem("bridge", one.text, said=one.code, values=one.values)
        for one in bridge_sentences.read(found)
    ]
    if not problems:
        problems = yield from _dialplan(credentials, Ami(credentials))
    return problems or _notes(found)


def _notes(found):
    """Return what there is to say of a bridge with which nothing is wrong."""
    notes = []
    if found.get("ari") is False:
        notes.append(Problem("no_ari", is_note=True))
    unsaid = found.get("unsaid")
    if isinstance(unsaid, list) and unsaid:
        names = ", ".join(plain(one, 20) for one in unsaid[:5])
        notes.append(Problem("ami_unsaid", names, is_note=True))
    return notes


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
    problems = _of_version(str(version))
    params = {"variable": "TELEPHONY_TEST", "value": "1"}
    answer = yield ari(credentials, "POST", "/asterisk/variable", params)
    if answer.status == 403:
        problems.append(Problem("ari_read_only", user))
    return problems


def _of_version(version):
    major = re.search(r"\d+", version)
    is_old = major and int(major[0]) < OLDEST
    return [Problem("version", plain(version, 40))] if is_old else []


def _ami(credentials):
    """Look at the user of AMI, what it may do, and at our part of the dialplan.

    Where there is no ARI, what it would have told as well.
    """
    user, ami = setting(credentials, "ami_user"), Ami(credentials)
    alone = not has_ari(credentials)
    try:
        allowed = yield from ami.do("ListCommands")
    except AuthError as error:
        return [Problem(error.code, user)]
    except PbxError as error:
        if error.code.startswith("ami_"):
            return [Problem(error.code)]
        return [Problem("not_asterisk" if alone else "ami_off")]
    needed = {**ACTIONS, **WITHOUT_ARI} if alone else ACTIONS
    lacking = {kind for action, kind in needed.items() if action not in allowed}
    if lacking:
        return [Problem("ami_permission", ", ".join(sorted(lacking)))]
    problems = []
    if alone:
        settings = yield from ami.do("CoreSettings")
        problems = _of_version(settings.get("asteriskversion", ""))
    return [*problems, *(yield from _dialplan(credentials, ami))]


def _dialplan(credentials, ami):
    context = values.context(setting(credentials, "context"))
    problems = []
    for code, asked, detail in (
        ("context", context, context),
        ("dialplan", f"{HOLD},wait,1", HOLD),
        ("dialplan", f"{SPY},listen,1", SPY),
    ):
        try:
            found = yield from has_dialplan(ami, asked)
        except (Refused, AuthError):
            continue  # nobody can say
        if not found:
            return [*problems, Problem("dialplan_unsaid")]
        if found == "0":
            problems.append(Problem(code, detail))
    return problems
