"""How a secret is shown: that there is one, never what it is."""

MASK = "••••••••"


def shown(secret):
    """Return what a form may show of ``secret``: the mask, or nothing."""
    return MASK if secret else False


def is_new(value):
    """Tell whether ``value`` was typed by a person, and is not the mask."""
    return value != MASK
