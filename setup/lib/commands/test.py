"""``setup/test [--quick] [--keep] ARGS…``: every test; ARGS go to pytest.

Paths among ARGS choose what runs. Unit tests, Odoo tests and end-to-end tests are
processes of their own, and each works on databases made for this run only.
``--quick`` runs Odoo tests on a database that stays (named by TELEPHONY_CRM_DB) and
is updated only when the addon changed; ``--keep`` leaves this run's databases.
"""

import os
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock

from setup.lib import paths, postgres, venv
from setup.lib.chosen_tests import Choice, has_optional
from setup.lib.console import Failure, say, step
from setup.lib.prepare import ground

NOTHING_COLLECTED = 5
TESTS = paths.ROOT / "tests"
# What comes first as a path decides, so the order matters.
UNIT = (TESTS / "unit",)
E2E = (TESTS / "packaging", TESTS / "e2e")
# Long ones among them, each a process of its own.
LONG = {"asterisk": TESTS / "e2e" / "asterisk", "kill": TESTS / "e2e" / "test_kill.py"}
#: Processes at a time: the tests with an Asterisk mostly wait for somebody to talk.
LANES = 3
NO_ODOO = ("-p", "no:odoo")  # pytest's plugin for tests within Odoo


def main(arguments):
    """Run the tests; 0 only if all pass."""
    if "--help" in arguments or "-h" in arguments:
        say(__doc__)
        return 0
    own = {flag for flag in ("--quick", "--keep") if flag in arguments}
    choice = Choice([word for word in arguments if word not in own])
    with ground("chromium", "nginx", "git") as databases:
        session = Session(databases, choice)
        session.sweep()
        if "--quick" in own:
            return session.quick()
        try:
            return session.all()
        finally:
            if "--keep" not in own:
                session.clean()


