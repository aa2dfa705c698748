"""Text as it comes from outside, made fit to be stored."""

from ..pbx.text import UNSTORABLE


def clean(value):
    """Return ``value`` without what cannot be stored; `""` for what is no text."""
    return UNSTORABLE.sub("", value) if isinstance(value, str) else ""


def as_id(value):
    """Return a record's id as a screen sends it; 0, which none has, for nonsense."""
    try:
        return max(int(value), 0)
    except (TypeError, ValueError, OverflowError):
        return 0
