"""Days, amounts and currencies as people and programs write them into tables.

What can be read in two ways is not guessed: a column tells by its other cells, or the
person who imports it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from .clean import text

SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "₴": "UAH",
    "грн": "UAH",
    "zł": "PLN",
    "kč": "CZK",
    "₺": "TRY",
    "₹": "INR",
    "₪": "ILS",
    "us$": "USD",
}
#: Of these "$" may be the sign.
DOLLARS = frozenset("USD CAD AUD NZD SGD HKD MXN".split())
MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        1,
    )
    for name in names.split()
}
#: Spreadsheets count days from here; in this range a bare number is one of theirs.
EPOCH = date(1899, 12, 30)
SERIALS = range(32874, 73051)  # 1990 to 2099

_iso = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_plain = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_three = re.compile(r"(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d\d)", re.ASCII)
_named = re.compile(r"(\d{1,2})[-. ]([a-z]+)[-., ]+(\d{4})", re.ASCII)
_american = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})", re.ASCII)
_month = re.compile(r"(\d{4})[-./](\d{1,2})|(\d{1,2})[-./](\d{4})", re.ASCII)
_named_month = re.compile(r"([a-z]+)[-., ]+(\d{4})", re.ASCII)
_clock = re.compile(r"[T ]\d{1,2}:\d\d.*$")
_ending = re.compile(r"([.,])(\d+)\D*$", re.ASCII)
_digits = re.compile(r"\d+", re.ASCII)
_grouped = re.compile(r"\d{1,3}(?:([ ,.'’])\d{3})(?:\1\d{3})*", re.ASCII)


def day(cell: object, order: str = "") -> date:
    """Return the day that a cell names.

    :param order: ``dmy`` or ``mdy`` of days such as ``01/02/2026``; empty: unknown
    :raises ValueError: ``bad_date``, or ``ambiguous_date`` when only the order tells
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = int(cell) if abs(cell) < 10**8 else 0
        if number in SERIALS:
            return EPOCH + timedelta(days=number)
        cell = str(number)
    written = _clock.sub("", text(cell, 40)).strip().lower()
    try:
        return _day(written, order)
    except (ValueError, KeyError) as error:
        code = str(error) if "ambiguous" in str(error) else "bad_date"
        raise ValueError(code) from error


def month(cell: object, order: str = "") -> date:
    """Return the first day of the month that a cell names, also by one of its days.

    :param order: as for `day`
    :raises ValueError: as `day`
    """
    written = text(cell, 40).strip().lower()
    try:
        if found := _month.fullmatch(written):
            year, number = found[1] or found[4], found[2] or found[3]
            return date(int(year), int(number), 1)
        if (found := _named_month.fullmatch(written)) and found[1] in MONTHS:
            return date(int(found[2]), MONTHS[found[1]], 1)
    except ValueError as error:
        raise ValueError("bad_date") from error
    return day(cell, order).replace(day=1)


def last(start: date, unit: str) -> date:
    """Return the last day of a ``week`` or ``month`` that begins; else of the day."""
    if unit == "week":
        return start + timedelta(days=6)
    if unit == "month":
        return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return start


def _day(written, order):
    if found := _iso.fullmatch(written) or _plain.fullmatch(written):
        return date(*map(int, found.groups()))
    if found := _named.fullmatch(written):
        return date(int(found[3]), MONTHS[found[2]], int(found[1]))
    if found := _american.fullmatch(written):
        return date(int(found[3]), MONTHS[found[1]], int(found[2]))
    found = _three.fullmatch(written)
    if not found:
        raise ValueError("bad_date")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if year < 100 else 0
    if found[2] == ".":  # nobody writes the month first with full stops
        order = "dmy"
    elif first == second:
        order = order or "dmy"
    elif max(first, second) > 12:
        order = "dmy" if first > 12 else "mdy"
    if not order:
        raise ValueError("ambiguous_date")
    return date(year, second, first) if order == "dmy" else date(year, first, second)


