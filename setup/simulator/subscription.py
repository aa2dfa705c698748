"""The account's two webhook addresses, and which events each of them is sent."""

from __future__ import annotations

from dataclasses import dataclass, field

# Events and the switch of each, as the vendor's OpenAPI file has them. RECORD and IVR
# have none: they are sent wherever calls are told to.
CALLS = {
    "NOTIFY_START": "notify_start",
    "NOTIFY_INTERNAL": "notify_internal",
    "NOTIFY_INTERNAL_END": "notify_internal",
    "NOTIFY_ANSWER": "notify_answer",
    "NOTIFY_END": "notify_end",
    "NOTIFY_OUT_START": "notify_out_start",
    "NOTIFY_OUT_END": "notify_out_end",
}
OTHERS = {
    "NUMBER_LOOKUP": "number_lookup",
    "CALL_TRACKING": "call_tracking",
    "SMS": "sms",
    "SPEECH_RECOGNITION": "speech_recognition",
}


@dataclass
class Subscription:
    """One address and its switches.

    An account that was given no address yet has everything switched off.

    :param events: the switch of each event
    """

    events: dict
    url: str = ""
    switches: dict = field(default_factory=dict)

    def __post_init__(self):
        """Switch on what an account has on that was set up before."""
        self.switches = dict.fromkeys(self.events.values(), bool(self.url))

    def obstacle(self, event: str) -> str:
        """Why this event is not posted, in words; empty when it is."""
        if not self.url:
            return "no address"
        wanted = self.switches.get(self.events.get(event), True)
        return "" if wanted else "switched off"

    def set(self, params: dict):
        """Turn those switches that a request names: the texts ``true``, ``false``."""
        for name in self.switches:
            if name in params:
                self.switches[name] = params[name] == "true"

    def flags(self) -> dict:
        """The switches as the API tells them."""
        return {name: "true" if on else "false" for name, on in self.switches.items()}
