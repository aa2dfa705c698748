"""Signed events of made-up calls, as Zadarma posts them."""

import itertools
import time
from datetime import datetime, timezone

from bench.load import Post
from bench.office import DID, SECRET, TOKEN
from setup.simulator.signing import sign_event

PATH = f"/telephony/webhook/{TOKEN}"
_serial = itertools.count()


class Call:
    """An incoming call that starts now.

    :param number: of the caller, E.164
    :param extension: that is rung
    """

    def __init__(self, number, extension="100"):
        self.extension = extension
        self.ref = f"in_{time.time_ns():x}{next(_serial):x}"
        now = datetime.now(timezone.utc)
        self.common = {
            "call_start": f"{now:%Y-%m-%d %H:%M:%S}",
            "pbx_call_id": self.ref,
            "caller_id": number.lstrip("+"),
        }

    def start(self):
        """It comes in; the PBX waits for an answer."""
        return self._post("NOTIFY_START", called_did=DID)

    def internal(self):
        """The extension is rung."""
        return self._post("NOTIFY_INTERNAL", called_did=DID, internal=self.extension)

    def answer(self):
        """The extension has picked up."""
        return self._post(
            "NOTIFY_ANSWER", destination=self.extension, internal=self.extension
        )

    def end(self):
        """It is over, after a talk."""
        return self._post(
            "NOTIFY_END",
            called_did=DID,
            internal=self.extension,
            last_internal=self.extension,
            duration="42",
            disposition="answered",
            status_code="16",
            is_recorded="0",
        )

    def _post(self, event, **fields):
        fields = {"event": event, **self.common, **fields}
        return Post.form(PATH, fields, Signature=sign_event(SECRET, fields, "hex"))


def floor(user_id, path="/telephony_bench/floor", name=""):
    """A bare route's request, as long as an event's."""
    name = name or f"row {next(_serial)}"
    fields = {"user": str(user_id), "name": name, "like": "x" * 150}
    return Post.form(path, fields, Signature="x" * 56)
