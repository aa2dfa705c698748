"""``setup/test [--quick] [--keep] ARGS…``: every test; ARGS go to pytest.

Paths among ARGS choose what runs. Unit tests, Odoo tests and end-to-end tests are
processes of their own, and each works on databases made for this run only.
``--quick`` runs Odoo tests on a database that stays (named by TELEPHONY_CRM_DB) and
is updated only when the addon changed; ``--keep`` leaves this run's databases.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setup.lib import paths, postgres, venv
from setup.lib.console import Failure, say, step
from setup.lib.prepare import ground

NOTHING_COLLECTED = 5
TESTS = paths.ROOT / "tests"
# What comes first as a path decides, so the order matters.
UNIT = (TESTS / "unit",)
E2E = (TESTS / "packaging", TESTS / "e2e")
NO_ODOO = ("-p", "no:odoo")  # pytest's plugin for tests within Odoo
TAKE_A_VALUE = {"-k", "-m", "-p", "-n", "-c", "-o", "-W", "-r"}


def main(arguments):
    """Run the tests; 0 only if all pass."""
    if "--help" in arguments or "-h" in arguments:
        say(__doc__)
        return 0
    own = {flag for flag in ("--quick", "--keep") if flag in arguments}
    chosen, options = split([word for word in arguments if word not in own])
    with ground("chromium", "nginx", "git") as databases:
        session = Session(databases, chosen, options)
        session.sweep()
        if "--quick" in own:
            return session.quick()
        try:
            return session.all()
        finally:
            if "--keep" not in own:
                session.clean()


def split(arguments):
    """The paths among ``arguments`` as (path, what is chosen in it), and the rest.

    :raises Failure: for a path that does not exist
    """
    chosen, options = [], []
    for position, word in enumerate(arguments):
        name, separator, test = word.partition("::")
        path = Path(name).absolute()
        value = position and arguments[position - 1] in TAKE_A_VALUE
        if value or word.startswith("-"):
            options.append(word)
        elif path.exists():
            chosen.append((path, separator + test))
        elif separator or "/" in name or name.endswith(".py"):
            raise Failure(f"{path} does not exist", "name a file or folder of tests")
        else:
            options.append(word)
    return chosen, options


class Session:
    """One run: its databases, and how each of its processes ended."""

    def __init__(self, databases, chosen, options):
        self.databases = databases
        self.chosen = chosen
        self.options = options
        self.ends = []
        self.made = []
        self.addons = [path.parent for path in paths.ROOT.glob("*/__manifest__.py")]

    def all(self):
        """Run what was chosen, or everything; the exit code.

        End-to-end tests wait a lot, so all others run meanwhile.
        """
        unit, e2e = self.among(UNIT), self.among(E2E)
        odoo = self.among([addon / "tests" for addon in self.addons])
        base = self.addon("base") if odoo or e2e else None
        with ThreadPoolExecutor(1) as beside:
            meanwhile = None
            if e2e and (unit or odoo):
                log = paths.LOGS / f"e2e-{os.getpid()}.log"
                meanwhile = beside.submit(self.e2e, e2e, base, log)
            elif e2e:
                self.e2e(e2e, base)
            # Odoo is not even in reach of the unit tests.
            self.pytest("unit", unit, *NO_ODOO, env={"PYTHONPATH": ""})
            if odoo:
                self.within(odoo, base)
            if meanwhile:
                say("\n── e2e, which began beside the others")
                meanwhile.result()
                sys.stdout.write(log.read_text(errors="replace"))
                log.unlink()
        return self.summary()

    def within(self, tests, base):
        """Run ``tests`` within Odoo: on a copy of ``base``, and beside other addons."""
        self.odoo("odoo", self.copy(base, "odoo"), tests, "-k", "not optional")
        if self.has_optional(tests):
            database = self.addon("optional", optional=True)
            self.odoo("optional", database, tests, "-k", "optional")

    def e2e(self, tests, base, log=None):
        """Run ``tests`` against servers of their own, with the output in ``log``."""
        options = {"env": {"TELEPHONY_CRM_TEMPLATE": base}}
        if log is None:
            return self.pytest("e2e", tests, *NO_ODOO, **options)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            options |= {"stdout": output, "stderr": subprocess.STDOUT}
            return self.pytest("e2e", tests, *NO_ODOO, "--color=no", **options)

    def quick(self):
        """Run Odoo tests on the database that stays, made or updated as needed."""
        name = os.environ.get("TELEPHONY_CRM_DB", "telephony_quick")
        self.databases.have_addon(name, self.modules)
        tests = self.among([addon / "tests" for addon in self.addons])
        self.odoo("odoo", name, tests)
        return self.summary()

    @property
    def modules(self):
        """The names of this project's addons."""
        return {addon.name for addon in self.addons}

    def among(self, folders):
        """The chosen tests in ``folders``; all of them when nothing was chosen."""
        folders = [folder for folder in folders if folder.exists()]
        if not self.chosen:
            return list(map(str, folders))
        found = []
        for path, test in self.chosen:
            inside = any(folder in (path, *path.parents) for folder in folders)
            if inside:
                found.append(f"{path}{test}")
            else:  # a folder above, such as tests/
                found += [str(folder) for folder in folders if path in folder.parents]
        return list(dict.fromkeys(found))

    def has_optional(self, tests):
        """Whether a chosen test is meant for the database with optional addons."""
        files = (Path(test.partition("::")[0]) for test in tests)
        every = (
            file
            for path in files
            for file in (path.rglob("test_*.py") if path.is_dir() else [path])
        )
        return any("optional" in file.read_text().lower() for file in every)

    def name(self, purpose):
        """The name of this run's database for ``purpose``, to be removed."""
        name = f"telephony_test_{os.getpid()}_{purpose}"
        self.made.append(name)
        return name

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

    def odoo(self, label, database, tests, *options):
        """Run Odoo ``tests`` on ``database``."""
        config = self.databases.config
        flags = (
            f"--odoo-database={database}", f"--odoo-config={config}", "--odoo-http",
            f"--odoo-extra=db-filter=^{database}$", "--odoo-extra=max-cron-threads=0",
        )  # fmt: skip
        if any(option in self.options for option in ("-k", "-m")):
            options = ()
        self.pytest(label, tests, *flags, *options)

    def pytest(self, label, tests, *options, env=None, **streams):
        """Run one pytest process, unless there is nothing for it."""
        if not tests:
            return
        say(f"\n── {label}: {' '.join(tests)}")
        start = time.monotonic()
        code = venv.python(
            self.databases.odoo,
            "-m", "pytest", *options, *self.options, *tests,
            cwd=paths.ROOT,
            env=env or {},
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
        return max(codes - {NOTHING_COLLECTED})

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
