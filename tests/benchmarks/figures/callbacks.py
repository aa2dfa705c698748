"""The list of missed callers over RPC, rights and count included, at two sizes."""

from contextlib import ExitStack, contextmanager

from bench.office import BUSY, IDLE, PASSWORD, USUAL
from bench.rpc import ListView, Session
from bench.table import Figure, median, milliseconds

ROUNDS = 25
WARM_UP = 5
PEOPLE = {USUAL: "an agent", BUSY: "the busiest agent", IDLE: "an agent without calls"}
# How many wait does not depend on how long the log is.
OPEN = 200
# One for each number that was ever missed; the last ones wait still.
MAKE = f"""
    INSERT INTO telephony_callback (
        e164, company_id, pbx_id, kind, state, due_date, waiting_date, last_date,
        attempts, user_id, did_id, partner_id, create_date, write_date)
    SELECT number_e164, min(company_id), min(pbx_id), 'missed',
           CASE WHEN row_number() OVER (ORDER BY max(start_date) DESC) <= {OPEN}
                THEN 'open' ELSE 'done' END,
           min(start_date) + interval '15 minutes', min(start_date), max(start_date),
           count(*), COALESCE(max(owner_id), max(user_id)), max(did_id),
           max(partner_id), now(), now()
      FROM telephony_call
     WHERE direction = 'inbound' AND disposition = 'missed'
       AND number_e164 IS NOT NULL
     GROUP BY number_e164
"""
# Nor does how many of them wait for whom; both lists have something to show.
SHARE = f"""
    UPDATE telephony_callback
       SET user_id = (SELECT id FROM res_users
                       WHERE login = CASE id % 20 WHEN 0 THEN '{USUAL}'
                                                  ELSE '{BUSY}' END)
     WHERE state = 'open' AND id % 5 = 0
"""
TO_MAKE = [["state", "=", "open"]]


def measure(world):
    """The time of each list in the large database over that in the small one."""
    with ExitStack() as stack:
        urls = {}
        for dataset in (world.large, world.small):
            stack.enter_context(_callbacks(world, dataset))
            urls[dataset] = stack.enter_context(world.serving(dataset)).url
        for login, who in PEOPLE.items():
            times, lengths = {dataset: [] for dataset in urls}, {}
            views = {
                dataset: ListView(
                    Session(url, dataset.name, login, PASSWORD), "telephony.callback"
                )
                for dataset, url in urls.items()
            }
            for turn in range(WARM_UP + ROUNDS):
                for dataset, view in views.items():
                    seconds, page = view.read(TO_MAKE)
                    lengths[dataset] = page["length"]
                    if turn >= WARM_UP:
                        times[dataset].append(seconds)
            ours, before = median(times[world.large]), median(times[world.small])
            yield Figure(
                f"call-backs to make at {world.large.size:,} calls, {who}",
                ours / before,
                target=3,
                measured=milliseconds(ours),
                floor=f"at {world.small.size:,} {milliseconds(before)}",
                details={"callbacks": [lengths[world.small], lengths[world.large]]},
            )


@contextmanager
def _callbacks(world, dataset):
    """Have the missed callers of a database on the list, as long as it lasts."""
    world.sql(dataset, "DELETE FROM telephony_callback")
    world.sql(dataset, MAKE)
    world.sql(dataset, SHARE)
    world.sql(dataset, "VACUUM ANALYZE telephony_callback")
    try:
        yield
    finally:
        world.sql(dataset, "DELETE FROM telephony_callback")
