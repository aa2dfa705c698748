"""The database in which call tracking is measured: visits by the million."""

import os
from pathlib import Path

from setup.lib import paths, postgres
from setup.lib.console import run, step

from .world import HERE, Dataset

FULL, SMALL = 10_000_000, 200_000
PREFIX = "telephony_bench_visits_"
MODULES = {"telephony_crm", "telephony_crm_tracking"}
SHOP = HERE / "bench" / "shop.py"
SQL = ("bare.sql", "tracking.sql")


def dataset(world):
    """The database, made and updated to the addon as it is now.

    One visit in ten has become a call, one in a hundred a lead. It is made at its first
    use, by the figures that need it, and kept as those of `World` are.
    """
    databases = world.databases
    size = SMALL if world.is_small else FULL
    generator = (HERE / "data" / name for name in SQL)
    key = paths.digest(databases.odoo.version, SHOP, *generator)
    made = Dataset(f"{PREFIX}{size}_{key}", size)
    for name in postgres.names(world.server, f"{PREFIX}{size}_"):
        if name != made.name:
            databases.drop(name)
    marker = Path(databases.filestore(made.name)) / "telephony-bench.done"
    if databases.exists(made.name) and not marker.exists():
        databases.drop(made.name)
    databases.have_addon(made.name, MODULES)
    if not marker.exists():
        with step(f"{size:,} visits, with their calls and leads"):
            _fill(databases, made)
        marker.touch()
    return made


def _fill(databases, made):
    shop = SHOP.read_text()
    failed = "the visits of the benchmarks could not be made"
    databases.shell(made.name, f"{shop}\nbuild(env)\n", failed)
    words = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", made.name]
    words += ["-v", f"visits={made.size}"]
    options = {
        "PGOPTIONS": "-c maintenance_work_mem=512MB -c work_mem=256MB "
        "-c synchronous_commit=off"
    }
    run(
        words + [word for name in SQL for word in ("-f", HERE / "data" / name)],
        failed,
        env=os.environ | databases.server.environment | options,
    )
    databases.shell(made.name, f"{shop}\ncount(env)\n", failed)
