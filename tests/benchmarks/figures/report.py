"""The report of a month: against one aggregate over the visits of that month."""

from bench import tracking
from bench.shop import SUPERVISOR
from bench.table import Figure, median, milliseconds

MAIN = ("touch source", "money source")


def measure(world):
    """The time of the report over that of the aggregate, for both clocks."""
    made = tracking.dataset(world)
    told = world.inside("report", made.name, SUPERVISOR)
    times = {name: median(values) / 1000 for name, values in told["times"].items()}
    bare = times.pop("bare")
    month = told["found"]["bare"]
    floor = f"one aggregate over its {month:,} visits {milliseconds(bare)}"
    slowest = max(MAIN, key=times.get)
    yield Figure(
        f"ROI report of one month among {made.size:,} visits, {made.size // 10:,} "
        f"calls, {made.size // 100:,} leads",
        times[slowest] / bare,
        target=1.5,
        measured=milliseconds(times[slowest]),
        floor=floor,
        details={"found": told["found"]},
    )
    for name, seconds in times.items():
        if name == slowest:
            continue
        clock, group = name.split()
        yield Figure(
            f"… by {group}, by day of {clock}",
            seconds / bare,
            measured=milliseconds(seconds),
            floor=floor,
        )
