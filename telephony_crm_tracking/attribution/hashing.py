"""Contacts as Google and Meta want them: normalised, then SHA-256 in hexadecimal.

The two normalise differently, so the same telephone has two hashes. Sources: Google's
Data Manager guide "Formatting"; Meta's "Customer information parameters".
"""

from __future__ import annotations

import hashlib
import re
from email.utils import parseaddr

#: Where dots and what follows a plus sign do not tell mailboxes apart.
GMAIL = frozenset(("gmail.com", "googlemail.com"))

_address = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_e164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def digest(text: str) -> str:
    """Return SHA-256 in hexadecimal; of nothing, nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def google_email(raw: str | None) -> str:
    """Return an address as Google hashes it; ``""`` when it is none.

    Lower case, without white space; of Gmail also without dots and ``+…``.
    """
    address = re.sub(r"\s+", "", _bare(raw)).lower()
    if not _address.fullmatch(address):
        return ""
    name, _, domain = address.rpartition("@")
    if domain in GMAIL:
        name = name.partition("+")[0].replace(".", "")
    return f"{name}@{domain}" if name else ""


def meta_email(raw: str | None) -> str:
    """Return an address as Meta hashes it: trimmed, lower case; ``""`` if none."""
    address = _bare(raw).strip().lower()
    return address if _address.fullmatch(address) else ""


def google_phone(e164: str | None) -> str:
    """Return a number as Google hashes it: E.164 with its plus sign; ``""`` if none."""
    number = (e164 or "").strip()
    return number if _e164.fullmatch(number) else ""


def meta_phone(e164: str | None) -> str:
    """Return a number as Meta hashes it: digits with the country's; ``""`` if none."""
    return google_phone(e164)[1:]


def _bare(raw):
    """Return the address of ``Name <address>``."""
    raw = (raw or "")[:320]
    return parseaddr(raw)[1] if "<" in raw else raw
