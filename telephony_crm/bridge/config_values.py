"""Values of the bridge's file that are more than a word or a number."""

from __future__ import annotations


class ConfigError(Exception):
    """The configuration cannot be used; the text says what to change."""


def words(text: str) -> frozenset[str]:
    """Return what is written as ``a, b``."""
    return frozenset(filter(None, (part.strip() for part in text.split(","))))


def pairs(text: str, name: str) -> dict[str, str]:
    """Return what is written as ``a=1, b=2``.

    :raises ConfigError: when it is not
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise ConfigError(f"[calls] {name} has to look like a=1, b=2.")
        found[key] = value
    return found


def verify_of(text: str) -> bool | str:
    """Return what `requests` takes for a setting ``verify``."""
    return False if text.lower() == "no" else text or True
