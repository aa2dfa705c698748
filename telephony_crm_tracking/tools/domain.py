"""Domains as people write them, and as browsers tell them."""

import idna

from ..attribution import clean


def in_ascii(text):
    """Return a domain in lower case as addresses have it; ``""`` for what is none.

    ``магазин.укр`` is ``xn--80aairftm.xn--j1amh`` there.
    """
    name = text.strip().lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except idna.IDNAError:
            return ""
    return name if clean.host(name) == name else ""
