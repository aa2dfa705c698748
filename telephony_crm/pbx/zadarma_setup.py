"""How an account of Zadarma is read and set up through its REST API.

Zadarma posts to two addresses: calls to that of ``callinfo``, all else to that of
``webhooks``. NOTIFY_RECORD and NOTIFY_IVR have no switch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import zadarma_requests as api
from . import zones
from .answers import NONSENSE, plain
from .errors import PbxError
from .messages import Credentials, DidInfo, ExtensionInfo, HttpRequest
from .numbers import internal_extension

NOTIFICATIONS = (
    "notify_start",
    "notify_internal",
    "notify_end",
    "notify_out_start",
    "notify_out_end",
    "notify_answer",
)
HOOKS = ("number_lookup", "call_tracking", "sms", "speech_recognition")
#: path, name of the switches in the answer, and the switches
ADDRESSES = (
    ("/v1/pbx/callinfo/", "notifications", NOTIFICATIONS),
    ("/v1/pbx/webhooks/", "hooks", HOOKS),
)


def read_zone(answer: Mapping) -> str:
    """Return the account's time zone, such as ``UTC+3``."""
    name = _text(answer, "timezone")
    try:
        zones.zone(name or "none")
    except ValueError as error:
        raise PbxError("nonsense", NONSENSE) from error
    return name


def read_extensions(answer: Mapping) -> list[str]:
    """Return the numbers of the extensions, which may come as numbers or text."""
    found = (internal_extension(str(number)) for number in _list(answer, "numbers"))
    return list(dict.fromkeys(filter(None, found)))


def read_extension(number: str, answer: Mapping) -> ExtensionInfo:
    """Return an extension's name, and where its recordings are mailed to.

    What is not set, comes as the text ``false``.
    """
    email = _text(answer, "record_email")
    return ExtensionInfo(
        number=number,
        name=_text(answer, "name"),
        email=email if re.fullmatch(r"[^@\s]+@[^@\s]+", email) else "",
    )


def read_dids(answer: Mapping) -> list[DidInfo]:
    """Return the numbers; a name that was given to one counts before its town."""
    return [
        DidInfo(
            number=str(line["number"]),
            name=_text(line, "number_name") or _text(line, "description"),
            active=line.get("status") == "on",
        )
        for line in _list(answer, "info")
        if isinstance(line, Mapping) and re.search(r"\d", str(line.get("number", "")))
    ]


def subscribe(credentials: Credentials, url: str) -> list[HttpRequest]:
    """Set both addresses, each before its switches; Zadarma checks them at once."""
    requests = []
    for path, name, switches in ADDRESSES:
        on = dict.fromkeys(switches, "true")
        requests.append(api.post(credentials, f"{path}url/", {"url": url}))
        requests.append(api.post(credentials, f"{path}{name}/", on))
    return requests


def subscriptions(credentials: Credentials) -> list[HttpRequest]:
    """Ask for both addresses and their switches."""
    return [api.get(credentials, path) for path, _name, _switches in ADDRESSES]


def read_subscriptions(answers: list[Mapping], url: str) -> list[str]:
    """Return what is not as `subscribe` leaves it: ``callinfo url``, ``notify_end``…"""
    missing = []
    for (path, name, switches), answer in zip(ADDRESSES, answers, strict=True):
        found = answer.get(name)
        if not isinstance(found, Mapping):
            raise PbxError("nonsense", NONSENSE)
        if answer.get("url") != url:
            missing.append(f"{path.split('/')[3]} url")
        missing += [one for one in switches if str(found.get(one)).lower() != "true"]
    return missing


def other_addresses(answers: list[Mapping], url: str) -> list[str]:
    """Return the addresses to which events are posted now, except ``url``."""
    found = {_text(answer, "url") for answer in answers}
    return sorted(found - {"", url})


def _list(answer, name):
    found = answer.get(name)
    if not isinstance(found, list):
        raise PbxError("nonsense", NONSENSE)
    return found


def _text(answer, name):
    found = plain(answer.get(name))
    return "" if found.lower() == "false" else found
