"""What a destination of conversions is, and everything that one needs to be written.

A destination is pure: it says which conversions it takes, and turns them into a file or
the description of a request that somebody else sends. A new one is one file in
``destinations/`` with a module-level ``DESTINATION``; other addons call ``register()``.

Nothing leaves without the visitor's consent to advertising: `Destination.refusal` asks
for it before anything else, for every destination alike and again for each sending.
What takes something back needs it as everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from .consent import allowed_ads
from .conversion import (
    Conversion,
    Event,
    Refusal,
    Request,
    Result,
    Setting,
    State,
)
from .destination_registry import Registry

__all__ = [
    "Conversion",
    "Destination",
    "Event",
    "Refusal",
    "Request",
    "Result",
    "Setting",
    "State",
    "all",
    "get",
    "is_set",
    "problems",
    "register",
    "registry",
    "said",
]

_currency = re.compile(r"[A-Z]{3}", re.ASCII)


class Destination:
    """One kind of receiver. A subclass overrides what it can.

    ``events`` are those it has a meaning for, ``oldest`` how long after it happened a
    conversion is taken. ``deduplicates``: the same key sent twice counts once, so what
    got no answer may be sent again; without it, no answer means `State.UNKNOWN`.
    ``how``: ``file`` (a person uploads it), ``feed`` (the receiver fetches it) or
    ``request``; ``batch`` is how many go in one request. What has gone to one of a
    ``family`` is taken back by one of the same that takes `Event.RETRACT`, until
    ``adjusts_until`` after it, and given another value by itself or by such a one, if
    it takes `Event.RESTATE`. The test of who is ``blind`` looks at the form only, not
    at who hands it over.
    """

    kind: str = ""
    title: str = ""
    family: str = ""
    how: str = "request"
    events: frozenset[Event] = frozenset(
        (Event.CALL, Event.QUALIFIED, Event.LEAD, Event.WON)
    )
    settings: tuple[Setting, ...] = ()
    oldest: timedelta | None = None
    adjusts_until: timedelta | None = None
    deduplicates: bool = False
    blind: bool = False
    batch: int = 1

    def refusal(
        self, conversion: Conversion, settings: Mapping[str, str], now: datetime
    ) -> Refusal | None:
        """Return why a conversion may not go, or not yet; ``None`` when it may.

        Asked when it is queued, and again right before it is sent. Codes of all:
        ``consent, event, future, too_old, amount``; see `unfit` of each for its own.

        :param settings: what the administrator entered, by key
        :param now: naive UTC
        """
        if not allowed_ads(conversion.ads, True):
            return Refusal("consent")
        if conversion.event not in self.events:
            return Refusal("event")
        if conversion.at > now:
            return Refusal("future", until=conversion.at)
        if self.oldest and now - conversion.at > self.oldest:
            return Refusal("too_old")
        if not _is_money(conversion):
            return Refusal("amount")
        return self.unfit(conversion, settings, now)

    def unfit(
        self, conversion: Conversion, settings: Mapping[str, str], now: datetime
    ) -> Refusal | None:
        """Return what a receiver's own rules say; ``None`` when nothing is wrong."""
        return None

    def file(
        self,
        conversions: Iterable[Conversion],
        settings: Mapping[str, str],
        test: bool = False,
    ) -> str:
        """Return the text of a file with conversions that were not refused.

        :param test: it is only looked at; a feed then has its headers and no row
        """
        raise NotImplementedError

    def request(
        self,
        conversions: Sequence[Conversion],
        settings: Mapping[str, str],
        test: bool = False,
    ) -> Request:
        """Return the request that hands over conversions that were not refused.

        :param test: the receiver checks it and counts nothing
        :raises ValueError: for more conversions than ``batch``, or for none
        """
        raise NotImplementedError

    def read(
        self, status: int, headers: Mapping[str, str], body: bytes, test: bool = False
    ) -> Result:
        """Return what an answer to `request` means; never raises.

        :param headers: names in lower case
        :param test: as for `request`
        """
        raise NotImplementedError

    def token(self, settings: Mapping[str, str], now: datetime) -> Request | None:
        """Return the request for a passing token, ``None`` where none is needed.

        What `read_token` makes of the answer belongs in the setting ``access_token``.

        :raises ValueError: when what the administrator entered cannot be used
        """
        return None

    def read_token(self, status: int, body: bytes) -> tuple[str, int]:
        """Return a passing token and for how many seconds it is good.

        :raises ValueError: when there is none in the answer
        """
        raise NotImplementedError

    def ask(self, ref: str, settings: Mapping[str, str]) -> Request | None:
        """Return the request for what became of ``ref``; ``None``: nobody tells."""
        return None

    def read_asked(
        self, status: int, body: bytes, settings: Mapping[str, str]
    ) -> Result:
        """Return what an answer to `ask` means.

        `State.SENT`: not known yet; `State.HELD`: too early, so it is sent again.
        """
        raise NotImplementedError


def _is_money(conversion):
    """Tell whether an amount, where there is one, is some of a currency."""
    amount = conversion.amount
    return amount is None or (
        amount.is_finite()
        and amount >= 0
        and bool(_currency.fullmatch(conversion.currency))
    )


def said(settings: Mapping[str, str], key: str, default: str = "") -> str:
    """Return what is entered for a setting, without white space around it.

    :param default: where nothing was entered, not even nothing
    """
    return str(settings.get(key, default) or "").strip()


def is_set(settings: Mapping[str, str], key: str) -> bool:
    """Tell whether a setting says yes."""
    return said(settings, key).lower() in ("1", "true", "yes", "on")


registry = Registry(f"{__package__}.destinations")
register = registry.register
get = registry.get
all = registry.all  # the name is the same as of adapters; nothing here uses the other
problems = registry.problems
