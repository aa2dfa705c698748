"""Why somebody came: source, medium, campaign, keyword of a visit.

In this order: what the address says (``utm_*``), which advertising system's click id it
has, which page led here. Nothing of these is a direct visit, which has no source: an
empty one, not one named "direct".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .clean import keyword as bare_keyword
from .words import Word


class Kind(Word):
    """How a visitor was led here."""

    PAID = "paid"
    ORGANIC = "organic"
    SOCIAL = "social"
    REFERRAL = "referral"
    EMAIL = "email"
    AFFILIATE = "affiliate"
    OTHER = "other"  # a medium of somebody's own
    DIRECT = "direct"


@dataclass(frozen=True)
class Source:
    """Where a visit comes from; the strings are as they came, or empty.

    But for the keyword, see `clean.keyword`.
    """

    source: str = ""
    medium: str = ""
    campaign: str = ""
    keyword: str = ""
    kind: Kind = Kind.DIRECT

    @property
    def paid(self) -> bool:
        """Whether the click was paid for, as far as the visit proves it."""
        return self.kind == Kind.PAID


#: Who hands out which click id, the surest first. ``fbclid`` is on unpaid links of
#: Facebook too, so its medium is not known. ``gad_source`` alone is left where a
#: browser has removed the click id.
CLICKS = (
    ("gclid", "google", "cpc"),
    ("gbraid", "google", "cpc"),
    ("wbraid", "google", "cpc"),
    ("msclkid", "bing", "cpc"),
    ("yclid", "yandex", "cpc"),
    ("ttclid", "tiktok", "cpc"),
    ("li_fat_id", "linkedin", "cpc"),
    ("dclid", "google", "display"),
    ("gad_source", "google", "cpc"),
    ("fbclid", "facebook", ""),
)
#: Search engines by host; a country's own domains included.
SEARCH = (
    (r"(?:www\.)?google\.(?:com|co|[a-z]{2,3})(?:\.[a-z]{2})?", "google"),
    (r"com\.google\.android\.googlequicksearchbox", "google"),
    (r"(?:[a-z0-9-]+\.)?bing\.com", "bing"),
    (r"(?:[a-z0-9-]+\.)?duckduckgo\.com", "duckduckgo"),
    (r"(?:[a-z0-9-]+\.)*search\.yahoo\.(?:com|co\.jp)", "yahoo"),
    (r"(?:www\.|m\.)?(?:yandex\.[a-z]{2,3}(?:\.[a-z]{2})?|ya\.ru)", "yandex"),
    (r"(?:www\.|m\.)?baidu\.com", "baidu"),
    (r"(?:www\.)?ecosia\.org", "ecosia"),
    (r"(?:www\.|lite\.)?qwant\.com", "qwant"),
    (r"(?:www\.)?startpage\.com", "startpage"),
    (r"search\.brave\.com", "brave"),
    (r"search\.seznam\.cz", "seznam"),
    (r"(?:m\.)?search\.naver\.com", "naver"),
)
#: Social networks by the end of the host.
SOCIAL = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.me": "facebook",
    "messenger.com": "facebook",
    "instagram.com": "instagram",
    "threads.net": "threads",
    "threads.com": "threads",
    "twitter.com": "twitter",
    "x.com": "twitter",
    "t.co": "twitter",
    "linkedin.com": "linkedin",
    "lnkd.in": "linkedin",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "pinterest.com": "pinterest",
    "pin.it": "pinterest",
    "reddit.com": "reddit",
    "snapchat.com": "snapchat",
    "t.me": "telegram",
    "telegram.org": "telegram",
    "org.telegram.messenger": "telegram",
    "whatsapp.com": "whatsapp",
    "viber.com": "viber",
    "vk.com": "vk",
    "ok.ru": "ok",
}
#: Pages to pay on and to log in with: who returns from there came from before.
PASSING = frozenset(
    "paypal.com stripe.com adyen.com klarna.com mollie.com braintreegateway.com "
    "worldpay.com authorize.net razorpay.com payu.com przelewy24.pl liqpay.ua "
    "wayforpay.com fondy.eu portmone.com.ua monobank.ua yookassa.ru robokassa.ru "
    "accounts.google.com appleid.apple.com login.microsoftonline.com".split()
)

_placeholder = re.compile(r"\{.*\}|%7B.*%7D|\[.*\]|<.*>", re.IGNORECASE)
_nothing = frozenset(("(not set)", "(none)", "(direct)", "null", "undefined"))
_search = tuple((re.compile(pattern), name) for pattern, name in SEARCH)
#: As GA4 groups them; ``.*cp.*`` there is anything paid by click, view or action.
_paid = re.compile(
    r"(?:.*[-_ ])?(?:cpc|cpm|cpv|cpa|cpp|ppc|cpl)(?:[-_ ].*)?|paid.*|retargeting|"
    r"remarketing|display.*|banner|adwords|ads?"
)
_media = (
    (_paid, Kind.PAID),
    (re.compile(r"organic"), Kind.ORGANIC),
    (re.compile(r"social(?:[-_ ]?(?:network|media))?|sm"), Kind.SOCIAL),
    (re.compile(r"e[-_ ]?mail|newsletter"), Kind.EMAIL),
    (re.compile(r"affiliates?"), Kind.AFFILIATE),
    (re.compile(r"referral|link|app"), Kind.REFERRAL),
)


def classify(
    parameters: Mapping[str, str],
    referrer: str = "",
    own_domains: Iterable[str] = (),
) -> Source:
    """Return where a visit comes from.

    :param parameters: of the page's address, by name; empty values are none
    :param referrer: host and path of the page before
    :param own_domains: of the site; what comes from there comes from nowhere new
    """
    found = {name: _said(value) for name, value in parameters.items()}
    click = next((way for way in CLICKS if found.get(way[0])), None)
    campaign = found.get("utm_campaign", "")
    keyword = bare_keyword(found.get("utm_term", ""))
    source, medium = found.get("utm_source", ""), found.get("utm_medium", "")
    led = _led(referrer, own_domains)
    if not source and not medium and not click:
        if not campaign:
            return led
        return Source(led.source, led.medium, campaign, keyword, led.kind)
    if click:
        source, medium = source or click[1], medium or click[2]
    source = source or led.source
    if click and click[2]:  # only who pays gets such an id, whatever it is called
        kind = Kind.PAID
    else:
        kind = _kind_of(medium) or _without_medium(source, led)
    return Source(source, medium, campaign, keyword, kind)


def same(left: str | None, right: str | None) -> bool:
    """Tell whether two names are the same one: by equality, but for case and ends."""
    return (left or "").strip().lower() == (right or "").strip().lower()


def is_within(host: str, domains: Iterable[str]) -> bool:
    """Tell whether ``host`` is one of ``domains``, or below one."""
    ends = set(_ends(host))
    return any(name.strip().lower().strip(".") in ends for name in domains)


def _ends(host):
    """Return a host and each domain that it is below: ``a.b.c``, ``b.c``, ``c``."""
    parts = [part for part in host.lower().split(".") if part]
    return [".".join(parts[place:]) for place in range(len(parts))]


def _said(value):
    """Return a value; empty for what an advertiser's system left unfilled."""
    value = (value or "").strip()
    is_empty = _placeholder.fullmatch(value) or value.lower() in _nothing
    return "" if is_empty else value


def _kind_of(medium):
    """Return the kind that a medium means, or ``None`` when it is empty."""
    medium = medium.lower()
    if not medium:
        return None
    kinds = (kind for pattern, kind in _media if pattern.fullmatch(medium))
    return next(kinds, Kind.OTHER)


def _without_medium(source, led):
    if led.kind != Kind.DIRECT and same(source, led.source):
        return led.kind
    if source.lower() in SOCIAL.values():
        return Kind.SOCIAL
    return Kind.OTHER


def _led(referrer, own_domains):
    """Return what the page before says."""
    host = referrer.partition("/")[0].lower()
    ends = _ends(host)
    if not ends or is_within(host, own_domains) or not PASSING.isdisjoint(ends):
        return Source()
    for pattern, name in _search:
        if pattern.fullmatch(host):
            return Source(name, "organic", kind=Kind.ORGANIC)
    if name := next((SOCIAL[end] for end in ends if end in SOCIAL), ""):
        return Source(name, "social", kind=Kind.SOCIAL)
    return Source(host.removeprefix("www."), "referral", kind=Kind.REFERRAL)
