"""Lines of a table of costs, one by one: a row each, or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import cost_cells
from .clean import MAX_VALUE, keyword, text
from .cost_row import CostError, CostRow

MAX_DAYS = 366
#: How reports write that there is none.
NOTHING = frozenset(("-", "--", "—", "(not set)", "(none)", "n/a", "null"))
TEXTS = ("source", "medium", "campaign", "keyword")

_total = re.compile(r"(?:grand )?total\b|всього|разом|итого|всего", re.IGNORECASE)


class Reader:
    """Takes one line after the other.

    ``order`` and ``decimal`` are as for `cost_cells.day` and `cost_cells.amount`;
    ``unit`` is ``week`` or ``month`` where lines begin with one.
    """

    def __init__(self, columns, defaults):
        self.columns, self.defaults = columns, defaults
        self.order = self.decimal = self.unit = ""
        self.rows: list[CostRow] = []
        self.errors: list[CostError] = []
        self.skipped = 0

    def cell(self, cells: Sequence[object], name: str) -> object:
        """Return what a line has in a column; ``None`` where it is shorter."""
        place = self.columns.get(name, len(cells))
        return cells[place] if place < len(cells) else None

    def take(self, line: int, cells: Sequence[object]) -> None:
        """Add a row, or what is wrong with it."""
        if self._is_nothing(cells):
            self.skipped += 1
            return
        days = (None, None)
        try:
            days = self._days(cells)
            self.rows.append(self._row(line, cells, *days))
        except _Wrong as wrong:
            shown = text(str(self.cell(cells, wrong.column) or ""), 60)
            self.errors.append(CostError(line, wrong.code, wrong.column, shown, *days))

    def _is_nothing(self, cells):
        said = [text(str(cell), 60) for cell in cells if cell not in (None, "")]
        said = [one for one in said if one]
        has_day = self.cell(cells, "start") not in (None, "")
        is_total = any(_total.match(one) for one in said)
        return not said or (is_total and not (has_day and self._is_day(cells)))

    def _is_day(self, cells):
        try:
            self._read_day(self.cell(cells, "start"), self.order or "dmy")
        except ValueError:
            return False
        return True

    def _days(self, cells):
        start = self._day(cells, "start")
        end = self._day(cells, "end") or (start and cost_cells.last(start, self.unit))
        if start is None:
            raise _Wrong("no_date", "start")
        if not 0 <= (end - start).days < MAX_DAYS:
            raise _Wrong("bad_period", "end")
        return start, end

    def _row(self, line, cells, start, end):
        amount, currency = self._money(cells)
        return CostRow(
            line,
            start,
            end,
            amount,
            currency,
            did=self._did(cells),
            clicks=self._clicks(cells),
            **{name: self._text(cells, name) for name in TEXTS},
        )

    def _day(self, cells, name):
        cell = self.cell(cells, name)
        if cell is None or cell == "":
            return None
        try:
            if name == "start":
                return self._read_day(cell, self.order)
            return cost_cells.day(cell, self.order)
        except ValueError as error:
            raise _Wrong(str(error), name) from error

    def _read_day(self, cell, order):
        is_month = self.unit == "month"
        return (cost_cells.month if is_month else cost_cells.day)(cell, order)

    def _money(self, cells):
        cell = self.cell(cells, "amount")
        if cell is None or cell == "":
            raise _Wrong("no_amount", "amount")
        default = self.defaults.get("currency", "")
        try:
            amount, written = cost_cells.amount(cell, self.decimal, default)
        except ValueError as error:
            raise _Wrong(str(error), "amount") from error
        try:
            said = cost_cells.currency(self.cell(cells, "currency"), default)
        except ValueError as error:
            raise _Wrong(str(error), "currency") from error
        has_own = self.cell(cells, "currency") not in (None, "")
        if written and has_own and written != said:
            raise _Wrong("bad_currency", "currency")
        currency = written or said
        if not currency:
            raise _Wrong("no_currency", "currency")
        return amount, currency

    def _clicks(self, cells):
        cell = self.cell(cells, "clicks")
        if cell is None or cell == "":
            return None
        digits = re.sub(r"[\s,.'\u00a0\u202f]", "", re.sub(r"\.0+$", "", str(cell)))
        if not re.fullmatch(r"\d{1,12}", digits, re.ASCII):
            raise _Wrong("bad_clicks", "clicks")
        return int(digits)

    def _text(self, cells, name):
        cell = self.cell(cells, name)
        said = text(cell if isinstance(cell, str) else _plain(cell), MAX_VALUE).strip()
        said = "" if said.lower() in NOTHING else said
        said = keyword(said) if name == "keyword" else said
        return said or self.defaults.get(name, "")

    def _did(self, cells):
        cell = self.cell(cells, "did")
        return text(cell if isinstance(cell, str) else _plain(cell), 40)


class _Wrong(Exception):
    def __init__(self, code, column):
        self.code, self.column = code, column
        super().__init__(code)


def _plain(cell):
    """Return a spreadsheet's number as it is read: ``442037691881``, not ``4.4e11``."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)
