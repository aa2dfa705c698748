"""The command line of the bridge."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from .config import load
from .config_values import ConfigError
from .version import VERSION

DESCRIPTION = """
Tells an Odoo what happens on an Asterisk, and has the Asterisk do what Odoo wants.
Each setting of the file can be given in the environment as well, as
TELEPHONY_<SECTION>_<KEY>.
"""


def main(arguments: list[str] | None = None, program: str = "telephony_bridge") -> int:
    """Run the bridge, or do what is asked for; return the status of the process."""
    parser = argparse.ArgumentParser(prog=program, description=DESCRIPTION)
    parser.add_argument("-c", "--config", type=Path, help="the file, in INI form")
    parser.add_argument(
        "--check",
        action="store_true",
        help="test the connections and say what is wrong",
    )
    parser.add_argument(
        "--retry",
        action="store_true",
        help="have told again what Odoo refused, also while the bridge runs",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    parser.add_argument("--version", action="version", version=VERSION)
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if given.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    threading.excepthook = _log_end
    # It logs the addresses that are asked for, and one of them holds a token.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    try:
        config = load(given.config)
        process = importlib.import_module(".process", __package__)
        if given.check:
            odoo = importlib.import_module(".odoo_words", __package__)
            return check(process.check_of(config), odoo.problem_of(config.odoo))
        if given.retry:
            print(f"To be told again: {process.retry(config)}")
            return 0
        bridge = process.Bridge(config)
    except ModuleNotFoundError as error:
        print(
            f"There is no Python module {error.name}. The bridge needs the packages "
            "requests and websocket-client.",
            file=sys.stderr,
        )
        return 2
    except sqlite3.Error as error:
        print(
            f"Nothing can be stored in {config.bridge.data}: {error}", file=sys.stderr
        )
        return 2
    except (ConfigError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: bridge.stop())
    return bridge.run()


def _log_end(ended):
    """Log why a thread has come to its end, as all else is logged."""
    why = ended.exc_type, ended.exc_value, ended.exc_traceback
    name = ended.thread.name if ended.thread else ""
    logging.getLogger(__name__).critical("Thread %s is dead", name, exc_info=why)


def check(connections, odoo_problem: str) -> int:
    """Print what is wrong; return 0 when nothing is.

    :param odoo_problem: why Odoo takes no events; it does: ``""``
    """
    found = connections.run()
    if odoo_problem:
        found["problems"].append(odoo_problem)
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 1 if found["problems"] else 0
