"""The database with a web site that is visited, and whose numbers were whose."""

import threading
from collections import defaultdict
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from setup.lib import paths, postgres
from setup.lib.console import step

from .world import ADDONS, HERE, OFFICE, Dataset

PREFIX = "telephony_bench_flood_"
MODULES = {"telephony_crm", "telephony_crm_tracking", "telephony_bench"}
SHOPFRONT = HERE / "bench" / "shopfront.py"
#: Seconds after which a number is free again, see `freeing`.
MOMENT = 0.02
FREE = """
    UPDATE telephony_tracking_slot SET free_date = now() - interval '1 day'
     WHERE id IN (SELECT id FROM telephony_tracking_slot
                   WHERE free_date > now() - interval '1 hour'
                     FOR UPDATE SKIP LOCKED)
"""


def dataset(world):
    """The database, made and updated to the addon as it is now."""
    databases = world.databases
    floor = sorted(ADDONS.rglob("*.py"))
    key = paths.digest(databases.odoo.version, OFFICE, SHOPFRONT, *floor)
    made = Dataset(f"{PREFIX}{key}", 0)
    for name in postgres.names(world.server, PREFIX):
        if name != made.name:
            databases.drop(name)
    marker = Path(databases.filestore(made.name)) / "telephony-bench.done"
    if databases.exists(made.name) and not marker.exists():
        databases.drop(made.name)
    databases.have_addon(made.name, MODULES)
    if not marker.exists():
        with step("a web site with a pool of numbers"):
            for script in (OFFICE, SHOPFRONT):
                databases.shell(
                    made.name,
                    f"{script.read_text()}\nbuild(env)\n",
                    "the web site of the benchmarks could not be made",
                )
        marker.touch()
    return made


def clean(world, made):
    """Take away what visitors have left, and give all numbers back."""
    world.sql(
        made,
        "TRUNCATE telephony_tracking_quota, telephony_tracking_pool_hour, "
        "telephony_bench_row",
    )
    world.sql(made, "UPDATE telephony_tracking_slot SET lease_id = NULL")
    world.sql(made, "DELETE FROM telephony_tracking_visit")
    world.sql(made, "UPDATE telephony_tracking_slot SET free_date = '2020-01-01'")
    for table in ("visit", "lease", "slot"):
        world.sql(made, f"VACUUM ANALYZE telephony_tracking_{table}")


@contextmanager
def freeing(world, made):
    """Let numbers be free again after a moment instead of minutes.

    Also those whose visitors are still there: these and new ones want the same.
    """
    settings = world.server.environment
    over = threading.Event()

    def work():
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        names["password"] = "PGPASSWORD"
        where = {name: settings[key] for name, key in names.items() if key in settings}
        with closing(psycopg2.connect(dbname=made.name, **where)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            while not over.wait(MOMENT):
                cursor.execute(FREE)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def leases(world, made):
    """Return how many leases there were."""
    return world.value(made, "SELECT count(*) FROM telephony_tracking_lease")


def doubles(world, made, told):
    """Return how often one number was two visitors' at the same time.

    By the leases: only the last one of a number is open. By what the pages were told,
    whatever the database says: who asked after another one had been told the number was
    not told it; and each was told what is leased to it.

    :param told: see `bench.crowd.Crowd.visit`
    """
    rows = world.sql(
        made,
        "SELECT d.e164, v.key, l.end_date IS NULL FROM telephony_tracking_lease l "
        "JOIN telephony_did d ON d.id = l.did_id "
        "JOIN telephony_tracking_visit v ON v.id = l.visit_id ORDER BY l.id",
    )
    holders = defaultdict(list)
    for number, key, is_open in rows:
        holders[number].append((key, is_open == "t"))
    found = sum(is_open for keys in holders.values() for _key, is_open in keys[:-1])
    of_key = {key: number for number, keys in holders.items() for key, _open in keys}
    seen = {}
    for key, number, _begun, ended in told:
        if number:
            seen[key] = min(seen.get(key, ended), ended)
            found += of_key.get(key) != number
    after = {}  # when the next holder of the number was told it
    for keys in holders.values():
        for (key, _open), (other, _is_open) in zip(keys, keys[1:], strict=False):
            after[key] = seen.get(other)
    for key, number, begun, _ended in told:
        if number and after.get(key) and begun > after[key]:
            found += 1
    return found
