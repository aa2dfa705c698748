"""Modules of the addon that need no Odoo, within the process of a test."""

import importlib
import sys
import types

from setup.lib import paths


def import_bridge(*names):
    """Return modules of the bridge; the addon's own package would need Odoo."""
    stub = types.ModuleType("telephony_crm")
    stub.__path__ = [str(paths.ROOT / "telephony_crm")]
    sys.modules.setdefault("telephony_crm", stub)
    return [importlib.import_module(f"telephony_crm.bridge.{name}") for name in names]
