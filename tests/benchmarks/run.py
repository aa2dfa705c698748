"""Measures what the telephony costs, mostly as ratios to a floor of the same run.

Prints a table and writes the same as JSON; exits with 1 when a target is missed.
Databases with a million contacts, leads and calls are made at the first run, which
takes some minutes, and kept in the state folder.
"""

import argparse
import importlib
import os
import platform
import sys
import time
import traceback
from datetime import datetime, timezone
from pathlib import Path

from bench import tracking
from bench.table import as_json, table
from bench.world import World

from setup.lib import paths
from setup.lib.console import Failure, say, step
from setup.lib.prepare import ground

FULL, SMALL = 1_000_000, 100_000
# In this order: the first one fills the numbers that the others look up.
FIGURES = (
    "fill",
    "lookup",
    "lookup_address",
    "webhook",
    "reply",
    "popup",
    "lists",
    "recording",
    "callbacks",
    "follow_up",
    "memory",
    "reconcile",
    "bridge",
    "page_script",
    "visits",
    "flood",
    "report",
    "match",
)
# These have a database of their own.
OF_VISITS = {"visits", "flood", "report", "match"}


def main():
    """Measure; the exit code."""
    parser = argparse.ArgumentParser(prog="setup/bench", description=__doc__)
    parser.add_argument(
        "--small",
        action="store_true",
        help=f"{SMALL:,} contacts, not {FULL:,}; "
        f"{tracking.SMALL:,} visits, not {tracking.FULL:,}",
    )
    parser.add_argument(
        "--only", nargs="+", choices=FIGURES, default=FIGURES, help="these figures"
    )
    parser.add_argument("--json", type=Path, help="the file; else in the state folder")
    chosen = parser.parse_args()
    start = time.monotonic()
    with ground("nginx", "chromium") as databases, paths.locked("bench"):
        world = World(databases, SMALL if chosen.small else FULL, chosen.small)
        if not OF_VISITS.issuperset(chosen.only):
            world.prepare()
        figures, failed = [], []
        for name in (name for name in FIGURES if name in chosen.only):
            try:
                figures += measured(name, world)
            except Exception:  # noqa: BLE001 - the others are worth having
                traceback.print_exc()
                failed.append(name)
    when = datetime.now(timezone.utc)
    target = chosen.json or paths.HOME / "bench" / f"{when:%Y%m%d-%H%M%S}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        as_json(
            figures,
            date=f"{when:%Y-%m-%d %H:%M:%S}",
            size=world.large.size,
            odoo=databases.odoo.version,
            python=platform.python_version(),
            processors=os.cpu_count(),
            seconds=round(time.monotonic() - start),
        )
    )
    print(table(figures))
    print(f"\n{target}")
    missed = [figure.name for figure in figures if figure.passed is False]
    if missed:
        say(f"\n✗ {len(missed)} of {len(figures)} figures miss their target")
    if failed:
        say(f"\n✗ could not be measured: {', '.join(failed)}")
    return 1 if missed or failed else 0


def measured(name, world):
    """The figures of one group, also told at once."""
    with step(f"measuring: {name}"):
        figures = list(importlib.import_module(f"figures.{name}").measure(world))
    say(table(figures))
    return figures


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        say(f"\n✗ {failure.cause}")
        if failure.remedy:
            say(f"  → {failure.remedy}")
        sys.exit(1)
