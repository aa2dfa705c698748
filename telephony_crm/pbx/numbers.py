"""Telephone numbers as people, PBXs and handsets write them.

Reading is done by ``phonenumbers`` (ITU E.164 and each country's numbering plan);
what is added is the order in which the possible readings are tried, hidden callers,
and what becomes of a number that cannot be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from .transliteration import ascii_name

__all__ = [
    "Number",
    "ascii_name",
    "international",
    "internal_extension",
    "national",
    "parse",
    "region",
]

MAX_LENGTH = 100
MAX_DIGITS = 32
#: What PBXs and SIP (RFC 3323, RFC 3325) write for a caller who hides the number.
HIDDEN = frozenset(
    "anonymous anonymus anonym private privacy restricted unknown unavailable hidden "
    "withheld blocked none null caller-id-blocked no-caller-id".split()
)
#: From this length on, digits without any prefix are read as international first.
LONG = 11

_extension = re.compile(
    r"(?:[1-9]\d{2,7}[-*])?([1-9]\d{1,4}|0(?!0+$)\d{2,4})", re.ASCII
)
_behind = re.compile(
    r"(?:;ext=|\bext?\b\.?|(?<=\d)\s*x|#|\bдоб\b\.?|\bвн\b\.?)[\s.:]*(\d{1,10})",
    re.IGNORECASE,
)
_second = re.compile(r"[;,/|\n]")


@dataclass(frozen=True)
class Number:
    """A telephone number, as far as it can be read.

    :param e164: with its plus sign; empty when it cannot be read
    :param digits: those of ``e164``; when it cannot be read, those written, to be
        matched literally
    :param national: the significant number within its country; when it cannot be
        read, the digits without leading zeros
    :param country: ISO 3166 code; empty when unknown, or the number is of no country
    :param extension: behind the number (``;ext=``, ``x12``); never dialled with it
    :param hidden: the caller does not show a number
    """

    e164: str = ""
    digits: str = ""
    national: str = ""
    country: str = ""
    extension: str = ""
    hidden: bool = False


def parse(raw: str | None, countries: Sequence[str] = ()) -> Number:
    """Read a number in any spelling.

    :param countries: ISO codes whose national spelling is tried, in this order
    """
    return _parse((raw or "")[:MAX_LENGTH], tuple(countries))


def split(raw: str | None, countries: Sequence[str] = ()) -> list[str]:
    """Return each number of a field that holds several, else the field as it is.

    ``030/1234567`` is one number: a part that cannot be read alone is none.
    """
    raw = raw or ""
    if not _second.search(raw):
        return [raw]
    found = {}
    for part in map(str.strip, _second.split(raw[:MAX_LENGTH])):
        if e164 := parse(part, countries).e164:
            found.setdefault(e164, part)
    return list(found.values()) if len(found) > 1 else [raw]


@lru_cache(maxsize=2_000)
def _parse(raw, countries):
    text = raw.strip()
    if not text.isascii():
        text = _ascii_digits(text)
    if text[:4].lower() == "tel:":
        text = text[4:]
    digits = _digits(text)
    if _is_hidden(text, digits):
        return Number(hidden=True)
    extension = ""
    if behind := _behind.search(text):
        text, extension = text[: behind.start()], behind[1]
        digits = _digits(text)
    found = _read(text, digits, countries)
    if found is None and (second := _second.search(text)):  # two numbers in one field
        head = text[: second.start()]
        found = _read(head, _digits(head), countries)
    return _number(found, digits, extension)


def _digits(text):
    return "".join(filter(str.isdecimal, text))


def _ascii_digits(text):
    """Write the digits of every script as 0-9; drop marks that cannot be seen."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in text
        if unicodedata.category(char) != "Cf"
    )


def _is_hidden(text, digits):
    if digits:
        return not digits.strip("0") and text.strip("+ ") == digits
    word = text.split("@")[0].strip(" <>\"'+").lower()
    word = re.sub(r"^sips?:", "", word)
    return not word or re.sub(r"[\s_]+", "-", word) in HIDDEN


