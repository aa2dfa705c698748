"""The answer to a PBX with a caller on the line, while a web site is flooded."""

import random

from bench import visitors
from bench.calls import Call
from bench.crowd import Flood
from bench.load import Client
from bench.shopfront import CALLERS
from bench.table import Figure, median, milliseconds, percentile
from bench.visitors import clean

from setup.lib import nginx_sample

AT_ONCE = 10
VISITORS = 100
ROUNDS, FEW_ROUNDS = 12, 6  # the first one warms up
COUNT = 100


def measure(world):
    """The 99th percentile of the answer's time over that without visitors, by turns."""
    made = visitors.dataset(world)
    yield _figure(
        f"routing answer while {VISITORS} visitors flood, {AT_ONCE} at once, "
        "with nginx as in the README, 99th percentile",
        _worst(world, made, **nginx_sample.limits()),
        target=1.5,
    )
    yield _figure("… where nginx has no limit for them", _worst(world, made))


def _figure(name, worst, target=None):
    """Divide each round by its own floor: others on the machine slow down both."""
    quiet, ours = worst["quiet"], worst["flood"]
    ratios = [most / least for most, least in zip(ours, quiet, strict=True)]
    return Figure(
        name,
        median(ratios),
        target=target,
        measured=milliseconds(median(ours)),
        floor=f"without them {milliseconds(median(quiet))}",
        details=worst,
    )


def _worst(world, made, **nginx):
    """Return each round's 99th percentile in seconds, in the flood and without."""
    worst = {"quiet": [], "flood": []}
    clean(world, made)
    options = {"keepalive": 0, "backlog": 4 * VISITORS, **nginx}
    with world.serving(made, **options) as stack:
        flood = Flood(stack.url, VISITORS)
        client = Client(stack.url, AT_ONCE)
        for _round in range(FEW_ROUNDS if world.is_small else ROUNDS):
            worst["quiet"].append(percentile(_answers(client), 0.99))
            with flood:
                worst["flood"].append(percentile(_answers(client), 0.99))
    clean(world, made)
    return {name: rounds[1:] for name, rounds in worst.items()}


def _answers(client):
    numbers = random.sample(range(CALLERS), COUNT)
    calls = [Call(f"+3347802{number:04}").start() for number in numbers]
    answered = client.send(calls)
    if not all(b"caller_name" in body for body in answered.bodies):
        raise RuntimeError("a known caller was not named in the answer")
    return answered.seconds
