"""Lines of a table of costs that sum up others, and would count them twice.

Reports have a total of a day or of the whole time among their lines, dated like any
other, which says of no campaign what it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from .cost_row import CostError, CostRow

NAMES = ("source", "medium", "campaign", "keyword", "did")
#: What is shown is rounded, so a sum of it may be this much beside the total.
ROUNDED = Decimal("0.01")


def totals(rows: Iterable[CostRow], errors: Iterable[CostError] = ()) -> list[CostRow]:
    """Return the rows without a name that cost what the others of their days cost.

    Or more, where a line of their days is wrong: it is no row, and what it costs is in
    their sum.
    """
    errors = list(errors)
    parts: dict[tuple, Decimal] = defaultdict(Decimal)
    silent: dict[tuple, list[CostRow]] = defaultdict(list)
    for row in rows:
        key = (row.start, row.end, row.currency)
        if any(getattr(row, name) for name in NAMES):
            parts[key] += row.amount
        elif row.amount:
            silent[key].append(row)
    found = []
    for key, alike in silent.items():
        if (inside := _inside(parts, *key)) is None:
            continue
        start, end, _currency = key
        is_short = any(error.may_be_within(start, end) for error in errors)
        found += [
            row
            for row in alike
            if abs(row.amount - inside) <= ROUNDED or (is_short and row.amount > inside)
        ]
    return found


def _inside(parts, start, end, currency):
    """Return what all parts within a period cost; ``None`` where there are none."""
    if start == end:
        return parts.get((start, end, currency))
    found = [
        amount
        for (first, last, sold), amount in parts.items()
        if start <= first and last <= end and sold == currency
    ]
    return sum(found) if found else None
