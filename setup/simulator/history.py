"""Calls of the days before: the statistics know them, nobody was told of them.

Every day is made from the seed and its date alone, so that a simulator started anew
remembers the same calls under the same ids.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta, timezone

from .notebook import Notebook
from .scenarios import SCENARIOS

OPEN, CLOSE = 8, 18  # o'clock, in the account's zone
USUAL_TALK = 120  # seconds
# how often each scene happens, of 100 calls
WEIGHTS = {
    "answered": 34, "missed": 12, "abandoned": 4, "ring_group": 6, "transfer": 4,
    "hidden": 2, "voicemail": 3, "menu_answered": 5, "outgoing_handset": 18,
    "outgoing_no_answer": 6, "outgoing_busy": 2, "internal": 4,
}  # fmt: skip


def remember(simulator, days: int, calls: int) -> list:
    """Have calls of so many whole days before today.

    :param calls: a day
    :return: the calls, oldest first
    """
    simulator.book.kept += days * calls
    today = datetime.now(simulator.settings.zone()).date()
    return [
        call
        for back in range(days, 0, -1)
        for call in _day(simulator, today - timedelta(days=back), calls)
    ]


def _day(simulator, date, count):
    settings = simulator.settings
    luck = random.Random(f"{settings.seed}/{date}")
    opens = datetime.combine(date, time(OPEN), settings.zone())
    seconds = sorted(luck.randrange((CLOSE - OPEN) * 3600) for _ in range(count))
    scenes = luck.choices(list(WEIGHTS), WEIGHTS.values(), k=count)
    for second, scene in zip(seconds, scenes, strict=True):
        yield simulator.player.imagine(
            scene,
            start=(opens + timedelta(seconds=second)).astimezone(timezone.utc),
            poster=Notebook(keep=False),
            luck=random.Random(luck.getrandbits(64)),
            talk=5 + int(luck.expovariate(1 / USUAL_TALK)),
            **somebody(settings, luck, SCENARIOS[scene].direction),
        )


def somebody(settings, luck: random.Random, direction: str) -> dict:
    """Who calls whom: a customer of the configuration, or a stranger in London.

    :return: number, extension and did, as a scene takes them
    """
    # 020 7946 0xxx belongs to nobody: it is kept for plays
    number = f"+44207946{luck.randrange(1000):04d}"
    known = [one.number for one in settings.customers if one.kind != "blocked"]
    if known and luck.random() < 0.5:
        number = luck.choice(known)
    chosen = {"extension": luck.choice(settings.extensions).number}
    if settings.dids:
        chosen["did"] = luck.choice(settings.dids).number
    return chosen if direction == "internal" else {**chosen, "number": number}
