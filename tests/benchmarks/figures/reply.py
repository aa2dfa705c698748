"""The answer to NOTIFY_START, with a caller on the line: how late at the worst."""

from bench.callers import callers
from bench.calls import Call, floor
from bench.load import Client
from bench.table import Figure, median, milliseconds, percentile

AT_ONCE = 10
ROUNDS = 6  # the first one warms up
COUNT = 150


def measure(world):
    """The 99th percentile of the answer's time over the bare route's, by turns."""
    ours, bare = [], []
    world.have_numbers(world.large)
    with world.serving(world.large) as stack:
        client = Client(stack.url, AT_ONCE)
        for turn in range(ROUNDS):
            people = callers(world, world.large, COUNT)
            plain = client.send([floor(person.user_id) for person in people])
            calls = [Call(person.number, person.extension).start() for person in people]
            answered = client.send(calls)
            if not all(b"caller_name" in body for body in answered.bodies):
                raise RuntimeError("a known caller was not named in the answer")
            if turn:
                bare += plain.seconds
                ours += answered.seconds
    worst, floor_worst = percentile(ours, 0.99), percentile(bare, 0.99)
    yield Figure(
        f"reply to NOTIFY_START, {AT_ONCE} at once, 99th percentile",
        worst / floor_worst,
        target=5,
        measured=milliseconds(worst),
        floor=f"bare route {milliseconds(floor_worst)}",
        details={"median": median(ours), "floor_median": median(bare)},
    )
