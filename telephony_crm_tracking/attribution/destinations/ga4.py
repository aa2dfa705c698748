"""Google Analytics 4: the Measurement Protocol.

Source: developers.google.com/analytics/devguides/collection/protocol/ga4. It answers
2xx to everything, also to a wrong secret, so what was sent is never known to be
accepted; only its debugging address says what is wrong, and stores nothing.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone

from .. import answers
from ..consent import Signal
from ..conversion import Event, Refusal, Request, Result, Setting, State
from ..destination import Destination, is_set, said

WORLD = "https://www.google-analytics.com"
EUROPE = "https://region1.google-analytics.com"
#: Words of Google's for leads, which an administrator may replace.
NAMES = {
    Event.CALL: "phone_call",
    Event.QUALIFIED: "qualify_lead",
    Event.LEAD: "generate_lead",
    Event.WON: "close_convert_lead",
}
#: Names that Google keeps for itself begin with one of these.
KEPT = ("_", "firebase_", "ga_", "google_", "gtag.")

_name = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


class Ga4(Destination):
    """An event that is repeated counts again.

    It joins its visit's session by the session's id, which has to be the real one: an
    invented one opens a session without a source. What is older than 72 hours joins
    nothing, and is left to the advertising systems.
    """

    kind = "ga4"
    title = "Google Analytics 4"
    oldest = timedelta(hours=72)
    blind = True
    settings = (
        Setting("measurement_id", "Measurement id (G-…)", required=True),
        Setting("api_secret", "API secret", secret=True, required=True),
        Setting("europe", "Collected in the European Union", default="0", switch=True),
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
        """See `Destination.unfit`. Codes: ``consent, no_action, no_client``."""
        if conversion.analytics == Signal.DENIED:
            return Refusal("consent")
        if not _event_name(conversion, settings):
            return Refusal("no_action")
        return None if conversion.ga_client_id else Refusal("no_client")

    def request(self, conversions, settings, test=False):
        """See `Destination.request`."""
        [own] = conversions
        params = {"engagement_time_msec": 1}
        if own.ga_session_id:
            params["session_id"] = own.ga_session_id
        if own.event == Event.WON:
            # The one event in which Google looks for repeats is ``purchase``, by this.
            params["transaction_id"] = own.key[:100]
        if own.amount is not None:
            params |= {"value": float(round(own.amount, 2)), "currency": own.currency}
        body = {
            "client_id": own.ga_client_id,
            "timestamp_micros": _micros(own.at),
            "consent": {"ad_user_data": "GRANTED", "ad_personalization": "GRANTED"},
            "events": [{"name": _event_name(own, settings), "params": params}],
        }
        host = EUROPE if is_set(settings, "europe") else WORLD
        return Request(
            "POST",
            f"{host}/debug/mp/collect" if test else f"{host}/mp/collect",
            params={
                "measurement_id": said(settings, "measurement_id"),
                "api_secret": said(settings, "api_secret"),
            },
            headers={"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )

    def read(self, status, headers, body, test=False):
        """See `Destination.read`. Only to a test there is an answer with messages."""
        if not 200 <= status < 300:
            # Google asks not to send it again; whether it was taken stays open.
            return Result(State.UNKNOWN, f"HTTP {status}")
        found = answers.data(body)
        if not test or "validationMessages" not in found:
            return Result(State.SENT)
        if found["validationMessages"] == []:
            return Result(State.ACCEPTED)
        faults = answers.parts(found, "validationMessages")
        told = (answers.words(fault.get("description")) for fault in faults)
        reason = answers.words("; ".join(filter(None, told)))
        return Result(State.REFUSED, reason or "HTTP 200")


def _event_name(own, settings):
    """Return what an event is called; ``""`` when it is not handed over."""
    name = said(settings, f"name_{own.event}", NAMES[own.event])
    return name if _name.fullmatch(name) and not name.startswith(KEPT) else ""


def _micros(at):
    return int(at.replace(tzinfo=timezone.utc).timestamp()) * 1_000_000


DESTINATION = Ga4()
