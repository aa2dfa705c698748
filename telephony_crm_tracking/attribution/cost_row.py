"""What a line of a table of costs comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .shares import divided


@dataclass(frozen=True)
class CostRow:
    """A cost of a day or a period.

    :param line: of the table, from 1
    :param end: the last day, that of ``start`` for one day
    :param currency: ISO 4217
    :param did: as written
    :param clicks: ``None`` when it is not said
    """

    line: int
    start: date
    end: date
    amount: Decimal
    currency: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    keyword: str = ""
    did: str = ""
    clicks: int | None = None

    def days(self) -> list[tuple[date, Decimal, int | None]]:
        """Return ``(day, amount, clicks)`` of each day; they sum to the row exactly.

        Amounts are divided in hundredths, or finer where the row's is finer.
        """
        count = (self.end - self.start).days + 1
        if count == 1:
            return [(self.start, self.amount, self.clicks)]
        digits = max(2, -self.amount.as_tuple().exponent)
        units = int(abs(self.amount).scaleb(digits))
        sign = -1 if self.amount < 0 else 1
        parts = divided([1] * count, units)
        clicks = divided([1] * count, self.clicks) if self.clicks is not None else ()
        return [
            (
                self.start + timedelta(days=place),
                sign * Decimal(part).scaleb(-digits),
                clicks[place] if clicks else None,
            )
            for place, part in enumerate(parts)
        ]


@dataclass(frozen=True)
class CostError:
    """What is wrong with a line.

    :param line: from 1; 0 for the table as a whole
    :param code: ``no_header, no_currency, no_date, bad_date, ambiguous_date,
        bad_period, no_amount, bad_amount, ambiguous_amount, bad_currency, bad_clicks``
    :param value: the cell, cut
    :param start: the first day that the line is about, and ``end`` the last one;
        ``None`` where it does not tell
    """

    line: int
    code: str
    column: str = ""
    value: str = ""
    start: date | None = field(default=None, compare=False)
    end: date | None = field(default=None, compare=False)

    def may_be_within(self, start: date, end: date) -> bool:
        """Tell whether it is not known to be about other days."""
        return not self.start or (start <= self.start and self.end <= end)
