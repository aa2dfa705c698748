"""What the account tells that is no call: to the second webhook address.

The vendor describes these events thinly. That ``result`` is JSON in one text, and
signed as it stands, is how the npm package ``zadarma`` reads them; the names in
CALL_TRACKING are recalled by integrators, those in SPEECH_RECOGNITION are of the
vendor's documentation.
"""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime, timezone

from .book import Book
from .delivery import Poster
from .settings import Settings

KEPT = 1000  # messages
WORDS = "good morning how can I help you".split()
SECONDS = 0.4  # a word


class Messages:
    """``outbox`` is what was sent over REST, ``told`` what became of each event.

    ``denied``: numbers (digits) that no message reaches, each with the reason.
    """

    def __init__(self, settings: Settings, book: Book, poster: Poster):
        self.settings = settings
        self.book = book
        self.poster = poster
        self.outbox: deque = deque(maxlen=KEPT)
        self.told: deque = deque(maxlen=KEPT)
        self.denied: dict[str, str] = {}

    def sms(self, number: str, text: str, did: str = "") -> dict:
        """SMS: somebody writes to a number of the company."""
        did = did or (self.settings.dids[0].number if self.settings.dids else "")
        result = {"caller_id": _digits(number), "caller_did": _digits(did)}
        return self._tell("SMS", {**result, "text": text})

    def number_lookup(self, numbers: list) -> dict:
        """NUMBER_LOOKUP: what was asked of several numbers at once."""
        found = [self.looked_up(number) for number in numbers]
        words = {"success": "true", "description": "Success"}
        return self._tell("NUMBER_LOOKUP", found, **words)

    def looked_up(self, number: str) -> dict:
        """What the network says of a number."""
        return {
            "mcc": "23415",
            "mnc": "15",
            "mccName": "United Kingdom",
            "mncName": "Vodafone",
            "ported": False,
            "roaming": False,
            "errorDescription": "No Error",
            "number": _digits(number),
        }

    def call_tracking(self, call_ref: str, **visit) -> dict:
        """CALL_TRACKING: which visit of a web site a call came from.

        :param visit: such as ``url``, ``utm_source``, ``utm_term``, ``ga_id``
        """
        call = self.book.calls[call_ref]
        row = {
            "tracker": "1",
            "start": self.settings.local(call.start),
            "duration": str(call.talk_seconds),
            "pbx_call_id": call.ref,
            "caller_id": _digits(call.number),
            "caller_did": _digits(call.did),
            "status": call.raw,
        }
        return self._tell("CALL_TRACKING", [{**row, **visit}])

    def speech_recognition(self, call_ref: str, lang: str = "en") -> dict:
        """SPEECH_RECOGNITION: what was said in the call's first recording."""
        legs = [leg for leg in self.book.calls[call_ref].legs if leg.record_ready]
        if not legs:
            raise KeyError(f"{call_ref!r} has no recording")
        words = [
            {
                "s": round(index * SECONDS, 2),
                "e": round((index + 0.9) * SECONDS, 2),
                "w": word,
            }
            for index, word in enumerate(WORDS)
            if index * SECONDS < legs[0].talk_seconds
        ]
        return self._tell(
            "SPEECH_RECOGNITION",
            {"words": [{"channel": 1, "result": words}]},
            lang=lang,
            call_id=legs[0].call_id,
            pbx_call_id=call_ref,
        )

    def _tell(self, event, result, **fields):
        """Post an event, if the account wants it; what became of it."""
        # as PHP's json_encode writes it: what is signed is this very text
        text = json.dumps(result, separators=(",", ":")).replace("/", "\\/")
        fields = {"event": event, **fields, "result": text}
        others = self.poster.others
        entry = {
            "event": event,
            "at": datetime.now(timezone.utc).isoformat(),
            "fields": fields,
            "fate": others.obstacle(event) or "sent",
            "status": None,
        }
        if entry["fate"] == "sent":
            entry.update(self.poster.send(fields, others.url))
        self.told.append(entry)
        return entry


def _digits(number):
    """A number without its ``+``, as these events spell it."""
    return number.lstrip("+")
