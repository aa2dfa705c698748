"""Visitors of a web site, all at once: how many, and whose number each one sees."""

from collections import defaultdict

from bench import visitors
from bench.crowd import Crowd
from bench.shopfront import POOL
from bench.table import Figure, median, number
from bench.visitors import clean, doubles, freeing, leases

AT_ONCE = 100
ROUNDS = 7  # the first one warms up
COUNT, FEW = 500, 200  # visits a round
LEASES, FEW_LEASES = 100_000, 300


def measure(world):
    """Requests a second over those of a bare route, by turns; and double leases."""
    made = visitors.dataset(world)
    clean(world, made)
    rates = defaultdict(list)
    with world.serving(made, keepalive=0, backlog=4 * AT_ONCE) as stack:
        crowd = Crowd(stack.url, AT_ONCE)
        count = FEW if world.is_small else COUNT
        for _round in range(ROUNDS):
            rates["floor"].append(crowd.ask(2 * count, "/telephony_bench/insert")[0])
            with freeing(world, made):
                rates["ours"].append(crowd.visit(count)[0])
        clean(world, made)
        told = []
        wanted = FEW_LEASES if world.is_small else LEASES
        with freeing(world, made):
            while leases(world, made) < wanted:
                told += crowd.visit(count)[1]
        taken, double = leases(world, made), doubles(world, made, told)
    clean(world, made)
    floors, ours = rates["floor"][1:], rates["ours"][1:]
    ratios = [rate / least for rate, least in zip(ours, floors, strict=True)]
    yield Figure(
        f"visit + lease with beats, {AT_ONCE} at once, pool of {POOL}, rate",
        median(ratios),
        target=0.5,
        at_least=True,
        measured=f"{number(median(ours))} /s",
        floor=f"one SQL insert {number(median(floors))} /s",
        details=dict(rates),
    )
    yield Figure(
        f"… numbers shown to two at once, of {taken:,} leases",
        double,
        target=0,
        unit="",
    )