def _read(text, digits, countries):
    """Return the `PhoneNumber` that ``text`` most probably means, or ``None``.

    A plus sign, or the ``00`` that stands for it, leaves one reading. Digits without
    either are national or international, and often valid as both: ``33478323232``
    is a number in France and one near Berlin. Written the way the country itself
    writes it, it is national; else the longer ones are international.
    """
    if not 3 <= len(digits) <= MAX_DIGITS:
        return None
    if "+" in text:
        return _possible(_try(text))
    if digits.startswith("00"):
        found = _possible(_try("+" + text.replace("0", "", 2)))
        if found:
            return found
    abroad = (
        _try("+" + text.lstrip(" (.-"))
        if digits[0] != "0" and len(digits) > 7
        else None
    )
    is_word = any(map(str.isalpha, text))  # 1-800-FLOWERS
    at_home = [
        found
        for country in countries
        if is_word or _fits(digits, country)
        if (found := _try_national(text, digits, country))
    ]
    for found in at_home:
        if phonenumbers.is_valid_number(found):
            if len(digits) < LONG or _is_spelled(found, digits):
                return found
            return abroad if _valid(abroad) else found
    if _valid(abroad):
        return abroad
    # Ranges newer than the tables: the length must do. Short ones are left alone,
    # since an internal number must not become a subscriber of some country.
    guesses = [abroad, *at_home] if len(digits) >= LONG else at_home
    return next(filter(_possible, guesses if len(digits) > 7 else ()), None)


def _try(text, country=None):
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


@cache
def _plan(country):
    """Return the trunk prefix of a country, as a pattern, and its numbers' lengths."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    if plan is None:
        return re.compile(r"(?!)"), frozenset()
    prefix = plan.national_prefix_for_parsing or r"(?!)"
    if country == "UA":
        prefix = f"8?{prefix}"  # the old one, still printed: 8, and then 0
    return re.compile(prefix), frozenset(plan.general_desc.possible_length)


def _fits(digits, country):
    """Tell cheaply whether ``digits`` may be a national number of a country."""
    prefix, lengths = _plan(country)
    found = prefix.match(digits)
    return len(digits) in lengths or bool(
        found and len(digits) - found.end() in lengths
    )


def _try_national(text, digits, country):
    if country == "UA" and digits.startswith("80") and len(digits) == 11:
        text = text.replace("8", "", 1)  # the old trunk prefix, 8 and then 0
    return _try(text, country)


def _valid(found):
    return found if found and phonenumbers.is_valid_number(found) else None


def _possible(found):
    """Return ``found`` if its length fits, dialled from anywhere."""
    if found is None:
        return None
    result = phonenumbers.is_possible_number_with_reason(found)
    return found if result == ValidationResult.IS_POSSIBLE else None


def _is_spelled(found, digits):
    """Tell whether ``digits`` are how the country itself writes the number."""
    written = phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL)
    return digits == _digits(written)


def _number(found, digits, extension):
    """Build the result from what ``phonenumbers`` found, if anything."""
    if found is None:
        digits = digits[:MAX_DIGITS]
        return Number(
            digits=digits, national=digits.lstrip("0"), extension=extension or ""
        )
    e164 = phonenumbers.format_number(found, PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(found)
    if not country:
        country = phonenumbers.region_code_for_country_code(found.country_code)
    return Number(
        e164=e164,
        digits=e164[1:],
        national=phonenumbers.national_significant_number(found),
        country=country if len(country) == 2 and country != "ZZ" else "",
        extension=extension or "",
    )


@lru_cache(maxsize=2_000)
def international(e164: str) -> str:
    """Return ``+33478323232`` as ``+33 4 78 32 32 32``; what cannot be read, as is."""
    return _formatted(e164, PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=2_000)
def national(e164: str) -> str:
    """Return ``+33478323232`` as ``04 78 32 32 32``; what cannot be read, as is."""
    return _formatted(e164, PhoneNumberFormat.NATIONAL)


def _formatted(e164, form):
    found = _try(e164) if e164 else None
    return phonenumbers.format_number(found, form) if found else e164 or ""


@lru_cache(maxsize=5_000)
def region(e164: str, language: str = "en") -> str:
    """Return where a number is from, as ``Kyiv, Ukraine``; empty when unknown.

    :param language: a code as Odoo or browsers write it (``fr``, ``fr_FR``)
    """
    found = _try(e164) if e164 else None
    if found is None:
        return ""
    # Some 60 MB of tables, which only processes that show places need.
    from phonenumbers import geocoder

    code, _, script = (language or "en").replace("-", "_").partition("_")
    place = geocoder.description_for_valid_number(found, code, script or None)
    country = geocoder.country_name_for_number(found, code, script or None)
    return ", ".join(dict.fromkeys(filter(None, (place, country))))


def internal_extension(raw: str | None) -> str:
    """Return the extension that ``raw`` names, or an empty string if it names none.

    An extension has two to five digits; PBXs may write the account's number in front
    of it (``489-100``, ``489*100``). A lone ``0`` is a hidden caller, not an extension.
    """
    found = _extension.fullmatch((raw or "").strip()[:20])
    return found[1] if found else ""
