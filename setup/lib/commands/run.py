"""``setup/run``: the demonstration, prepared as far as it is missing, then served."""

import argparse
import json
import signal
import time

from setup.lib import paths
from setup.lib.console import Failure, say, step
from setup.lib.demonstration_pbx import DEMO, AsteriskPbx, NoPbx, SimulatedPbx
from setup.lib.odoo import LAUNCHER
from setup.lib.prepare import ground
from setup.lib.process import HOST, Process, is_free
from setup.shop import Shop, line

LOADER = paths.SETUP / "demo" / "load.py"
LOADERS = (LOADER, *map(LOADER.with_name, ("shop.py", "past.py")))  # in this order
# of the databases: the calls of one PBX are none of another's
NAMES = {False: "telephony_demo", True: "telephony_demo_asterisk"}


def main(arguments):
    """Serve until Ctrl-C; the exit code."""
    start = time.monotonic()
    parser = argparse.ArgumentParser(prog="setup/run", description=__doc__)
    parser.add_argument("--port", type=int, default=8069, help="of Odoo (%(default)s)")
    parser.add_argument("--db", help=f"({NAMES[False]}; with --asterisk {NAMES[True]})")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--no-simulator", action="store_true", help="no simulated PBX that rings"
    )
    kind.add_argument(
        "--asterisk", action="store_true", help="a real Asterisk in its place"
    )
    chosen = parser.parse_args(arguments)
    database = chosen.db or NAMES[chosen.asterisk]
    if not database.isidentifier():
        parser.error("--db: letters, digits and _ only")
    kind = SimulatedPbx if not chosen.no_simulator else NoPbx
    kind = AsteriskPbx if chosen.asterisk else kind
    demonstration = Demonstration(chosen.port, database, kind)
    with ground() as databases:
        try:
            demonstration.start(databases)
            demonstration.welcome(time.monotonic() - start)
            demonstration.watch()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # stopping is not stopped
            demonstration.stop()
    return 0


class Demonstration:
    """Odoo and a PBX, on ports of this machine.

    :param kind: class of the PBX, see `demonstration_pbx`
    """

    def __init__(self, port, database, kind):
        self.port = port
        self.database = database
        self.url = f"http://{HOST}:{port}"
        self.pbx = kind(port, self.url)
        self.odoo = None
        self.shop = None
        for wanted in (port, *self.pbx.ports, port + 20):
            if not 0 < wanted < 65536 or not is_free(wanted):
                raise Failure(
                    f"port {wanted} is taken or not allowed",
                    "choose another: setup/run --port N (the simulator takes N + 10, "
                    "the shop N + 20)",
                )

    def start(self, databases):
        """Prepare the database and start the programs."""
        modules = {path.parent.name for path in paths.ROOT.glob("*/__manifest__.py")}
        databases.have_addon(self.database, modules)
        self.pbx.prepare()
        self._load(databases)
        with step("Odoo"):
            command = (
                paths.PYTHON, LAUNCHER, "-d", self.database, f"--http-port={self.port}",
                f"--db-filter=^{self.database}$", "--workers=0", "--log-level=info",
            )  # fmt: skip
            name = f"odoo-{self.port}"
            self.odoo = Process(name, command, env=databases.environment)
            self.odoo.wait_for(f"{self.url}/web/login", seconds=120)
        self._open_shop()
        self.pbx.start(databases)

    def _open_shop(self):
        """Serve a web site that has nothing of Odoo but the line for its pages."""
        token = json.loads(DEMO.read_text())["shop"]["token"]
        simulator = self.pbx.address if self.pbx.ports else ""
        head = line(self.url, token)
        self.shop = Shop(head, port=self.port + 20, simulator=simulator)
        self.shop.open()

    def _load(self, databases):
        """Load the demonstration data, again when they or the addresses changed."""
        if not LOADER.exists():
            return
        files = (DEMO, *sorted(LOADER.parent.glob("*.*")))
        facts = self.pbx.facts | {"TELEPHONY_ODOO_URL": self.url}
        key = paths.digest(str(sorted(facts.items())), *files)
        marker = databases.filestore(self.database) / "telephony-demo.key"
        if marker.exists() and marker.read_text() == key:
            return
        with step("demonstration data"):
            databases.shell(
                self.database,
                "\n".join(
                    f"exec(compile(open({path!r}).read(), {path!r}, 'exec'))"
                    for path in map(str, LOADERS)
                ),
                "the demonstration data could not be loaded",
                env=facts,
            )
            paths.replace(marker, key)

    def welcome(self, seconds):
        """Say where it is and how to get in."""
        say(f"\nReady after {seconds:.0f} s.\n")
        say(f"  {self.url}")
        for label, login in self._logins():
            say(f"  {label:24} login {login}, password {login}")
        say(f"\n  {self.shop.url}/  a web site whose visitors see numbers of their own")
        if self.pbx.welcome:
            say(f"  {self.pbx.welcome}")
        say(f"\n  Logs: {self.odoo.log}. Ctrl-C stops everything.")

    def _logins(self):
        """(who, login) of those who can log in; the password is the login."""
        if LOADER.exists():
            people = json.loads(DEMO.read_text())["extensions"]
            for person in people:
                yield f"{person['role']} {person['name']}", person["login"]
        yield "administrator", "admin"

    def watch(self):
        """Wait; a program that ends by itself is a failure."""
        while True:
            for process in (self.odoo, *self.pbx.processes):
                if not process.alive:
                    raise process.failure("ended by itself")
            time.sleep(0.5)

    def stop(self):
        """Stop the programs, the last started first."""
        self.pbx.stop()
        if self.shop:
            self.shop.close()
        if self.odoo:
            self.odoo.stop()
