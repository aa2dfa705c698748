"""What a visitor has allowed, and what follows from it.

Analytics and advertising are two questions. Storing or reading anything on the device,
local storage and identifiers in addresses included, needs an answer where the law asks
for one (ePrivacy directive 5(3), EDPB Guidelines 2/2023). A signal that nobody gave is
``unknown``, never a yes.
"""

from __future__ import annotations

from dataclasses import dataclass

from .words import Word


class Signal(Word):
    """What is known of one question."""

    GRANTED = "granted"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Consent:
    """What a page says of its visitor's consent.

    :param by: what it was heard from, a word such as ``tcf``; empty when unsaid
    """

    analytics: Signal = Signal.UNKNOWN
    ads: Signal = Signal.UNKNOWN
    by: str = ""


def signal(word: object) -> Signal:
    """Return the signal that ``word`` names; anything else is unknown."""
    try:
        return Signal(word)
    except ValueError:
        return Signal.UNKNOWN


def allowed_analytics(word: str | None, required: bool) -> bool:
    """Tell whether a visit may be kept, and given a number of its own.

    :param word: ``granted``, ``denied`` or ``unknown``
    :param required: whether the site has to ask; if so, unknown is denied
    """
    known = signal(word)
    return known == Signal.GRANTED or (known == Signal.UNKNOWN and not required)


def allowed_click(word: str | None, required: bool) -> bool:
    """Tell whether it may be kept which click on an advertisement a visit came by.

    :param word: what is known of advertising, as in `allowed_analytics`
    :param required: as in `allowed_analytics`
    """
    return allowed_analytics(word, required)


def allowed_ads(word: str | None, required: bool) -> bool:
    """Tell whether something of a visit may leave for an advertising system.

    Only a clear yes will do, whether the site has to ask or not: what has left cannot
    be called back, and Google and Meta want consent stated, not supposed.

    :param word: ``granted``, ``denied`` or ``unknown``
    :param required: as in `allowed_analytics`; changes nothing here
    """
    return signal(word) == Signal.GRANTED


def latest(known: Consent, said: Consent | None) -> Consent:
    """Return what holds after a page has said something more.

    A later yes or no replaces the earlier one. That a page does not know (its banner
    has not loaded yet) takes nothing back.
    """
    if said is None:
        return known
    analytics = said.analytics if said.analytics != Signal.UNKNOWN else known.analytics
    ads = said.ads if said.ads != Signal.UNKNOWN else known.ads
    is_news = (analytics, ads) != (known.analytics, known.ads)
    return Consent(analytics, ads, said.by if is_news or not known.by else known.by)
