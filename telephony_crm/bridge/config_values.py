"""Values of the bridge's file that are more than a word or a number."""

from __future__ import annotations

import ssl


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


def check_verify(text: str, section: str) -> None:
    """Look whether a setting ``verify`` names a file that certificates are in.

    :raises ConfigError: when it does not; who connects would say it less plainly
    """
    if not isinstance(file := verify_of(text), str):
        return
    try:
        ssl.create_default_context(cafile=file)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or str(error)
        raise ConfigError(
            f"[{section}] verify: no certificates can be read from {file} ({why}). "
            "Name a file of certificates in the form PEM, or no, or leave it out."
        ) from error


def verify_of(text: str) -> bool | str:
    """Return what `requests` takes for a setting ``verify``."""
    return False if text.lower() == "no" else text or True
