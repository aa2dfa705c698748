"""Text from outside, cleaned: nothing is kept that was not asked for.

What is not usable is empty; nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_VALUE = 255
MAX_PATH = 500
#: Of an address only these parameters are kept: others may say who somebody is.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CLICK_IDS = tuple(
    "gclid gbraid wbraid dclid gad_source msclkid fbclid ttclid li_fat_id yclid".split()
)
PARAMETERS = frozenset((*UTM, *CLICK_IDS))

_click_id = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.~-]{0,254}", re.ASCII)
_e164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_host = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?", re.ASCII)
#: What stands between words in a number that a person wrote.
_spelling = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
#: Control characters, half characters, and marks that turn a line around.
_unseen = re.compile("[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_path = re.compile("[^?#]*(?:#!?/[^?#&=]*)?")
_half = re.compile("[\ud800-\udfff]")

#: ``_ga`` = ``GA1.1.<a>.<b>``; ``_ga_<ID>`` = ``GS1.1.<session>.…`` or, since 2025,
#: ``GS2.1.s<session>$o…``; ``gtag`` hands out the bare ids.
_ga_cookie = re.compile(r"GA\d\.\d\.(\d{1,20}\.\d{1,20})", re.ASCII)
_session_cookie = re.compile(r"GS\d\.\d\.s?(\d{1,20})[.$].*", re.ASCII | re.DOTALL)
#: ``fbc`` = ``fb.1.<ms>.<fbclid>``, ``fbp`` = ``fb.1.<ms>.<random>``; Meta's own
#: libraries may append a part of theirs.
IDS = {
    "client_id": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII),
    "session_id": re.compile(r"\d{1,20}", re.ASCII),
    "fbc": re.compile(r"fb\.\d\.\d{10,14}\.[A-Za-z0-9_.-]{1,255}", re.ASCII),
    "fbp": re.compile(r"fb\.\d\.\d{10,14}\.\d{1,20}(?:\.\w{1,16})?", re.ASCII),
}


def text(value: object, limit: int) -> str:
    """Return text from outside without what cannot be seen or stored, cut at ``limit``.

    What is not text is empty.
    """
    if not isinstance(value, str):
        return ""
    value = value[: 4 * limit]  # nothing is cleaned that is thrown away
    return _half.sub("", _unseen.sub(" ", value)).strip()[:limit].strip()


def keyword(said: str) -> str:
    """Return a keyword without its match type, in lower case, so that it meets others.

    Google's reports write ``[red shoes]``, ``"red shoes"`` and ``+red +shoes`` for what
    an address has as ``red shoes``.
    """
    said = said.strip()
    if len(said) > 2 and said[0] + said[-1] in ("[]", '""'):
        said = said[1:-1]
    words = (word.lstrip("+") for word in said.split())
    return " ".join(filter(None, words)).lower()


def parameters(query: Mapping[str, object]) -> dict[str, str]:
    """Return the parameters that are kept, cleaned, without empty ones.

    A click id is kept whole or not at all: a part of one belongs to no click.
    """
    found = {}
    for name in (*UTM, *CLICK_IDS):
        if not query.get(name):
            continue
        value = text(query[name], MAX_VALUE + 1)
        if name in UTM:
            value = value[:MAX_VALUE]
        elif not _click_id.fullmatch(value):
            continue
        if value:
            found[name] = value
    return found


def number(value: object) -> str:
    """Return a number in E.164 without the spaces of its spelling, or ``""``."""
    if not isinstance(value, str) or len(value) > 40:
        return ""
    digits = _spelling.sub("", value.replace("(0)", ""))
    return digits if _e164.fullmatch(digits) else ""


def host(value: object) -> str:
    """Return a host in lower case without port, or ``""`` when it is none."""
    name = text(value, MAX_VALUE).lower().partition(":")[0].rstrip(".")
    return name if _host.fullmatch(name) else ""


def referrer(value: object) -> str:
    """Return host and path of an address, without scheme and parameters.

    Parameters of another site may be anything about anybody.
    """
    address = re.split(r"[?#]", text(value, 4 * MAX_PATH))[0]
    address = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address, flags=re.IGNORECASE)
    name, slash, path = address.partition("/")
    name = host(name.rpartition("@")[2])
    return f"{name}{slash}{path}"[:MAX_PATH].strip() if name else ""


def path(value: object) -> str:
    """Return a path, beginning with a slash, without parameters and fragment.

    A second path behind ``#`` or ``#!``, of a single-page application, is part of it.
    """
    bare = _path.match(text(value, 4 * MAX_PATH))[0]
    return ("/" + bare.lstrip("/"))[:MAX_PATH].strip()


def ids(said: Mapping[str, object]) -> dict[str, str]:
    """Return the ids of Google and Meta, which are kept if they look like ones.

    Cookies are taken apart, see `IDS`.
    """
    found = {name: text(said.get(name), MAX_PATH) for name in IDS}
    if cookie := _ga_cookie.fullmatch(found["client_id"]):
        found["client_id"] = cookie[1]
    if cookie := _session_cookie.fullmatch(found["session_id"]):
        found["session_id"] = cookie[1]
    return {name: value for name, value in found.items() if IDS[name].fullmatch(value)}
