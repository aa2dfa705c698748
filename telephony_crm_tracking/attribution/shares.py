"""Who of several touches gets which share: the attribution models.

Shares are whole millionths that sum to exactly one million, by the largest remainder:
nothing is earned twice or lost in rounding. The SQL of the report does the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .words import Word

WHOLE = 1_000_000


class Model(Word):
    """How a result is shared among the touches that led to it."""

    FIRST = "first"
    LAST = "last"
    LAST_NON_DIRECT = "last_non_direct"
    LINEAR = "linear"
    POSITION = "position"  # 40 % the first, 40 % the last, 20 % those between


def shares(model: Model | str, direct: Sequence[bool]) -> tuple[int, ...]:
    """Return the share of each touch in millionths; together exactly `WHOLE`.

    :param model: one of `Model`
    :param direct: for each touch, the oldest first, whether nothing led to it
    :return: as many as there are touches; none for none
    :raises ValueError: when there is no such model
    """
    model, count = Model(model), len(direct)
    if not count:
        return ()
    if model == Model.LINEAR:
        return divided([Fraction(1)] * count)
    if model == Model.POSITION:
        return divided(_by_position(count))
    if model == Model.FIRST:
        chosen = 0
    else:
        chosen = count - 1
        if model == Model.LAST_NON_DIRECT:
            led = (place for place in range(count - 1, -1, -1) if not direct[place])
            chosen = next(led, chosen)
    return tuple(WHOLE if place == chosen else 0 for place in range(count))


def _by_position(count):
    if count < 3:
        return [Fraction(1)] * count
    between = Fraction(20, count - 2)
    return [Fraction(40), *[between] * (count - 2), Fraction(40)]


def divided(weights: Sequence[Fraction | int], whole: int = WHOLE) -> tuple[int, ...]:
    """Return ``whole`` in whole parts that are to one another as ``weights``.

    What rounding down leaves goes, one each, to the largest remainders, of equal ones
    to the first (Hamilton's method).

    :param weights: none negative, not all 0
    """
    total = sum(weights)
    exact = [Fraction(whole) * weight / total for weight in weights]
    parts = [int(part) for part in exact]
    left = whole - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in order[:left]:
        parts[place] += 1
    return tuple(parts)
