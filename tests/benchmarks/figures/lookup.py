"""Looking up a caller: against a bare query, a smaller database, the usual ways."""

from bench.table import Figure, median, milliseconds

COUNT = 1000  # look-ups of each kind, in each database


def measure(world):
    """Our function's time over the floor's, and over its own at a hundredth."""
    for dataset in (world.small, world.large):
        world.have_numbers(dataset)
    count = min(COUNT, world.small.size)
    times = world.inside("lookup", world.large.name, world.small.name, count)
    large, small = times["large"], times["small"]
    ours, bare = median(large["ours"]), median(large["bare"])
    before, cold = median(small["ours"]), median(large["cold"])
    size = f"{world.large.size:,}"
    details = {
        "found": large["found"],
        "asked": len(large["ours"]) + len(large["cold"]),
        "small_bare": median(small["bare"]),
    }
    yield Figure(
        f"caller among {size} contacts and {size} leads",
        ours / bare,
        target=3,
        measured=milliseconds(ours),
        floor=f"one indexed query {milliseconds(bare)}",
        details=details,
    )
    yield Figure(
        "… as the first thing of a transaction",
        cold / bare,
        measured=milliseconds(cold),
        floor=f"one indexed query {milliseconds(bare)}",
    )
    yield Figure(
        f"… growth from {world.small.size:,}",
        ours / before,
        target=1.5,
        measured=milliseconds(ours),
        floor=f"at {world.small.size:,} {milliseconds(before)}",
    )
    for kind, words in (
        ("suffix", "contacts by LIKE '%last8'"),
        ("equal", "contacts by equality, no index"),
    ):
        usual = median(large[kind])
        yield Figure(
            f"… faster than {words}",
            usual / ours,
            target=200,
            at_least=True,
            measured=milliseconds(ours),
            floor=milliseconds(usual),
        )
