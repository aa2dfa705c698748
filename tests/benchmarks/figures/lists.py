"""Lists of calls over RPC, rights and count included, at two sizes."""

from contextlib import ExitStack

from bench.office import BUSY, IDLE, PASSWORD, USUAL
from bench.rpc import ListView, Session
from bench.table import Figure, median, milliseconds

ROUNDS = 25
WARM_UP = 5
PEOPLE = {USUAL: "an agent", BUSY: "the busiest agent", IDLE: "an agent without calls"}
# Whose calls an agent looks at: of the own contacts the one with most calls.
CONTACT = """
    SELECT c.partner_id FROM telephony_call c JOIN res_users u ON u.id = c.owner_id
     WHERE u.login = '{login}' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


class Reader:
    """A user of one of the databases."""

    def __init__(self, world, dataset, url, login):
        session = Session(url, dataset.name, login, PASSWORD)
        self.view = ListView(session, "telephony.call")
        owner = USUAL if login == IDLE else login
        contact = world.value(dataset, CONTACT.format(login=owner))
        action = session.call("res.partner", "action_view_telephony_calls", [contact])
        self.domains = {
            "call list": [],
            "my calls": [["participant_ids", "in", session.uid]],
            "a contact's calls": action["domain"],
        }
        self.times = {name: [] for name in self.domains}
        self.lengths = {}

    def read(self, name, keep):
        """Read one of the lists; ``keep`` its time."""
        seconds, page = self.view.read(self.domains[name])
        if keep:
            self.times[name].append(seconds)
        self.lengths[name] = page["length"]


def measure(world):
    """The time of each list in the large database over that in the small one."""
    with ExitStack() as stack:
        urls = {
            dataset: stack.enter_context(world.serving(dataset)).url
            for dataset in (world.large, world.small)
        }
        for login, who in PEOPLE.items():
            large, small = (
                Reader(world, dataset, url, login) for dataset, url in urls.items()
            )
            for turn in range(WARM_UP + ROUNDS):
                for name in large.domains:
                    for reader in (large, small):
                        reader.read(name, keep=turn >= WARM_UP)
            yield from _figures(world, who, large, small)


def _figures(world, who, large, small):
    for name in large.domains:
        ours, before = median(large.times[name]), median(small.times[name])
        yield Figure(
            f"{name} at {world.large.size:,} calls, {who}",
            ours / before,
            target=3,
            measured=milliseconds(ours),
            floor=f"at {world.small.size:,} {milliseconds(before)}",
            details={"calls": [small.lengths[name], large.lengths[name]]},
        )
