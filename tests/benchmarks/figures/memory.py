"""The memory of a worker over many events: it must not leak."""

from bench.callers import callers
from bench.calls import Call
from bench.load import Client
from bench.table import Figure, number
from bench.workers import MEGABYTE, worker

CONNECTIONS = 2
EVENTS = 20_000  # in a large enough database
STEP = 1_000
SETTLED = 2_000  # events after which it has what it needs
KINDS = ("start", "internal", "answer", "end")
ALLOWED = 5  # per cent of what it had when it was settled


def measure(world):
    """Growth of one worker's memory after the first events, in per cent."""
    events = min(EVENTS, world.large.size // 25)
    samples, pids = [], set()
    world.have_numbers(world.large)
    with world.serving(world.large, workers=1) as stack:
        client = Client(stack.url, CONNECTIONS)
        for _step in range(events // STEP):
            people = callers(world, world.large, STEP // len(KINDS))
            calls = [Call(person.number, person.extension) for person in people]
            for kind in KINDS:
                client.send([getattr(call, kind)() for call in calls])
            process = worker(stack.odoo.pid)
            pids.add(process.pid)
            samples.append(process.memory_info().rss / MEGABYTE)
    if len(pids) > 1:
        raise RuntimeError("the worker was replaced by another one")
    settled, last = samples[SETTLED // STEP - 1], samples[-1]
    yield Figure(
        f"a worker's memory, from {SETTLED:,} events to {events:,}",
        100 * (last - settled) / settled,
        target=ALLOWED,
        unit=" %",
        measured=f"{number(last)} MB",
        floor=f"after {SETTLED:,} {number(settled)} MB",
        details={"every": STEP, "megabytes": samples},
    )
