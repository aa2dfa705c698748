"""Text as it comes from outside, made fit to be stored."""

import re

#: What a database cannot store: NUL, and halves of characters.
_no_text = re.compile("[\0\ud800-\udfff]")


def clean(value):
    """Return ``value`` without what cannot be stored; `""` for what is no text."""
    return _no_text.sub("", value) if isinstance(value, str) else ""
