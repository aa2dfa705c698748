"""Comparing the log with the PBX's own records of a day."""

from bench.table import Figure, number

LEGS = 50_000
MEGABYTE = 1024 * 1024


def measure(world):
    """Our own seconds for a page, of those that the PBX leaves between two requests."""
    world.have_numbers(world.large)
    world.clean(world.large)
    try:
        compared = world.inside("reconcile", world.large.name, str(LEGS))
    finally:
        world.clean(world.large)
    if compared["state"] != "done" or compared["rows"] != LEGS:
        raise RuntimeError(f"the comparison is {compared}")
    pause = 60 / compared["a_minute"]
    yield Figure(
        f"comparing a day of {LEGS:,} legs, of which none was heard",
        compared["seconds_a_page"] / pause,
        target=0.5,
        measured=f"{number(compared['seconds_a_page'])} s a page, "
        f"{number(compared['seconds'])} s in all",
        floor=f"{number(pause)} s between two requests",
        details=compared,
    )
    yield Figure(
        "… growth of memory",
        compared["growth"] / MEGABYTE,
        target=20,
        unit=" MB",
    )
