"""Text messages, and what a number belongs to."""

from __future__ import annotations

import math
import re

from ..faults import ApiError

NUMBER = re.compile(r"\+?[0-9]{7,15}")
COST = 0.06  # of one part to one number
MOST = 1000  # templates a page
# characters of a message of one part, and of each part of a longer one
LATIN, UNICODE = (160, 153), (70, 67)


class Messages:
    """``/v1/sms/…`` and ``/v1/info/number_lookup``."""

    ROUTES = (
        ("POST", "/v1/sms/send", "send"),
        ("GET", "/v1/sms/templates", "templates"),
        ("GET", "/v1/sms/senderid", "senders"),
        ("POST", "/v1/info/number_lookup", "number_lookup"),
    )

    def __init__(self, simulator):
        self.settings = simulator.settings
        self.desk = simulator.messages

    def send(self, request):
        """POST /v1/sms/send: some numbers may be denied, each with its reason."""
        numbers = _listed(request.params.get("number"))
        text = request.params.get("message", "")
        sender = request.params.get("sender", "") or self.settings.senders[0]
        if not numbers or not text:
            raise ApiError("Wrong parameters: number and message are required")
        if sender not in self._senders():
            raise ApiError("Wrong parameter 'sender'")
        denied = [
            {"number": number, "message": reason}
            for number in numbers
            if (reason := self._refusal(number))
        ]
        refused = {one["number"] for one in denied}
        taken = [number for number in numbers if number not in refused]
        for number in taken:
            self.desk.outbox.append({"to": number, "from": sender, "text": text})
        cost = round(_parts(text) * COST, 4)
        return {
            "messages": _parts(text) * len(taken),
            "cost": round(cost * len(taken), 4),
            "currency": "EUR",
            "sms_detalization": [
                {"senderid": sender, "number": number, "cost": cost} for number in taken
            ],
            "denied_numbers": denied,
        }

    def templates(self, request):
        """GET /v1/sms/templates: 25 a page unless told otherwise."""
        skip = _count(request.params.get("skip"), 0)
        limit = min(_count(request.params.get("limit"), 25), MOST)
        listed = [
            {"id": str(serial), "text": text}
            for serial, text in enumerate(self.settings.templates, 1)
        ][skip : skip + limit]
        own = {"cath_id": "1", "title": "Notifications", "templates": listed}
        return {"list": [own] if listed else []}

    def senders(self, request):
        """GET /v1/sms/senderid: whom a message to that number may come from."""
        if not NUMBER.fullmatch(request.params.get("phones", "")):
            raise ApiError("Wrong parameter 'phones'")
        return {"senders": self._senders()}

    def number_lookup(self, request):
        """POST /v1/info/number_lookup: of several numbers the webhook tells."""
        numbers = _listed(request.params.get("numbers"))
        if not numbers or not all(map(NUMBER.fullmatch, numbers)):
            raise ApiError("Wrong parameter 'numbers'")
        if len(numbers) == 1:
            found = self.desk.looked_up(numbers[0])
            del found["number"]
            return {"info": found}
        self.desk.number_lookup(numbers)
        return {}

    def _senders(self):
        own = [did.number.lstrip("+") for did in self.settings.dids]
        return [*self.settings.senders, *own]

    def _refusal(self, number):
        if not NUMBER.fullmatch(number):
            return "Wrong number"
        return self.desk.denied.get(number.lstrip("+"), "")


def _listed(value):
    """A list parameter as it may be sent: ``number[]``, or one alone."""
    if isinstance(value, dict):
        return [one for one in value.values() if isinstance(one, str)]
    return [value] if value else []


def _parts(text):
    """How many messages a text is divided into."""
    one, each = LATIN if text.isascii() else UNICODE
    return 1 if len(text) <= one else math.ceil(len(text) / each)


def _count(text, default):
    return int(text) if str(text or "").isdigit() else default