class Session:
    """One run: its databases, and how each of its processes ended."""

    def __init__(self, databases, choice):
        self.databases = databases
        self.choice = choice
        self.ends = []
        self.made = []
        self.running, self.is_over = set(), False
        self.made_base, self.making = None, Lock()
        self.addons = [path.parent for path in paths.ROOT.glob("*/__manifest__.py")]

    def all(self):
        """Run what was chosen, or everything; the exit code."""
        among = self.choice.among
        odoo = among([addon / "tests" for addon in self.addons])
        unit, e2e = among(UNIT), among(E2E)
        asterisk, kill = among([LONG["asterisk"]]), among([LONG["kill"]])
        others = [test for test in e2e if test not in (*asterisk, *kill)]
        ignored = [f"--ignore={path}" for path in LONG.values()]
        parts = {
            "asterisk": asterisk and partial(self.served, asterisk),
            # Odoo is not even in reach of the unit tests.
            "unit": unit and partial(self.outside, unit, {"PYTHONPATH": ""}),
            "odoo": odoo and partial(self.within, odoo),
            "e2e": others and partial(self.served, [*ignored, *others]),
            "kill": kill and partial(self.served, kill),
            "optional": has_optional(odoo) and partial(self.beside, odoo),
        }
        chosen = [(label, run) for label, run in parts.items() if run]
        if len(chosen) == 1:
            [(label, run)] = chosen
            run(label)
        else:
            self.at_once(chosen)
        return self.summary()

    def at_once(self, parts):
        """Run parts side by side, the first ones first, each with a log of its own."""
        lanes = ThreadPoolExecutor(LANES)
        try:
            for part in [lanes.submit(self.logged, *part) for part in parts]:
                part.result()
        finally:  # All are over, or this run is to end.
            self.is_over = True
            lanes.shutdown(wait=False, cancel_futures=True)
            for process in list(self.running):
                process.send_signal(signal.SIGINT)
            lanes.shutdown()

    def logged(self, label, run):
        """Run a part with its output in a file, which is shown when it is over."""
        log = paths.LOGS / f"{label}-{os.getpid()}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        say(f"… {label} (how far: {log})")
        streams = {"stderr": subprocess.STDOUT}
        streams["start_new_session"] = True  # a Ctrl-C is ours to pass on, once
        with log.open("w") as output:
            run(label, "--color=no", stdout=output, **streams)
        say(f"\n── {label}\n{log.read_text(errors='replace')}")
        log.unlink()

    def outside(self, tests, env, label, *options, **streams):
        """Run ``tests`` in a process that is no Odoo."""
        self.pytest(label, tests, *NO_ODOO, *options, env=env, **streams)

    def served(self, tests, label, *options, **streams):
        """Run ``tests`` in a process that starts servers of its own."""
        env = {"TELEPHONY_CRM_TEMPLATE": self.base()}
        self.outside(tests, env, label, *options, **streams)

    def within(self, tests, label, *options, **streams):
        """Run ``tests`` within Odoo, on a copy of this run's database."""
        database = self.copy(self.base(), label)
        options = (*options, "-k", "not optional")
        self.odoo(label, database, tests, *options, **streams)

    def beside(self, tests, label, *options, **streams):
        """Run ``tests`` within Odoo, beside the addons that ours can do without."""
        database = self.addon(label, optional=True)
        options = (*options, "-k", "optional")
        self.odoo(label, database, tests, *options, **streams)

    def quick(self):
        """Run Odoo tests on the database that stays, made or updated as needed."""
        name = os.environ.get("TELEPHONY_CRM_DB", "telephony_quick")
        self.databases.have_addon(name, self.modules)
        tests = self.choice.among([addon / "tests" for addon in self.addons])
        self.odoo("odoo", name, tests)
        return self.summary()

    @property
    def modules(self):
        """The names of this project's addons."""
        return {addon.name for addon in self.addons}

    def name(self, purpose):
        """The name of this run's database for ``purpose``, to be removed."""
        name = f"telephony_test_{os.getpid()}_{purpose}"
        self.made.append(name)
        return name

    def base(self):
        """This run's database with our addons, made when it is first asked for."""
        with self.making:
            self.made_base = self.made_base or self.addon("base")
        return self.made_base

    def addon(self, purpose, optional=False):
        """A database of this run with our addons installed."""
        template = self.databases.template(optional)
        name = self.name(purpose)
        with step(f"database {name} with {', '.join(sorted(self.modules))}"):
            self.databases.copy(template, name)
            self.databases.install(name, self.modules)
            self.databases.warm(name)
        return name

    def copy(self, base, purpose):
        """A copy of this run's database ``base``."""
        name = self.name(purpose)
        self.databases.copy(base, name)
        return name

    def odoo(self, label, database, tests, *options, **streams):
        """Run Odoo ``tests`` on ``database``."""
        config = self.databases.config
        flags = (
            f"--odoo-database={database}", f"--odoo-config={config}", "--odoo-http",
            f"--odoo-extra=db-filter=^{database}$", "--odoo-extra=max-cron-threads=0",
        )  # fmt: skip
        if any(option in self.choice.options for option in ("-k", "-m")):
            options = [one for one in options if "optional" not in one and one != "-k"]
        self.pytest(label, tests, *flags, *options, **streams)

    def pytest(self, label, tests, *options, env=None, **streams):
        """Run one pytest process, unless the run has ended meanwhile."""
        if self.is_over:
            return
        if not streams:
            say(f"\n── {label}: {' '.join(tests)}")
        start = time.monotonic()
        code = venv.python(
            self.databases.odoo,
            "-m", "pytest", *options, *self.choice.options, *tests,
            cwd=paths.ROOT,
            env=env or {},
            running=self.running,
            **streams,
        )  # fmt: skip
        self.ends.append((label, code, time.monotonic() - start))

    def summary(self):
        """Say how each process ended; the exit code of the whole."""
        if not self.ends:
            raise Failure("no tests there", "name files or folders that hold tests")
        words = {0: "passed", NOTHING_COLLECTED: "no tests"}
        say()
        for label, code, seconds in self.ends:
            say(f"{label:10} {words.get(code, 'FAILED'):10} {seconds:6.0f} s")
        codes = {code for _label, code, _seconds in self.ends}
        if codes == {NOTHING_COLLECTED}:
            return NOTHING_COLLECTED
        # That of a process that was killed is the signal's number, less than nothing.
        return max(map(abs, codes - {NOTHING_COLLECTED}))

    def sweep(self):
        """Remove what killed runs left; on a shared server that is not for us."""
        if self.databases.server.is_own:
            return
        for name in postgres.names(self.databases.server, "telephony_test_"):
            process = re.match(r"telephony_test_(\d+)_", name)
            if process and not Path("/proc", process[1]).exists():
                self.databases.drop(name)

    def clean(self):
        """Remove this run's databases."""
        for name in self.made:
            self.databases.drop(name)
