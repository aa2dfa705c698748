"""The rate of a call's events, against a route that does the least Odoo can do."""

from collections import defaultdict

from bench.callers import callers
from bench.calls import Call, floor
from bench.load import Client
from bench.table import Figure, median, number

CONNECTIONS = 4
ROUNDS = 8  # the first one warms up
COUNT = 120  # calls a round
# kind -> target; what has none is there to be seen
EVENTS = {"start": 0.6, "internal": None, "answer": None, "end": 0.3}
NAMES = {
    "start": "webhook of a ringing call (START)",
    "internal": "… an extension is rung (INTERNAL)",
    "answer": "… it is answered (ANSWER)",
    "end": "… it is over (END; chatter and call-back later)",
}


def measure(world):
    """Events a second by kind over bare requests a second, by turns.

    Each round is divided by its own floor, so that a machine that becomes slower or
    faster meanwhile makes no difference.
    """
    rates = defaultdict(list)
    world.have_numbers(world.large)
    with world.serving(world.large) as stack:
        client = Client(stack.url, CONNECTIONS)
        for _round in range(ROUNDS):
            people = callers(world, world.large, COUNT)
            bare = [floor(person.user_id) for person in people]
            rates["floor"].append(client.send(bare).rate)
            calls = [Call(person.number, person.extension) for person in people]
            for kind in EVENTS:
                posts = [getattr(call, kind)() for call in calls]
                rates[kind].append(client.send(posts).rate)
        _check(world)
    floors = rates["floor"][1:]
    bare = median(floors)
    for kind, target in EVENTS.items():
        by_round = rates[kind][1:]
        ours = median(by_round)
        ratios = [rate / least for rate, least in zip(by_round, floors, strict=True)]
        yield Figure(
            NAMES[kind],
            median(ratios),
            target=target,
            at_least=True,
            measured=f"{number(ours)} /s",
            floor=f"one create, one bus message {number(bare)} /s",
            details={"rates": rates[kind], "floor": rates["floor"]},
        )


def _check(world):
    """Make sure that what was measured has happened."""
    made = world.value(
        world.large,
        "SELECT count(*) FROM telephony_call WHERE call_ref NOT LIKE 'in_bench%'"
        " AND state = 'ended' AND disposition = 'answered' AND partner_id > 0"
        " AND follow_up",
    )
    if made != ROUNDS * COUNT:
        raise RuntimeError(f"{made} calls were logged whole, not {ROUNDS * COUNT}")
