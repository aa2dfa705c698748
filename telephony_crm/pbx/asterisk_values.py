"""What may stand in a request to Asterisk.

Dialplan and AMI read meaning out of commas, ampersands, quotes, slashes and line ends:
``Dial(PJSIP/100&PJSIP/200,,U(x))`` is one text. So each value is looked at before it is
put anywhere, and what is not plainly what it should be, dials nothing.
"""

from __future__ import annotations

import re

from .answers import plain
from .errors import Refused

_number = re.compile(r"\+?[0-9]{1,20}")
_extension = re.compile(r"[0-9]{1,8}")
_digits = re.compile(r"[0-9*#A-D]{1,32}")
_context = re.compile(r"[A-Za-z0-9_-]{1,79}")
#: A channel's Uniqueid, which may be one of ours, or its name:
#: ``1700000000.12``, ``odoo-5f0c…``, ``PJSIP/trunk-00000012``, ``Local/1@x-0000;2``.
_channel = re.compile(r"[A-Za-z0-9_.+][A-Za-z0-9_.+:;@/-]{0,148}")
#: A file below the folder of recordings, or the name of a stored recording.
_file = re.compile(r"[A-Za-z0-9_+.-]+(?:/[A-Za-z0-9_+.-]+)*")
#: How a phone is reached, with the extension's place in it.
_endpoint = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.{}@-]+")


def number(value: str) -> str:
    """Return what may be dialled: digits with or without a plus sign.

    :raises Refused: for everything else
    """
    return _checked(_number, value, "number", "This is no number that can be dialled.")


def extension(value: str) -> str:
    """Return an extension: digits alone."""
    return _checked(_extension, value, "number", "This is no extension.")


def keys(value: str) -> str:
    """Return what can be pressed on a keypad."""
    return _checked(_digits, value, "keys", "These are no keys of a telephone.")


def caller_id(value: str) -> str:
    """Return the number to be presented; empty means the PBX's own choice."""
    return number(value) if value else ""


def channel(value: str) -> str:
    """Return a channel's id or name."""
    return _checked(_channel, value, "gone", "The call is not known to the PBX.")


def context(value: str) -> str:
    """Return the name of a context of the dialplan."""
    return _checked(_context, value, "setting", "The dialplan context is no name.")


def endpoint(template: str, value: str) -> str:
    """Return how the phone of an extension is dialled: ``PJSIP/100``."""
    shape = _checked(
        _endpoint, template, "setting", "The setting of how phones are rung is wrong."
    )
    if "{extension}" not in shape or re.search(
        "[{}]", shape.replace("{extension}", "")
    ):
        raise Refused("setting", "The setting of how phones are rung is wrong.")
    return shape.replace("{extension}", extension(value))


def file(value: str) -> str:
    """Return the place of a recording below its folder, which it cannot leave."""
    found = _checked(_file, value[:1000], "missing", "This is no recording's name.")
    if any(set(part) == {"."} for part in found.split("/")):
        raise Refused("missing", "This is no recording's name.")
    return found


def _checked(shape, value, code, message):
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Refused(code, plain(message))
    return value