def order_of(cells: Iterable[object]) -> str:
    """Return ``dmy`` or ``mdy`` where a column's days tell; empty where they do not."""
    found = set()
    for cell in cells:
        if isinstance(cell, str) and (three := _three.match(cell.strip())):
            if three[2] != "." and max(int(three[1]), int(three[3])) > 12:
                found.add("dmy" if int(three[1]) > 12 else "mdy")
    return found.pop() if len(found) == 1 else ""


def amount(cell: object, decimal: str = "", default: str = "") -> tuple[Decimal, str]:
    """Return an amount and the currency written with it, ``""`` where none is.

    ``1,234.50``, ``1.234,50``, ``1 234,50``, ``€ 12``, ``(3.00)`` for minus three.

    :param decimal: ``.`` or ``,`` where it is known
    :param default: as for `currency`, which tells what ``$`` is
    :raises ValueError: ``bad_amount, bad_currency``, or ``ambiguous_amount`` for one
        like ``1,234``, which may be a thousand times the other
    """
    if isinstance(cell, bool) or cell is None:
        raise ValueError("bad_amount")
    if isinstance(cell, (int, float, Decimal)):
        if not math.isfinite(cell) or abs(cell) > 10**12:
            raise ValueError("bad_amount")
        return Decimal(str(round(cell, 6))), ""
    number, sign, sold = _parts(text(cell, 60), default)
    digits = _unmarked(number, decimal)
    if len(digits) > 20:
        raise ValueError("bad_amount")
    return sign * Decimal(digits), sold


def _parts(written, default):
    """Return number, sign and currency of an amount."""
    written = written.replace("\u2212", "-").strip()
    sign = 1
    if written.startswith("(") and written.endswith(")"):
        sign, written = -1, written[1:-1]
    found = re.fullmatch(
        r"([^\d-]*)(-?)([^\d-]*)(\d(?:.*\d)?)([^\d]*)", written, re.ASCII
    )
    if not found:
        raise ValueError("bad_amount")
    before, minus, between, number, after = found.groups()
    name = "".join((before, between, after)).strip(" \u00a0\u202f")
    number = re.sub(r"[\u00a0\u202f\u2009]", " ", number)
    return number, -sign if minus else sign, currency(name, default) if name else ""


def _unmarked(number, decimal):
    """Return a number with a point and no groups.

    :raises ValueError: ``bad_amount, ambiguous_amount``
    """
    if _digits.fullmatch(number):
        return number
    mark = next((char for char in reversed(number) if char in ".,"), "")
    is_grouped = bool(_grouped.fullmatch(number))
    if is_grouped and number.count(mark or " ") == 1 and mark:
        # 1,234: a thousand and more, or one and a bit; 0,123 is clear
        if number[0] != "0" and not decimal:
            raise ValueError("ambiguous_amount")
        is_grouped = number[0] != "0" and decimal != mark
    if is_grouped:
        return re.sub(r"\D", "", number)
    whole, _, part = number.rpartition(mark) if mark else ("", "", "")
    is_whole = _digits.fullmatch(whole) or _grouped.fullmatch(whole)
    if decimal in ("", mark) and is_whole and _digits.fullmatch(part):
        return f"{re.sub(r'[^0-9]', '', whole)}.{part}"
    raise ValueError("bad_amount")


def decimal_of(cells: Iterable[object]) -> str:
    """Return the decimal mark that a column's amounts show; empty where none does."""
    found = set()
    for cell in filter(lambda own: isinstance(own, str), cells):
        shown = _ending.search(cell)
        if shown and len(shown[2]) != 3 and cell.count(shown[1]) == 1:
            found.add(shown[1])
    return found.pop() if len(found) == 1 else ""


def currency(cell: object, default: str = "") -> str:
    """Return the ISO 4217 code that a cell means; ``default`` for an empty one.

    :raises ValueError: ``bad_currency``, also for ``$`` where the default is no dollar
    """
    said = text(cell, 20).strip(" .").lower()
    if not said:
        return default
    if said == "$" and default in DOLLARS:
        return default
    code = SYMBOLS.get(said) or said.upper()
    if not re.fullmatch(r"[A-Z]{3}", code, re.ASCII):
        raise ValueError("bad_currency")
    return code
