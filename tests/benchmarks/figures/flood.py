"""The answer to a PBX with a caller on the line, while a web site is flooded."""

import random

from bench import visitors
from bench.calls import Call
from bench.crowd import Flood
from bench.load import Client
from bench.shopfront import CALLERS
from bench.table import Figure, median, milliseconds, percentile
from bench.visitors import clean

AT_ONCE = 10
VISITORS = 100
ROUNDS, FEW_ROUNDS = 11, 4  # the first one warms up
COUNT = 80
#: As README says it for nginx: what is beyond waits there, and not in Odoo.
LIMITED = {
    "limits": (
        "limit_req_zone visits zone=telephony_visits:1m rate=25r/s; "
        "limit_conn_zone visits zone=telephony_workers:1m;"
    ),
    "locations": (
        "location ~ ^/telephony/tracking/[^/]+/visit$ "
        "{ limit_req zone=telephony_visits burst=100; limit_req_status 429; "
        "limit_conn telephony_workers 1; limit_conn_status 429; "
        "proxy_pass http://odoo; }"
    ),
}


def measure(world):
    """The 99th percentile of the answer's time over that without visitors, by turns."""
    made = visitors.dataset(world)
    ours, quiet = _times(world, made, **LIMITED)
    yield Figure(
        f"routing answer while {VISITORS} visitors flood, {AT_ONCE} at once, "
        "99th percentile",
        percentile(ours, 0.99) / percentile(quiet, 0.99),
        target=1.5,
        measured=milliseconds(percentile(ours, 0.99)),
        floor=f"without them {milliseconds(percentile(quiet, 0.99))}",
        details={"median": median(ours), "quiet_median": median(quiet)},
    )
    ours, quiet = _times(world, made)
    yield Figure(
        "… where nginx has no limit for them",
        percentile(ours, 0.99) / percentile(quiet, 0.99),
        measured=milliseconds(percentile(ours, 0.99)),
        floor=f"without them {milliseconds(percentile(quiet, 0.99))}",
    )


def _times(world, made, **nginx):
    """Return the seconds of each answer in the flood, and of each without."""
    ours, quiet = [], []
    clean(world, made)
    options = {"keepalive": 0, "backlog": 4 * VISITORS, **nginx}
    with world.serving(made, **options) as stack:
        flood = Flood(stack.url, VISITORS)
        client = Client(stack.url, AT_ONCE)
        for turn in range(FEW_ROUNDS if world.is_small else ROUNDS):
            before = _answers(client)
            with flood:
                during = _answers(client)
            if turn:
                quiet += before
                ours += during
    clean(world, made)
    return ours, quiet


def _answers(client):
    numbers = random.sample(range(CALLERS), COUNT)
    calls = [Call(f"+3347802{number:04}").start() for number in numbers]
    answered = client.send(calls)
    if not all(b"caller_name" in body for body in answered.bodies):
        raise RuntimeError("a known caller was not named in the answer")
    return answered.seconds
