"""The databases that are measured: a large one and one a hundredth its size.

They stay between runs. Their name holds a key of what makes them, so that a change of
the generator makes new ones; a change of the addon only updates them.
"""

import json
import os
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import NamedTuple

from setup.lib import paths, postgres
from setup.lib.console import run, step
from setup.lib.stack import Stack

HERE = Path(__file__).resolve().parents[1]
ADDONS = HERE / "addons"
MODULES = {"telephony_crm", "telephony_bench"}
OFFICE = HERE / "bench" / "office.py"
SQL = ("bare.sql", "people.sql", "calls.sql")
FILLED = ("res.partner", "crm.lead")
PREFIX = "telephony_bench_"
SCALE = 100


class Dataset(NamedTuple):
    """A database with ``size`` contacts, as many leads and as many calls."""

    name: str
    size: int


class World:
    """What the figures are measured in.

    :param databases: see ``setup.lib.prepare.ground``
    :param size: of the large database
    :param is_small: whether this is to be quick, and the figures are only a hint
    """

    def __init__(self, databases, size, is_small=False):
        self.is_small = is_small
        self.databases = copy(databases)
        self.databases.odoo = databases.odoo._replace(
            addons=(ADDONS, *databases.odoo.addons)
        )
        # A name of its own: the other commands have no business with the floor.
        self.databases.config = self.databases.configure("bench")
        self.server = databases.server
        self.large = self._dataset(size)
        self.small = self._dataset(size // SCALE)

    def _dataset(self, size):
        files = sorted(path for path in ADDONS.rglob("*") if path.is_file())
        files = [path for path in files if "__pycache__" not in path.parts]
        generator = (HERE / "data" / name for name in SQL)
        key = paths.digest(self.databases.odoo.version, OFFICE, *generator, *files)
        return Dataset(f"{PREFIX}{size}_{key}", size)

    def prepare(self):
        """Have both databases, updated to the addon as it is now."""
        self._drop_outdated()
        for dataset in (self.small, self.large):
            self._have(dataset)

    def _drop_outdated(self):
        """Remove the databases of these sizes that an older generator made."""
        for dataset in (self.small, self.large):
            for name in postgres.names(self.server, f"{PREFIX}{dataset.size}_"):
                if name != dataset.name:
                    self.databases.drop(name)

    def _have(self, dataset):
        marker = self.databases.filestore(dataset.name) / "telephony-bench.done"
        if self.databases.exists(dataset.name) and not marker.exists():
            self.databases.drop(dataset.name)  # an earlier run was interrupted
        self.databases.have_addon(dataset.name, MODULES)
        if marker.exists():
            return
        with step(f"{dataset.size:,} contacts, leads and calls"):
            self.databases.shell(
                dataset.name,
                f"{OFFICE.read_text()}\nbuild(env)\n",
                "the company of the benchmarks could not be made",
            )
            self._generate(dataset)
        marker.touch()

    def _generate(self, dataset):
        words = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", dataset.name]
        words += ["-v", f"size={dataset.size}", "-v", f"contacts={dataset.size}"]
        options = {"PGOPTIONS": "-c maintenance_work_mem=512MB -c work_mem=128MB"}
        run(
            words + [word for name in SQL for word in ("-f", HERE / "data" / name)],
            "the data of the benchmarks could not be made",
            env=os.environ | self.server.environment | options,
        )

    def sql(self, dataset, statement):
        """Run one ``statement``; its rows as lists of text."""
        return [row.split("|") for row in self.server.sql(statement, dataset.name)]

    def value(self, dataset, statement):
        """The one value that ``statement`` asks for, as a number."""
        return int(self.sql(dataset, statement)[0][0])

    def have_numbers(self, dataset):
        """Have the numbers of the contacts and leads read, by our own job."""
        state = "SELECT count(*) FROM telephony_number_fill WHERE state = 'done'"
        if self.value(dataset, state) < len(FILLED):
            with step(f"numbers of {dataset.name}"):
                self.inside("fill", dataset.name)

    def clean(self, dataset):
        """Take away what was posted to the database."""
        left = "SELECT count(*) FROM (SELECT FROM telephony_pbx_event LIMIT 1) event"
        if not self.value(dataset, left):
            return
        for statement in (
            "DELETE FROM telephony_pbx_event",
            "DELETE FROM telephony_call WHERE call_ref NOT LIKE 'in_bench%'",
            "TRUNCATE bus_bus, telephony_bench_row",
            "DELETE FROM ir_cron_trigger",
        ):
            self.sql(dataset, statement)
        for table in ("telephony_pbx_event", "telephony_call", "telephony_call_leg"):
            self.sql(dataset, f"VACUUM ANALYZE {table}")

    @contextmanager
    def serving(self, dataset, **options):
        """A running Odoo on ``dataset``, two workers behind nginx.

        Its jobs rest: what they do is not what is measured.
        """
        resting = ("--max-cron-threads=0",)
        self.clean(dataset)  # an earlier run may have been interrupted
        with Stack(self.databases, dataset.name, options=resting, **options) as stack:
            yield stack
        self.clean(dataset)

    def inside(self, script, *arguments):
        """Run a script of ``inside/`` in Odoo's environment; its answer.

        :raises Failure: when it fails
        """
        target = paths.HOME / f"bench-{script}.{os.getpid()}.json"
        words = [paths.PYTHON, HERE / "inside" / f"{script}.py"]
        words += [self.databases.config, target, *arguments]
        try:
            run(words, f"{script} failed", env=self.databases.environment)
            return json.loads(target.read_text())
        finally:
            target.unlink(missing_ok=True)
