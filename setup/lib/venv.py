"""The virtual environment: the locked Python packages of requirements.txt."""

import os
import subprocess
import sys

from setup.lib import paths, system
from setup.lib.console import Failure, end_with_parent, run, step

LOCK = paths.SETUP / "requirements.txt"
TIDYING = 30  # seconds for a program to end after a Ctrl-C


def prepare(folder=paths.VENV, lock=LOCK, name="virtual environment"):
    """Have the environment ``folder`` as ``lock`` says, for this very Python."""
    version = system.VERSION
    key = paths.digest(lock, version, os.path.realpath(sys.executable))
    marker = folder / "telephony-crm.key"
    if marker.exists() and marker.read_text() == key:
        return
    system.require("venv")
    with step(f"{name}, Python {version}"):
        # Scripts in an environment know its address: it is built in place, and
        # counts only once the marker is there.
        marker.unlink(missing_ok=True)
        run(
            [sys.executable, "-m", "venv", "--clear", folder],
            "the virtual environment could not be made",
            f"apt-get install python{version}-venv",
        )
        run(
            [
                *(folder / "bin" / "python", "-m", "pip", "install"),
                *("--disable-pip-version-check", "--require-hashes", "-r", lock),
            ],
            "the Python packages could not be installed",
            "check the connection to the package index (pip config list)",
        )
        marker.write_text(key)


def environment(odoo, **more):
    """The process environment in which Odoo and the tests run.

    :param odoo: see ``setup.lib.odoo.Odoo``
    """
    names = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    inherited = {key: val for key, val in os.environ.items() if key not in names}
    tools = [paths.VENV / "bin", paths.NPM / "node_modules" / ".bin"]
    return (
        inherited
        | {
            "PATH": os.pathsep.join([*map(str, tools), os.environ.get("PATH", "")]),
            "PYTHONPATH": str(odoo.path),
            "TELEPHONY_CRM_HOME": str(paths.HOME),
        }
        | {key: str(value) for key, value in more.items()}
    )


def python(odoo, *words, running=None, **options):
    """Run the environment's Python in the foreground; its exit code.

    :param running: a set that holds the process while it runs
    """
    env = environment(odoo, **options.pop("env", {}))
    command = [paths.PYTHON, *map(str, words)]
    running = set() if running is None else running
    options |= {"env": env, "preexec_fn": end_with_parent}
    with subprocess.Popen(command, **options) as process:
        running.add(process)
        try:
            return _wait(process)
        except BaseException:
            process.kill()
            raise
        finally:
            running.discard(process)


def _wait(process):
    """Wait for its end, also after a Ctrl-C: that is told to it as well."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait(TIDYING)
        raise


def fail_outside():
    """Say clearly that this Python is none of those Odoo 19 runs on."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise Failure(
            f"Odoo 19 needs Python 3.10 to 3.13, this is {sys.version.split()[0]}",
            "name a fitting one in TELEPHONY_CRM_PYTHON",
        )
