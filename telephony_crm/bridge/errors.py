"""What can go wrong between the bridge and its PBX."""

from __future__ import annotations

import re


class PbxError(Exception):
    """The PBX cannot be used as it is.

    :param code: a word for programs; `problems.in_words` says it to people
    :param detail: in the words of whoever said so; holds no secret
    """

    def __init__(self, code: str, detail: str = ""):
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


class Gone(PbxError):
    """The connection is over, or never came about."""


class TimedOut(PbxError):
    """An answer did not come in time."""


def why_no_tls(error: Exception) -> str:
    """Return the reason in what OpenSSL says, which is a sentence of many parts."""
    said = str(error)
    found = re.search(r"certificate verify failed: [^()]+", said)
    found = found or re.search(r"(?<=\[SSL: )\w+", said)
    return found[0].strip() if found else type(error).__name__


class Refused(Exception):
    """A command of Odoo that is not carried out.

    :param status: as HTTP has it
    """

    def __init__(self, status: int, message: str):
        self.status, self.message = status, message
        super().__init__(message)
