"""Figures, and how they are shown: as a table for people and as JSON."""

import json
import statistics
from dataclasses import asdict, dataclass, field

HEAD = ("figure", "measured", "floor", "value", "target", "")


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    :param name: what is measured
    :param value: what is compared with the target, mostly a ratio to the floor
    :param target: None when the figure only explains another
    :param at_least: whether the value must reach the target, or stay below it
    :param unit: of value and target; ``×`` is a ratio
    :param measured: ours, in words
    :param floor: what it is divided by, in words
    :param details: whatever else is worth keeping in the file
    """

    name: str
    value: float
    target: float | None = None
    at_least: bool = False
    unit: str = "×"
    measured: str = ""
    floor: str = ""
    details: dict = field(default_factory=dict)

    @property
    def passed(self):
        """Whether the target is reached; None without a target."""
        if self.target is None:
            return None
        if self.at_least:
            return self.value >= self.target
        return self.value <= self.target

    @property
    def cells(self):
        """The row of the table."""
        target = ""
        if self.target is not None:
            target = f"{'≥' if self.at_least else '≤'} {number(self.target)}{self.unit}"
        mark = {True: "✓", False: "✗ MISSED", None: ""}[self.passed]
        value = f"{number(self.value)}{self.unit}"
        return (self.name, self.measured, self.floor, value, target, mark)


def table(figures):
    """The figures as lines of text."""
    rows = [HEAD, *(figure.cells for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def as_json(figures, **about):
    """The figures as JSON; ``about`` tells of the run."""
    rows = [asdict(figure) | {"passed": figure.passed} for figure in figures]
    return json.dumps(about | {"figures": rows}, indent=2, ensure_ascii=False) + "\n"


def number(value):
    """A number as short as it is still told apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"


def milliseconds(seconds):
    """A length of time in words."""
    return f"{number(seconds * 1000)} ms"


def percentile(values, share):
    """The value that ``share`` (0 to 1) of the values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


median = statistics.median
