"""How a secret is shown: that there is one, never what it is."""

MASK = "••••••••"
#: The columns of our tables that hold secrets; no log shows what is written to them.
COLUMNS = frozenset(
    {
        "api_key",
        "api_secret_stored",
        "lookup_token",
        "password_stored",
        "route_token",
        "secret_stored",
        "sip_password_stored",
        "token",
        "webhook_token",
    }
)


def shown(secret):
    """Return what a form may show of ``secret``: the mask, or nothing."""
    return MASK if secret else False


def is_new(value):
    """Tell whether ``value`` was typed by a person, and is not the mask."""
    return value != MASK
