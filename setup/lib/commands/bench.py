"""``setup/bench ARGS…``: the figures; see ``tests/benchmarks/run.py --help``."""

import os

from setup.lib import paths, venv
from setup.lib.console import Failure
from setup.lib.prepare import ground

SCRIPT = paths.ROOT / "tests" / "benchmarks" / "run.py"


def main(arguments):
    """Prepare everything and measure; the exit code."""
    if not SCRIPT.exists():
        raise Failure(f"{SCRIPT} is missing", "this needs the whole checkout")
    with ground("chromium", "nginx") as databases:
        places = (str(paths.ROOT), str(databases.odoo.path))
        env = {"PYTHONPATH": os.pathsep.join(places)}
        return venv.python(databases.odoo, SCRIPT, *arguments, env=env)
