#!/usr/bin/env python3
"""Start the simulated PBX, or play a scene of it. See --help."""

import sys
from pathlib import Path

# the checkout, instead of this folder, whose modules are none of their own
sys.path[0] = str(Path(__file__).resolve().parents[2])

from setup.simulator.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
