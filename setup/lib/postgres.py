"""PostgreSQL: the server of PGHOST…, else a private cluster in the state folder.

The private cluster listens on a socket only its owner can reach. It runs while a
command needs it: each holds a shared lock, and the last one out stops it.
"""

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from setup.lib import paths, system
from setup.lib.console import Failure, capture, run, step

MINIMUM = 13
ROLE = "telephony"
LINK = paths.HOME / "postgres"
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
"""


class Server(NamedTuple):
    """How to reach PostgreSQL, as libpq's variables; empty means libpq's default."""

    host: str
    port: str = ""
    user: str = ""
    password: str = ""

    @property
    def is_own(self):
        """Whether it is a server of one's own, and not the private cluster."""
        return bool(os.environ.get("PGHOST"))

    @property
    def environment(self):
        """These settings as environment variables for libpq programs."""
        names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
        return {name: value for name, value in zip(names, self, strict=True) if value}

    def sql(self, statement, database="postgres"):
        """Run one ``statement``; the rows as text lines, columns by ``|``.

        :raises Failure: with the server's own words
        """
        env = os.environ | self.environment | {"PGCONNECT_TIMEOUT": "10"}
        words = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database]
        done = subprocess.run(
            [*words, "-c", statement], capture_output=True, text=True, env=env
        )
        if done.returncode:
            raise Failure(done.stderr.strip(), self.remedy)
        return done.stdout.splitlines()

    @property
    def remedy(self):
        """What to check when this server does not do as it should."""
        if self.is_own:
            return "check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST"
        return f"see {LINK}/log"


def needs():
    """The system programs without which there is no database."""
    return ("psql",) if os.environ.get("PGHOST") else ("postgresql", "psql")


@contextmanager
def running():
    """A server that answers, for as long as the block lasts."""
    if os.environ.get("PGHOST"):
        names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
        server = Server(*(os.environ.get(name, "") for name in names))
        _check(server)
        yield server
        return
    with paths.locked("postgres.users", shared=True) as users:
        with paths.locked("postgres"):
            server = _start(_cluster())
        try:
            yield server
        finally:
            with paths.locked("postgres"):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else still needs it
                else:
                    as_owner(
                        "pg_ctl", "stop", "-m", "fast", "-D", LINK.resolve() / "data"
                    )


def _check(server):
    """Refuse a server of one's own that cannot serve Odoo."""
    user = server.user or pwd.getpwuid(os.geteuid()).pw_name
    if user == "postgres":
        raise Failure(
            "Odoo refuses to work as the database user postgres",
            "make a role with CREATEDB and name it in PGUSER",
        )
    try:
        version = int(server.sql("SHOW server_version_num")[0]) // 10000
    except Failure as error:
        cause = f"PostgreSQL at {server.host}:{server.port or 5432} is of no use"
        raise Failure(f"{cause}. {error.cause}", server.remedy) from error
    if version < MINIMUM:
        raise Failure(
            f"PostgreSQL at {server.host} is {version}, Odoo 19 needs"
            f" {MINIMUM} or newer",
            server.remedy,
        )
    may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if server.sql(may) != ["t"]:
        raise Failure(
            f"{user} may not create databases at {server.host}",
            f"as the server's administrator: ALTER ROLE {user} CREATEDB",
        )


def owner():
    """Whom the cluster belongs to: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def as_owner(program, *arguments, **options):
    """Run a server program as the cluster's owner."""
    command = [Path(system.postgres_bin(), program), *arguments]
    if not os.geteuid():
        command = ["runuser", "-u", owner().pw_name, "--", *command]
    run(command, f"PostgreSQL: {program} failed", f"see {LINK}/log", cwd="/", **options)


def initialise(data, socket):
    """Make a cluster in the folder ``data`` that listens in the folder ``socket``."""
    as_owner(
        "initdb", "-D", data, "-U", "postgres", "-A", "trust",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions",
    )  # fmt: skip
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS.format(socket=socket))


def _cluster():
    """The folder of the private cluster, made when it is missing."""
    if (LINK / "ready").exists():
        return LINK.resolve()
    with step("database cluster"):
        if LINK.is_symlink():
            LINK.unlink()
        shutil.rmtree(LINK, ignore_errors=True)
        folder = _place()
        own = owner()
        for path in (folder, folder / "socket"):
            path.mkdir(mode=0o700)
            shutil.chown(path, own.pw_uid, own.pw_gid)
        initialise(folder / "data", _socket(folder))
        if folder != LINK:
            LINK.symlink_to(folder)
    return folder


def _place():
    """Where the cluster can lie: in the state folder, where its owner gets there.

    Root's home is closed to PostgreSQL's user; the cluster is then kept under
    /var/lib and the state folder holds a link to it.
    """
    reachable = (
        not os.geteuid() == 0
        or capture(["runuser", "-u", owner().pw_name, "--", "test", "-x", paths.HOME])
        is not None
    )
    if reachable:
        return LINK
    place = Path("/var/lib/telephony-crm") / paths.digest(str(paths.HOME))
    _stop_stray(place)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _stop_stray(place):
    """Stop a cluster whose state folder was removed while it ran."""
    if (place / "data/postmaster.pid").exists():
        try:
            as_owner("pg_ctl", "stop", "-m", "immediate", "-D", place / "data")
        except Failure:
            pass  # it was not running any more


def _socket(folder):
    """The socket's folder; its address must fit into 107 bytes."""
    if len(os.fsencode(folder / "socket/.s.PGSQL.5432")) < 100:
        return folder / "socket"
    short = Path(tempfile.gettempdir(), f"telephony-crm-{paths.digest(str(folder))}")
    short.mkdir(mode=0o700, exist_ok=True)
    own = owner()
    shutil.chown(short, own.pw_uid, own.pw_gid)
    return short


def _start(folder):
    """Start the cluster unless it runs, and have the role Odoo works as."""
    data, socket = folder / "data", _socket(folder)
    server = Server(str(socket), "5432", ROLE)
    administrator = server._replace(user="postgres")
    if capture([Path(system.postgres_bin(), "pg_isready"), "-h", socket]) is None:
        as_owner("pg_ctl", "start", "-w", "-D", data, "-l", folder / "log")
    if not (folder / "ready").exists():
        if not administrator.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
            administrator.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        (folder / "ready").touch()
    return server


def names(server, prefix):
    """The databases whose name begins with ``prefix``."""
    if not re.fullmatch(r"\w+", prefix):
        raise ValueError(prefix)
    query = f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"
    return server.sql(query)
