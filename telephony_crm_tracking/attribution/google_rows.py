"""The rows of Google's upload file and of its feed, which differ in their times only.

Headers as dozens of writers agree on them, one of the three click ids in a row; whoever
sets up a feed says once which column is what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from . import hashing
from .conversion import Conversion
from .destination import is_set
from .google_clicks import action, click, value

HEADERS = (
    "Google Click ID",
    "GBRAID",
    "WBRAID",
    "Conversion Name",
    "Conversion Time",
    "Conversion Value",
    "Conversion Currency",
    "Order ID",
    "Ad User Data",
    "Ad Personalization",
)
#: Only where the account has enhanced conversions for leads.
CONTACT_HEADERS = ("Email", "Phone Number")


def headers(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headers; the same for every file of one configuration."""
    return HEADERS + (CONTACT_HEADERS if is_set(settings, "contacts") else ())


def rows(
    conversions: Iterable[Conversion],
    settings: Mapping[str, str],
    written: Callable[[datetime], str],
) -> list[tuple[str, ...]]:
    """Return a row for each conversion.

    :param written: how a naive UTC time is written
    """
    with_contacts = is_set(settings, "contacts")
    found = []
    for own in conversions:
        name, number = click(own)
        row = (
            *(
                number if name == column else ""
                for column in ("gclid", "gbraid", "wbraid")
            ),
            action(own, settings),
            written(own.at),
            value(own.amount),
            own.currency if own.amount is not None else "",
            own.key,
            # Nothing gets here without consent; Google has two names for it.
            "Granted",
            "Granted",
        )
        if with_contacts:
            row += (
                hashing.digest(hashing.google_email(own.email)),
                hashing.digest(hashing.google_phone(own.phone)),
            )
        found.append(row)
    return found
