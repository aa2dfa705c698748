"""How many numbers a pool needs: Erlang B.

A number that is taken is out of reach until it is free again, and a visitor who finds
none does not wait but sees the static number: that is Erlang's loss system, where only
the mean load counts (A. K. Erlang 1917; ITU-T E.501). A pool of just the mean load
refuses every tenth visitor and more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: No pool is as large: what is above it is a mistake in the figures.
MAX_LOAD = 1_000_000


def blocking(load: float, lines: int) -> float:
    """Return which share of the visitors finds no number, 0 to 1.

    :param load: numbers in use on the average, were there enough: arrivals per second
        times seconds that each takes
    :param lines: how many numbers there are
    :raises ValueError: when either is negative or no number
    """
    _check(load)
    if lines < 0:
        raise ValueError("fewer numbers than none")
    share = 1.0
    for line in range(1, lines + 1):
        share = load * share / (line + load * share)
    return share if load else 0.0


def size_needed(load: float, share: float = 0.01) -> int:
    """Return the fewest numbers of which at most ``share`` of the visitors finds none.

    :param load: as in `blocking`
    :param share: between 0 and 1, both excluded
    :raises ValueError: when one of them is out of its range
    """
    _check(load)
    if not 0 < share < 1:
        raise ValueError("a share is between 0 and 1")
    if not load:
        return 0
    lines, refused = 0, 1.0
    while refused > share:
        lines += 1
        refused = load * refused / (lines + load * refused)
    return lines


def _check(load):
    if not 0 <= load <= MAX_LOAD or math.isnan(load):
        raise ValueError(f"no load: {load}")


@dataclass(frozen=True)
class Reckoning:
    """How the size of a pool follows from its visitors; all of it can be shown.

    :param arrivals: visitors an hour who need a number, at the peak
    :param visit_seconds: how long they stay, on the average
    :param load: numbers in use on the average, were there enough
    :param needed: numbers with which at most ``share`` of the visitors is refused
    :param lines: numbers that the pool has
    :param refused: the share of visitors refused with ``lines``
    """

    arrivals: float
    visit_seconds: float
    hold_seconds: float
    cooldown_seconds: float
    share: float
    load: float
    needed: int
    lines: int
    refused: float


def reckoning(
    arrivals: float,
    visit_seconds: float,
    hold_seconds: float = 0,
    cooldown_seconds: float = 0,
    lines: int = 0,
    share: float = 0.01,
) -> Reckoning:
    """Return the size that a pool should have, with all that it follows from.

    :param arrivals: visitors an hour at the peak
    :raises ValueError: when a figure is out of its range
    """
    lengths = (visit_seconds, hold_seconds, cooldown_seconds)
    if min(lengths) < 0:
        raise ValueError("a length is negative")
    load = arrivals * sum(lengths) / 3600
    return Reckoning(
        arrivals=arrivals,
        visit_seconds=visit_seconds,
        hold_seconds=hold_seconds,
        cooldown_seconds=cooldown_seconds,
        share=share,
        load=load,
        needed=size_needed(load, share),
        lines=lines,
        refused=blocking(load, lines),
    )
