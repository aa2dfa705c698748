"""The fields of each webhook, as Zadarma spells them. All values are text.

Sources: the vendor's documentation and PHP client; what both leave open follows
``Settings.spelling``.
"""

from __future__ import annotations

from .book import Call, Leg
from .settings import Settings


class Wording:
    """Words the events of one call."""

    def __init__(self, settings: Settings, call: Call):
        self.settings = settings
        self.spelling = settings.spelling
        self.call = call

    def start(self) -> dict:
        """NOTIFY_START: somebody calls a number of the company."""
        return self._event("NOTIFY_START", **self._dialled())

    def menu(self, digits: str) -> dict:
        """NOTIFY_IVR: the caller pressed keys in a menu."""
        keys = {"name": "menu1", "digits": digits, "default_behaviour": "0"}
        return self._event(
            "NOTIFY_IVR",
            **self._dialled(),
            **{f"wait_dtmf[{key}]": value for key, value in keys.items()},
        )

    def internal(self, extension: str) -> dict:
        """NOTIFY_INTERNAL: an extension rings."""
        return self._event(
            "NOTIFY_INTERNAL", **self._dialled(), internal=self._internal(extension)
        )

    def internal_end(self, extension: str) -> dict:
        """NOTIFY_INTERNAL_END (undocumented): it stopped ringing."""
        return {**self.internal(extension), "event": "NOTIFY_INTERNAL_END"}

    def answer(self, leg: Leg) -> dict:
        """NOTIFY_ANSWER: an extension, a mobile or the customer picked up."""
        call = self.call
        if call.direction != "inbound":
            return self._event(
                "NOTIFY_ANSWER",
                caller_id=_plain(call.did),
                destination=self.other(),
                internal=self._internal(call.extension),
            )
        fields = {"caller_id": self._caller()}
        if leg.kind == "external":
            fields["destination"] = _plain(leg.number)
        elif self.spelling.answer == "extension":
            fields["destination"] = self._internal(leg.extension)
        else:
            fields["destination"] = _plain(call.did)
            fields["internal"] = self._internal(leg.extension)
        return self._event("NOTIFY_ANSWER", **fields)

    def end(self) -> dict:
        """NOTIFY_END: the inbound call is over."""
        call = self.call
        answered = [leg for leg in call.legs if leg.answer]
        # "length in seconds": of the talk, else of the menu or the machine
        seconds = call.talk_seconds or sum(leg.talk_seconds for leg in answered)
        fields = {**self._dialled(), **self._closing(call.raw, seconds, answered)}
        agents = [leg.extension for leg in answered or call.legs if leg.kind == "agent"]
        if agents:
            fields["internal"] = self._internal(agents[-1])
            fields["last_internal"] = fields["internal"]
        return self._event("NOTIFY_END", **fields)

    def out_start(self, destination: str, calltype: str = "normal") -> dict:
        """NOTIFY_OUT_START: a call goes out."""
        return self._out("NOTIFY_OUT_START", destination, calltype)

    def out_end(self, destination: str, calltype: str = "normal") -> dict:
        """NOTIFY_OUT_END: it is over; ``callback_leg1`` is the agent's own leg."""
        call = self.call
        if calltype == "callback_leg1":
            leg = call.legs[0]
            closing = self._closing(leg.raw, leg.talk_seconds, [])
        else:
            legs = [leg for leg in call.legs[1:] if leg.answer]
            closing = self._closing(call.raw, call.talk_seconds, legs)
        return self._out(
            "NOTIFY_OUT_END",
            destination,
            calltype,
            caller_id=_plain(call.did),
            **closing,
        )

    def record(self, leg: Leg) -> dict:
        """NOTIFY_RECORD: the recording of a leg can be had."""
        fields = self._event("NOTIFY_RECORD", call_id_with_rec=leg.call_id)
        del fields["call_start"]
        return fields

    def other(self) -> str:
        """Whom an outgoing call calls."""
        if self.call.direction == "internal":
            return self._internal(self.call.number)
        return self._spelled(self.call.number)

    def _event(self, event, **fields):
        return {
            "event": event,
            "call_start": self.settings.local(self.call.start),
            "pbx_call_id": self.call.ref,
            **fields,
        }

    def _out(self, event, destination, calltype, **fields):
        return self._event(
            event,
            destination=destination,
            internal=self._internal(self.call.extension),
            calltype=calltype,
            **fields,
        )

    def _closing(self, raw, seconds, answered):
        fields = {
            "duration": str(seconds),
            "disposition": raw,
            "status_code": str(self.call.status_code),
            "is_recorded": "0",
        }
        recorded = [leg.call_id for leg in answered if leg.recorded]
        if recorded:
            fields.update(is_recorded="1", call_id_with_rec=recorded[-1])
        return fields

    def _dialled(self):
        return {"caller_id": self._caller(), "called_did": _plain(self.call.did)}

    def _caller(self):
        if self.call.hidden:
            return self.spelling.hidden
        return self._spelled(self.call.number)

    def _spelled(self, number):
        return number if self.spelling.plus else _plain(number)

    def _internal(self, extension):
        if self.spelling.internal == "long" and extension:
            return f"{self.settings.pbx_id}-{extension}"
        return extension


def _plain(number):
    """A number without its ``+``."""
    return number.lstrip("+")
