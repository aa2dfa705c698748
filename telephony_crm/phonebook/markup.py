"""XML as simple as the readers in desk phones are."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def plain(text: str, limit: int = 0) -> str:
    """Return one line of text without what XML or a small display cannot hold.

    :param limit: at most so many characters; 0 for any
    """
    shown = "".join(
        " " if unicodedata.category(char)[0] in "CZ" else char for char in text or ""
    )
    shown = " ".join(shown.split())
    return shown[:limit].strip() if limit else shown


def element(tag: str, *children, **attributes) -> ElementTree.Element:
    """Return an element; text among ``children`` is escaped when it is written."""
    made = ElementTree.Element(tag, attributes)
    for child in children:
        if isinstance(child, str):
            made.text = (made.text or "") + child
        else:
            made.append(child)
    return made


def document(root: ElementTree.Element) -> bytes:
    """Return a whole document in UTF-8; empty elements have both of their tags."""
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return DECLARATION + text.encode()


def fitting(build, items, limit: int) -> bytes:
    """Return the document of as many of the first ``items`` as fit into ``limit``.

    :param build: makes the root element of a list of items
    :param limit: in bytes
    """
    items = list(items)
    while len(made := document(build(items))) > limit and items:
        items = items[: len(items) * limit // len(made)]
    return made
