"""The commands beside this folder: ``main.py run|test|bench|odoo ARGS…``."""

import importlib
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.dont_write_bytecode = True

from setup.lib.console import Failure, say  # noqa: E402


def main():
    """Run the command named first; its exit code."""
    # A shell starts what it puts in the background deaf to SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):  # let blocks clean up
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    command = importlib.import_module(f"setup.lib.commands.{sys.argv[1]}")
    try:
        return command.main(sys.argv[2:])
    except Failure as failure:
        say(f"\n✗ {failure.cause}")
        if failure.remedy:
            say(f"  → {failure.remedy}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
