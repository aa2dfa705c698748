"""A PBX asks who calls, with the callers on the line: how late at the worst."""

from bench.callers import callers
from bench.load import Client, Post
from bench.table import Figure, median, milliseconds, percentile

AT_ONCE = 20
ROUNDS = 6  # the first one warms up
COUNT = 300
TOKEN = "benchmark-lookup-token"
# Odoo's own route that does nothing but answer.
BARE = "/web/health"


def measure(world):
    """The 99th percentile of the answer's time over the bare route's, by turns."""
    dataset = world.large
    ours, bare = [], []
    world.have_numbers(dataset)
    _open(world, dataset, f"'{TOKEN}'")
    try:
        with world.serving(dataset) as stack:
            client = Client(stack.url, AT_ONCE)
            for turn in range(ROUNDS):
                count = min(COUNT, dataset.size // 10)
                people = callers(world, dataset, count)
                plain = client.send([Post.get(BARE) for _person in people])
                asked = [_question(person.number) for person in people]
                answered = client.send(asked)
                if turn:
                    if not all(answered.bodies):
                        raise RuntimeError("a known caller has no name")
                    bare += plain.seconds
                    ours += answered.seconds
    finally:
        _open(world, dataset, "NULL")
    worst, floor_worst = percentile(ours, 0.99), percentile(bare, 0.99)
    yield Figure(
        f"look-up address at {dataset.size:,} contacts, {AT_ONCE} at once, "
        "99th percentile",
        worst / floor_worst,
        target=5,
        measured=milliseconds(worst),
        floor=f"bare route {milliseconds(floor_worst)}",
        details={"median": median(ours), "floor_median": median(bare)},
    )


def _question(number):
    return Post.get(f"/telephony/lookup/{TOKEN}", number=number)


def _open(world, dataset, token):
    """Have the address, as long as it is asked."""
    world.sql(dataset, f"UPDATE telephony_pbx SET lookup_token = {token}")
