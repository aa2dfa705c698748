"""Finding which visits may have made a call: against one bare indexed query."""

from bench import tracking
from bench.table import Figure, median, milliseconds

COUNT = 2000


def measure(world):
    """Our function's time over the floor's."""
    made = tracking.dataset(world)
    told = world.inside("match", made.name, COUNT)
    times = {name: median(values) for name, values in told["times"].items()}
    yield Figure(
        f"match of a call with {made.size:,} visits and leases kept",
        times["ours"] / times["bare"],
        target=3,
        measured=milliseconds(times["ours"]),
        floor=f"one indexed query {milliseconds(times['bare'])}",
        details={"found": told["found"], "asked": told["asked"]},
    )
