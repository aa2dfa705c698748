"""What is said to a PBX that asks who calls, and where to connect the caller."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlencode

from .transliteration import ascii_name

#: Longer ones fit on no desk phone, and have no place in a SIP header.
MAX_NAME = 60
#: A dialplan may put the name where it is read again: as an expression, as arguments
#: of an application, in quotes, in a shell. There these would not be letters.
UNSAFE = frozenset('"`$%*:;<=>?[\\]^{|}~')


@dataclass(frozen=True)
class Answer:
    """Who calls and what to do with the call.

    :param name: one line, safe for a dialplan; empty if unknown
    :param extension: of the responsible user; empty if there is none
    :param action: ``continue`` as usual, ``redirect`` to the extension first, or
        ``reject``
    """

    name: str = ""
    extension: str = ""
    action: str = "continue"


def name_line(name: str | None, latin: bool = False) -> str:
    """Return a name as one line without anything that a dialplan could act on.

    :param latin: written in ASCII, for what shows nothing else
    """
    name = unicodedata.normalize("NFC", (name or "")[: 10 * MAX_NAME])
    if latin:
        name = ascii_name(name, limit=MAX_NAME)
    letters = "".join(
        " " if char in UNSAFE or unicodedata.category(char)[0] in "CZ" else char
        for char in name
    )
    return " ".join(letters.split())[:MAX_NAME].strip()


def as_form(answer: Answer) -> str:
    """Return the answer as ``name=…&extension=…&action=…``, for Asterisk's `HASH()`.

    A blank is ``%20``: `CURL()` with ``hashcompat=yes`` leaves a plus sign as it is.
    """
    return urlencode(asdict(answer), quote_via=quote)


def as_json(answer: Answer) -> str:
    """Return the answer as an object of JSON with the same three fields."""
    return json.dumps(asdict(answer), ensure_ascii=False)
