"""Runs the bridge: ``python -m telephony_crm.bridge``, or the zipapp."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
