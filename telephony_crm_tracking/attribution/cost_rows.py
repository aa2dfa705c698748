"""What advertising cost: lines of a table as rows, or what is wrong with each.

A row may be about a day or a period, a campaign or a DID. Nothing is taken that is in
doubt; a line with an error is told by its number, as the person sees it in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import cost_cells
from .clean import text
from .cost_cells import SYMBOLS
from .cost_reader import Reader
from .cost_row import CostError, CostRow

#: Columns by their headers, in lower case; Google's, Meta's, Microsoft's included.
COLUMNS = {
    "start": "date,day,from,start,start date,gregorian date,reporting starts,"
    "time period,дата,день,з,с,начало,початок,week,неделя,тиждень,month,месяц,місяць",
    "end": "to,until,end,end date,reporting ends,по,до,конец,кінець",
    "amount": "amount,cost,costs,spend,amount spent,spent,budget,сумма,сума,"
    "расход,расходы,витрати,вартість,стоимость",
    "currency": "currency,currency code,валюта",
    "clicks": "clicks,link clicks,клики,кліки",
    "source": "source,utm_source,источник,джерело",
    "medium": "medium,utm_medium,channel,канал",
    "campaign": "campaign,campaign name,utm_campaign,кампания,кампанія",
    "keyword": "keyword,search keyword,utm_term,ключевое слово,ключове слово",
    "did": "did,number,phone,phone number,telephone,номер,телефон",
}
HEADERS = {
    header: name for name, headers in COLUMNS.items() for header in headers.split(",")
}
#: Such a column says with which day a longer time begins.
UNITS = {
    **dict.fromkeys(("week", "неделя", "тиждень"), "week"),
    **dict.fromkeys(("month", "месяц", "місяць"), "month"),
}
#: The header is looked for in so many lines; reports begin with a title.
PREAMBLE = 15

_in_header = re.compile(r"(.*?)\s*[(\[]\s*([^)\]]{1,5})\s*[)\]]\s*")


@dataclass(frozen=True)
class Reading:
    """What became of a table.

    :param header: the line of the headers, from 1; 0 when none was found
    :param columns: the place of each column that is used, from 0
    :param skipped: lines of totals and empty ones
    """

    header: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[CostRow, ...] = ()
    errors: tuple[CostError, ...] = ()
    skipped: int = 0


def guess(header: Sequence[object]) -> dict[str, int]:
    """Return the place of each column whose header is known, the first of each.

    Of days, weeks and months it is the shortest.
    """
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name, _ = _header(cell)
        if not name:
            continue
        if name == "start" and _length(cell) < _length(header[found.get(name, place)]):
            found[name] = place
        found.setdefault(name, place)
    return found


def _length(cell):
    return ("", "week", "month").index(_unit(cell))


def _unit(cell):
    return UNITS.get(text(cell, 60).strip(" .:").lower(), "")


def _header(cell):
    """Return column and currency of a header such as ``Amount spent (EUR)``."""
    bare, inside = text(cell, 60).strip(" .:"), ""
    if found := _in_header.fullmatch(bare):
        bare, inside = found.groups()
    return HEADERS.get(bare.lower(), ""), inside


def read(
    table: Sequence[Sequence[object]],
    defaults: Mapping[str, str] = (),
    columns: Mapping[str, int] | None = None,
    order: str = "",
    decimal: str = "",
    header: int = 0,
) -> Reading:
    """Read a table: the lines of a file, the header among the first of them.

    :param table: cells are text, or what a spreadsheet holds: numbers, days
    :param defaults: of ``source, medium, campaign, currency`` where a line is silent;
        a header such as ``Cost (EUR)`` is not
    :param columns: the places of columns, where a person has said so
    :param order: ``dmy`` or ``mdy``, and ``decimal``, ``.`` or ``,``, where a person
        has said so; the table tells otherwise, if it does
    :param header: the line of the headers, from 1, where a person has said so
    """
    place, known = _find(table, columns, header)
    if place is None:
        return Reading(errors=(CostError(0, "no_header"),))
    lines = table[place + 1 :]
    reader = Reader(known, dict(defaults))
    _, inside = _header(dict(enumerate(table[place])).get(known["amount"]))
    default = reader.defaults.get("currency", "")
    reader.defaults["currency"] = _currency_of(inside, default)
    reader.unit = _unit(dict(enumerate(table[place])).get(known["start"]))
    days = [reader.cell(cells, name) for cells in lines for name in ("start", "end")]
    reader.order = order or cost_cells.order_of(days)
    reader.decimal = decimal or cost_cells.decimal_of(
        reader.cell(cells, "amount") for cells in lines
    )
    for number, cells in enumerate(lines, place + 2):
        reader.take(number, cells)
    return Reading(
        header=place + 1,
        columns=known,
        rows=tuple(reader.rows),
        errors=tuple(reader.errors),
        skipped=reader.skipped,
    )


def _find(table, columns, header):
    """Return the header's place and the columns; ``None`` and nothing without one."""
    for place, cells in enumerate(table[: max(PREAMBLE, header)]):
        if header and place != header - 1:
            continue
        known = guess(cells)
        if columns:
            width = len(cells) if not header else max(map(len, table))
            known = {name: at for name, at in columns.items() if 0 <= at < width}
        if {"start", "amount"} <= set(known):
            return place, known
    return None, {}


def _currency_of(said, default):
    """Return the currency of a header; none when it is a doubtful one."""
    if said == said.lower() and said.isalpha() and said.lower() not in SYMBOLS:
        return default  # "net"
    try:
        return cost_cells.currency(said, default)
    except ValueError:
        return "" if said == "$" else default
