"""A database server of a test's own, which it may crash."""

import os
import shutil
import tempfile
from pathlib import Path

from setup.lib import postgres, system
from setup.lib.console import Failure, run

PREFIX = "telephony-db-"


class Cluster:
    """A PostgreSQL in a folder of its own; ``with`` makes and removes it."""

    def __init__(self, folder=None):
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.data = self.folder / "data"
        self.server = postgres.Server(str(self.folder), "5432", postgres.ROLE)

    def __enter__(self):
        _sweep()
        owner = postgres.owner()
        shutil.chown(self.folder, owner.pw_uid, owner.pw_gid)
        try:
            postgres.initialise(self.data, self.folder)
            self.start()
            administrator = self.server._replace(user="postgres")
            administrator.sql(f"CREATE ROLE {postgres.ROLE} LOGIN CREATEDB")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        try:
            self.crash()
        except Failure:
            pass  # it did not run
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Start it, mending whatever a crash has left; returns when it answers."""
        log = self.folder / "log"
        postgres.as_owner("pg_ctl", "start", "-w", "-D", self.data, "-l", log)

    def crash(self):
        """Stop it as a loss of power does: nothing is finished, nothing written."""
        postgres.as_owner("pg_ctl", "stop", "-m", "immediate", "-D", self.data)

    def take(self, server, source, name):
        """Make ``name`` a copy of another server's database ``source``.

        It is read in one go and written afterwards: nobody else can copy ``source`` as
        long as it is read, and others wait for that.
        """
        self.server.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        file = self.folder / "dump"
        run(
            [
                *(Path(system.postgres_bin(), "pg_dump"), "--no-owner"),
                *("-f", file, source),
            ],
            f"{source} could not be read",
            env=os.environ | server.environment,
        )
        run(
            ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", file],
            f"{name} could not be filled",
            env=os.environ | self.server.environment,
        )
        file.unlink()


def _sweep():
    """Remove what tests left that were killed themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", process).exists():
            Cluster(folder).__exit__()
