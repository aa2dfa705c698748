"""``odoo-bin telephony_bridge``: the bridge to Asterisk, in Odoo's own environment.

Odoo loads this file by itself, and hides what cannot be imported: what is ours is
imported when the command runs.
"""

import importlib
import sys
import types
from pathlib import Path

from odoo.cli import Command


class TelephonyBridge(Command):
    """Tell an Odoo what happens on an Asterisk, and carry out what it wants there"""

    name = "telephony_bridge"

    def run(self, args):
        """Run the bridge; neither the addon nor a database is loaded for it."""
        package = types.ModuleType("telephony_crm")
        package.__path__ = [str(Path(__file__).resolve().parent.parent)]
        sys.modules.setdefault("telephony_crm", package)
        bridge = importlib.import_module("telephony_crm.bridge.main")
        sys.exit(bridge.main(args, self.prog))
