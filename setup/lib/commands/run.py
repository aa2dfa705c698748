"""``setup/run``: the demonstration, prepared as far as it is missing, then served."""

import argparse
import json
import signal
import time

from setup.lib import paths
from setup.lib.console import Failure, say, step
from setup.lib.odoo import LAUNCHER
from setup.lib.prepare import ground
from setup.lib.process import HOST, Process, is_free

SIMULATOR = paths.SETUP / "simulator"
LOADER = paths.SETUP / "demo" / "load.py"
HISTORY = 30  # days of calls before, which an administrator may import


def main(arguments):
    """Serve until Ctrl-C; the exit code."""
    start = time.monotonic()
    parser = argparse.ArgumentParser(prog="setup/run", description=__doc__)
    parser.add_argument("--port", type=int, default=8069, help="of Odoo (%(default)s)")
    parser.add_argument("--db", default="telephony_demo", help="(%(default)s)")
    parser.add_argument(
        "--no-simulator", action="store_true", help="no simulated PBX that rings"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.db.isidentifier():
        parser.error("--db: letters, digits and _ only")
    demonstration = Demonstration(chosen.port, chosen.db, not chosen.no_simulator)
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
    """Odoo and the simulated PBX, on two ports of this machine."""

    def __init__(self, port, database, simulator):
        self.port = port
        self.database = database
        self.url = f"http://{HOST}:{port}"
        self.simulator_port = port + 10
        self.simulator_url = f"http://{HOST}:{self.simulator_port}"
        self.with_simulator = simulator and (SIMULATOR / "main.py").exists()
        self.processes = []
        for wanted in [port] + [self.simulator_port] * self.with_simulator:
            if not 0 < wanted < 65536 or not is_free(wanted):
                raise Failure(
                    f"port {wanted} is taken or not allowed",
                    "choose another: setup/run --port N (the simulator takes N + 10)",
                )

    def start(self, databases):
        """Prepare the database and start the programs."""
        modules = {path.parent.name for path in paths.ROOT.glob("*/__manifest__.py")}
        databases.have_addon(self.database, modules)
        self._load(databases)
        with step("Odoo"):
            command = (
                paths.PYTHON, LAUNCHER, "-d", self.database, f"--http-port={self.port}",
                f"--db-filter=^{self.database}$", "--workers=0", "--log-level=info",
            )  # fmt: skip
            odoo = Process(f"odoo-{self.port}", command, env=databases.environment)
            self.processes.append(odoo)
            odoo.wait_for(f"{self.url}/web/login", seconds=120)
        if self.with_simulator:
            command = (
                paths.PYTHON, SIMULATOR / "main.py", "serve",
                "--port", self.simulator_port, "--odoo", self.url, "--autoplay",
                "--history", HISTORY,
            )  # fmt: skip
            name = f"simulator-{self.simulator_port}"
            self.processes.append(Process(name, command, env=databases.environment))

    def _load(self, databases):
        """Load the demonstration data, again when they or the addresses changed."""
        if not LOADER.exists():
            return
        files = (SIMULATOR / "demo.json", *sorted(LOADER.parent.glob("*.*")))
        key = paths.digest(self.url, self.simulator_url, *files)
        marker = databases.filestore(self.database) / "telephony-demo.key"
        if marker.exists() and marker.read_text() == key:
            return
        with step("demonstration data"):
            databases.shell(
                self.database,
                f"exec(compile(open({str(LOADER)!r}).read(), {str(LOADER)!r}, 'exec'))",
                "the demonstration data could not be loaded",
                env={
                    "TELEPHONY_ODOO_URL": self.url,
                    "TELEPHONY_SIMULATOR_URL": self.simulator_url,
                },
            )
            paths.replace(marker, key)

    def welcome(self, seconds):
        """Say where it is and how to get in."""
        say(f"\nReady after {seconds:.0f} s.\n")
        say(f"  {self.url}")
        for label, login in self._logins():
            say(f"  {label:24} login {login}, password {login}")
        if self.with_simulator:
            say(f"\n  {self.simulator_url}/simulator/  the simulated PBX")
        say(f"\n  Logs: {self.processes[0].log}. Ctrl-C stops everything.")

    def _logins(self):
        """(who, login) of those who can log in; the password is the login."""
        if LOADER.exists():
            people = json.loads((SIMULATOR / "demo.json").read_text())["extensions"]
            for person in people:
                yield f"{person['role']} {person['name']}", person["login"]
        yield "administrator", "admin"

    def watch(self):
        """Wait; a program that ends by itself is a failure."""
        while True:
            for process in self.processes:
                if not process.alive:
                    raise process.failure("ended by itself")
            time.sleep(0.5)

    def stop(self):
        """Stop the programs, the last started first."""
        for process in reversed(self.processes):
            process.stop()
