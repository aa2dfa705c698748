"""Text made fit: what comes from outside to be stored, numbers to be read."""

from ..pbx.text import UNSTORABLE

LEFT_TO_RIGHT = "\u200e"


def clean(value):
    """Return ``value`` without what cannot be stored; `""` for what is no text."""
    return UNSTORABLE.sub("", value) if isinstance(value, str) else ""


def as_id(value):
    """Return a record's id as a screen sends it; 0, which none has, for nonsense."""
    try:
        return max(int(value), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def as_title(env, number):
    """Return a number as plain text that keeps its order in the user's language.

    Where that is written from right to left, the groups of ``+44 20 3769 1880`` would
    be shown from the last to the first.

    :param number: as it is shown, or anything false
    """
    lang = env["res.lang"]._get_data(code=env.lang)
    return f"{LEFT_TO_RIGHT}{number}" if number and lang.direction == "rtl" else number
