"""Meta: the Conversions API.

Source: developers.facebook.com, Conversions API, "Server event parameters" of
2026-02-12, SDK 26.0.3. One event that is older than seven days fails its whole request,
so each goes alone.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone

from .. import answers, hashing
from ..conversion import Event, Refusal, Request, Result, Setting, State
from ..destination import Destination, said

URL = "https://graph.facebook.com"
VERSION = "v26.0"
NAMES = {
    Event.CALL: "Contact",
    Event.QUALIFIED: "Lead",
    Event.LEAD: "SubmitApplication",
    Event.WON: "Purchase",
}
#: ``website`` would need the visitor's browser and page, which nobody keeps for this.
ACTIONS = {
    "call": "phone_call",
    "callback": "phone_call",
    "mail": "email",
    "chat": "chat",
}
CLICK_DAYS = 90
#: Codes of Meta's: who asks is not known, or asks too often. Nothing was taken.
UNKNOWN_TO_US = frozenset((102, 190, 10, 200))
TOO_OFTEN = frozenset((4, 17, 32, 613, 80004))

_version = re.compile(r"v\d{1,3}\.\d{1,2}", re.ASCII)


class Meta(Destination):
    """What a server sends twice counts twice, and nothing can be taken back."""

    kind = "meta"
    title = "Meta: Conversions API"
    oldest = timedelta(days=7)
    settings = (
        Setting("dataset_id", "Dataset or pixel", required=True),
        Setting("access_token", "Access token", secret=True, required=True),
        Setting(
            "test_event_code",
            "Code for test events",
            help="As the dataset's page of test events shows it; needed to test.",
        ),
        Setting("version", "Version of the Graph API", default=VERSION),
        *(
            Setting(
                f"name_{event}",
                f"Name of the event for {title}",
                default=NAMES[event],
                help="Empty: not handed over.",
            )
            for event, title in zip(
                NAMES, ("a call", "a qualified call", "a lead", "a sale"), strict=True
            )
        ),
    )

    def unfit(self, conversion, settings, now):
        """See `Destination.unfit`. Codes: ``no_action, no_person, no_amount``."""
        name = _event_name(conversion, settings)
        if not name:
            return Refusal("no_action")
        if not _user(conversion):
            return Refusal("no_person")
        if name == "Purchase" and conversion.amount is None:
            return Refusal("no_amount")
        return None

    def request(self, conversions, settings, test=False):
        """See `Destination.request`.

        :raises ValueError: for a test without the code of the dataset's test page,
            since the event would count
        """
        [own] = conversions
        event = {
            "event_name": _event_name(own, settings),
            "event_time": _seconds(own.at),
            "event_id": own.key,
            "action_source": ACTIONS.get(own.channel, "other"),
            "user_data": _user(own),
        }
        if own.amount is not None:
            event["custom_data"] = {
                "value": float(round(own.amount, 2)),
                "currency": own.currency,
                "order_id": own.key,
            }
        body = {
            "data": [event],
            "access_token": said(settings, "access_token"),
        }
        if test:
            code = said(settings, "test_event_code")
            if not code:
                raise ValueError("a test needs the code for test events")
            body["test_event_code"] = code
        version = said(settings, "version")
        version = version if _version.fullmatch(version) else VERSION
        dataset = "".join(filter(str.isdecimal, said(settings, "dataset_id")))
        return Request(
            "POST",
            f"{URL}/{version}/{dataset}/events",
            headers={"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )

    def read(self, status, headers, body, test=False):
        """See `Destination.read`. Meta's words may repeat a bad token, so of those
        errors only the code is kept."""
        found = answers.data(body)
        if status == 200:
            if found.get("events_received") == 1:
                return Result(
                    State.ACCEPTED, ref=answers.words(found.get("fbtrace_id"))
                )
            return Result(State.UNKNOWN, "HTTP 200")
        error = answers.part(found, "error")
        code = error.get("code")
        code = code if isinstance(code, int) else 0
        if code in UNKNOWN_TO_US or code in TOO_OFTEN:
            return Result(State.WAITING, f"{code}")
        words = error.get("error_user_msg") or error.get("message")
        return answers.by_status(status, answers.words(words))


def _event_name(own, settings):
    return said(settings, f"name_{own.event}", NAMES[own.event])[:50]


def _user(own):
    """Return who it was, as far as known; click and browser ids are never hashed."""
    found = {}
    if email := hashing.meta_email(own.email):
        found["em"] = [hashing.digest(email)]
    if phone := hashing.meta_phone(own.phone):
        found["ph"] = [hashing.digest(phone)]
    if fbc := own.fbc or _fbc(own):
        found["fbc"] = fbc
    if own.fbp:
        found["fbp"] = own.fbp
    return found


def _fbc(own):
    """Return what Meta's cookie would hold: click time in milliseconds, click id."""
    if not own.fbclid or own.click_at is None:
        return ""
    if own.at - own.click_at > timedelta(days=CLICK_DAYS):
        return ""
    return f"fb.1.{_seconds(own.click_at) * 1000}.{own.fbclid}"


def _seconds(at):
    return int(at.replace(tzinfo=timezone.utc).timestamp())


DESTINATION = Meta()
