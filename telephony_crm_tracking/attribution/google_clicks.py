"""What Google's three roads for conversions of clicks have in common.

The rules are those of the Google Ads API's own error texts (v26), which stand behind
files too. A file with click ids is one road, the same rows as a feed another, the Data
Manager API the third. Call-conversion import is none: it knows only calls through a
forwarding number of Google's, so a call to ours is handed back as a conversion of the
click that led to it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from .clean import text
from .conversion import Conversion, Event, Refusal, Setting
from .destination import is_set, said

#: All of them, and the file that takes back.
FAMILY = "google"
#: ``TOO_RECENT_EVENT``: Google does not know younger clicks.
YOUNGEST_CLICK = timedelta(hours=6)
#: Click ids are kept for so long, and no action has a longer window.
MAX_WINDOW_DAYS = 90
#: A conversion can be taken back, or be given another value, so long after it.
ADJUSTED_FROM, ADJUSTED_UNTIL = timedelta(hours=24), timedelta(days=54)
#: Contacts without a click id are compared for so long (reported).
CONTACT_DAYS = 63

_number = re.compile(r"\d{1,3}", re.ASCII)

WINDOW = Setting(
    "window_days",
    "Click-through window in days",
    default="90",
    help="As set for the conversion action; 90 at most.",
)
ONE_PER_CLICK = Setting(
    "one_per_click",
    "The action counts one conversion a click",
    default="0",
    switch=True,
    help="Such an action takes no gbraid or wbraid.",
)
CONTACTS = Setting(
    "contacts",
    "Hand over hashed e-mails and telephones",
    default="0",
    switch=True,
    help="Only once the account has accepted the terms for customer data and has "
    "enhanced conversions for leads enabled. Leads without a click go too, then.",
)


def action_settings(what: str, required: bool = False) -> tuple[Setting, ...]:
    """Return a setting for each event, ``action_<event>``; empty: not handed over.

    :param what: of an action is entered: its name, its number
    """
    events = (Event.CALL, Event.QUALIFIED, Event.LEAD, Event.WON)
    titles = ("a call", "a qualified call", "a lead", "a sale")
    return tuple(
        Setting(f"action_{event}", f"{what} for {title}", required=required)
        for event, title in zip(events, titles, strict=True)
    )


def action(conversion: Conversion, settings: Mapping[str, str]) -> str:
    """Return what is entered for a conversion's event, in one line."""
    event = conversion.event
    if event in (Event.RETRACT, Event.RESTATE):
        event = conversion.original_event
    return text(settings.get(f"action_{event}"), 100)


def click(conversion: Conversion) -> tuple[str, str]:
    """Return name and value of the one click id to be given; empty without one.

    gbraid and wbraid are not allowed together, and a gclid makes both needless.
    """
    for name in ("gclid", "gbraid", "wbraid"):
        if value := getattr(conversion, name):
            return name, value
    return "", ""


def unfit(
    conversion: Conversion, settings: Mapping[str, str], now: datetime
) -> Refusal | None:
    """Return what Google's rules say against a conversion, or until when it waits.

    Codes: ``no_action, no_click, braid, before_click, too_recent, expired``.
    """
    if not action(conversion, settings):
        return Refusal("no_action")
    name, _ = click(conversion)
    if not name:
        if not (
            is_set(settings, "contacts") and (conversion.email or conversion.phone)
        ):
            return Refusal("no_click")
        too_old = now - conversion.at > timedelta(days=CONTACT_DAYS)
        return Refusal("expired") if too_old else None
    if name != "gclid" and is_set(settings, "one_per_click"):
        return Refusal("braid")
    return _unfit_click(conversion.click_at or conversion.at, conversion, settings, now)


def _unfit_click(at, conversion, settings, now):
    """Return what is wrong with the click's time; unknown, it was the conversion's."""
    if conversion.at < at:
        return Refusal("before_click")
    window = timedelta(days=window_days(settings))
    if conversion.at - at > window or now - at > timedelta(days=MAX_WINDOW_DAYS):
        return Refusal("expired")
    if now - at < YOUNGEST_CLICK:
        return Refusal("too_recent", until=at + YOUNGEST_CLICK)
    return None


def unfit_adjustment(conversion: Conversion, now: datetime) -> Refusal | None:
    """Return what Google's rules say against an `Event.RETRACT` or `Event.RESTATE`.

    Codes: ``no_original, no_amount, too_old, too_recent``.
    """
    at = conversion.original_at
    if not conversion.original or at is None:
        return Refusal("no_original")
    if conversion.event == Event.RESTATE and not conversion.amount:
        return Refusal("no_amount")
    if now - at > ADJUSTED_UNTIL:
        return Refusal("too_old")
    if now - at < ADJUSTED_FROM:
        return Refusal("too_recent", until=at + ADJUSTED_FROM)
    return None


def window_days(settings: Mapping[str, str]) -> int:
    """Return the action's click-through window in days; 90 when it is not said."""
    days = said(settings, "window_days")
    days = int(days) if _number.fullmatch(days) else MAX_WINDOW_DAYS
    return min(max(days, 1), MAX_WINDOW_DAYS)


def value(amount: Decimal | None) -> str:
    """Return an amount as files have it, ``1234.50``; empty without one."""
    return "" if amount is None else f"{amount:.2f}"


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV (RFC 4180), lines ended by a line feed.

    Encode it as UTF-8 without a byte order mark.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
