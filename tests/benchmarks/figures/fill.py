"""Reading the numbers of all contacts and leads that exist already."""

from bench.table import Figure, number

MEGABYTE = 1024 * 1024


def measure(world):
    """Numbers per second, and how much memory the job takes."""
    filled = world.inside("fill", world.large.name)
    world.sql(world.large, "VACUUM ANALYZE telephony_number")
    if filled["state"] != "done":
        raise RuntimeError(f"the filling is {filled['state']}, not done")
    rate = filled["count"] / filled["seconds"]
    yield Figure(
        f"filling telephony.number, {filled['count']:,} numbers",
        rate,
        target=5000,
        at_least=True,
        unit=" /s",
        measured=f"{number(filled['seconds'])} s",
        floor=f"reading them alone {number(filled['reading'])} /s",
        details=filled,
    )
    yield Figure(
        "… growth of memory",
        filled["growth"] / MEGABYTE,
        target=300,
        unit=" MB",
    )
