"""``setup/odoo ARGS…``: Odoo's own command line, this project's addons on its path."""

import signal
import subprocess

from setup.lib import paths
from setup.lib.odoo import LAUNCHER
from setup.lib.prepare import ground


def main(arguments):
    """Run Odoo with ``arguments``; its exit code."""
    with ground() as databases:
        # First, since Odoo looks there for an addon's console commands.
        path = f"--addons-path={databases.odoo.addons_path}"
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Odoo answers it, we follow
        return subprocess.call(
            [paths.PYTHON, LAUNCHER, path, *arguments],
            env=databases.environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
