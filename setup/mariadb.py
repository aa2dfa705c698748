"""MariaDB as FreePBX has it: Debian's packages, unpacked in a folder.

It is there for the tests of the table of call records. As Asterisk it runs by the
loader and the libraries among its packages: nothing is installed, and it needs no root.
"""

import os
import pwd
import shutil
import tempfile
import time
from pathlib import Path

from setup.asterisk.package import REMEDY, Programs
from setup.lib import apt, paths
from setup.lib.console import Failure, run, step
from setup.lib.ports import free_ports
from setup.lib.prepare import preparing
from setup.lib.process import HOST, Process

SUITE = "trixie"  # before, its packages do not lie below usr
PACKAGES = ("mariadb-server-core",)
FOLDER = paths.HOME / "mariadb"
UNPACKED = FOLDER / "root"
DAEMON = "usr/sbin/mariadbd"
SHARE = "usr/share/mariadb"
# What makes the tables by which it knows its users.
SYSTEM = ("mariadb_system_tables.sql", "mariadb_system_tables_data.sql")


def prepare():
    """Have the program, fetched when it is missing."""
    if not UNPACKED.exists():
        with preparing():
            if not UNPACKED.exists():
                with step(f"MariaDB from Debian {SUITE}"):
                    _fetch()
    return Programs(UNPACKED)


def _fetch():
    work = FOLDER / "apt"
    with paths.built(UNPACKED) as draft:
        apt.unpack_whole(PACKAGES, SUITE, work, draft, REMEDY)
        run(
            Programs(draft).command(DAEMON, "--no-defaults", "--version"),
            "MariaDB does not run here",
            REMEDY,
        )
    shutil.rmtree(work)


class MariaDB:
    """A server of its own on this machine; as a block, it runs within it.

    :param setup: statements that are carried out when it starts, one on each line
    :param options: as of its command line, such as ``--default-time-zone=+02:00``
    """

    def __init__(self, setup, *options):
        self.programs, self.setup, self.options = prepare(), setup, options
        [self.port] = free_ports(1)

    def __enter__(self):
        # The path of a socket may have no more than about a hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="mariadb-"))
        try:
            self._make()
            self._start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_exception):
        self.process.stop()
        shutil.rmtree(self.folder)

    def _command(self, *options):
        share = self.programs.folder / SHARE
        return self.programs.command(
            DAEMON,
            "--no-defaults",
            f"--user={pwd.getpwuid(os.geteuid()).pw_name}",
            f"--datadir={self.folder / 'data'}",
            f"--basedir={self.programs.folder / 'usr'}",
            f"--lc-messages-dir={share}",
            f"--character-sets-dir={share / 'charsets'}",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
            *options,
        )

    def _make(self):
        """Make the tables of users and rights, as the package's own script does."""
        (self.folder / "data").mkdir()
        share = self.programs.folder / SHARE
        text = "".join((share / name).read_text() for name in SYSTEM)
        script = self.folder / "system.sql"
        script.write_text(f"CREATE DATABASE mysql;\nUSE mysql;\n{text}")
        with script.open() as statements:
            run(
                self._command("--bootstrap", "--log-warnings=0"),
                "MariaDB's own tables could not be made",
                REMEDY,
                stdin=statements,
            )

    def _start(self):
        script = self.folder / "setup.sql"
        script.write_text(self.setup)
        self.process = Process(
            f"mariadb-{self.port}",
            self._command(
                f"--bind-address={HOST}",
                f"--port={self.port}",
                f"--socket={self.folder / 'socket'}",
                f"--pid-file={self.folder / 'pid'}",
                f"--init-file={script}",
                *self.options,
            ),
        )
        deadline = time.monotonic() + 60
        while "ready for connections" not in self.process.log.read_text():
            if not self.process.alive or time.monotonic() > deadline:
                failure = self.process.failure("did not start")
                self.process.stop()
                raise Failure(failure.cause)
            time.sleep(0.1)
