"""The payload files of destinations: conversions, and what receivers answer."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from telephony_crm_tracking.attribution import destination
from telephony_crm_tracking.attribution.conversion import Conversion, Event

ROOT = Path(__file__).resolve().parents[3]
PAYLOADS = ROOT / "telephony_crm_tracking" / "tests" / "payloads"
KINDS = [found.kind for found in destination.all()]


def conversion(**values):
    """Return a conversion of what a payload file says of it."""
    for name in ("at", "click_at", "original_at"):
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    if "amount" in values:
        values["amount"] = Decimal(values["amount"])
    return Conversion(**{**values, "event": Event(values["event"])})


def load(folder):
    """Return ``{kind/name: (destination, what the file says)}`` of a folder's files."""
    found = {}
    for kind in KINDS:
        for path in sorted((PAYLOADS / kind / folder).glob("*.json")):
            said = json.loads(path.read_text())
            found[f"{kind}/{path.stem}"] = (destination.get(kind), said)
    return found


def handed_over():
    """Return the files of conversions: ``(destination, what it says, conversions)``."""
    return {
        name: (own, said, [conversion(**values) for values in said["conversions"]])
        for name, (own, said) in load(".").items()
    }
