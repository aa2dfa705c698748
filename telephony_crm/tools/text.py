"""Text as it comes from outside, made fit to be stored."""

from ..pbx.text import UNSTORABLE


def clean(value):
    """Return ``value`` without what cannot be stored; `""` for what is no text."""
    return UNSTORABLE.sub("", value) if isinstance(value, str) else ""
