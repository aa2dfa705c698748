"""What a call costs after its end: its line in the chatter, and its call-back."""

from bench.table import Figure, number

NAMES = {
    "line": "after a call: its line in the chatter, by a job",
    "callback": "… of a missed one: the call-back and its activity, too",
}


def measure(world):
    """The time a call takes over that of a bare message in a chatter."""
    found = world.inside("follow_up", world.large.name)
    floor = found["floor"]
    for name, words in NAMES.items():
        if found[f"{name}_made"][0] == 0 or found[f"{name}_made"][2]:
            raise RuntimeError(f"calls were not followed up: {found}")
        yield Figure(
            words,
            found[name] / floor,
            measured=f"{number(found[name])} ms",
            floor=f"a bare message {number(floor)} ms",
            details=found,
        )
