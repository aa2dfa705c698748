"""A Zadarma look-alike: it answers the REST API and posts signed webhooks.

It knows nothing of the addon and shares no code with it: it is a second reading of
the same protocol, so that a mistake in one is not mirrored by the other.

As a library::

    with Simulator(webhook_url="http://127.0.0.1:8069/telephony/webhook/…") as pbx:
        ref = pbx.play("answered", number="+380442000017")
        truth = pbx.calls[ref]

As a program: ``setup/simulator/main.py --help``.
"""

from .book import Call, Leg
from .scenarios import SCENARIOS
from .settings import Settings
from .simulator import Simulator

__all__ = ["SCENARIOS", "Call", "Leg", "Settings", "Simulator"]
