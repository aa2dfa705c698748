"""Google Ads: the Data Manager API.

Source: developers.google.com/data-manager/api (v1, ``google-ads-datamanager`` 0.9.4).
No developer token; scope ``datamanager``. An answer is a receipt: what became of the
events is asked for later, half an hour at the earliest.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

from .. import answers, google_clicks, google_token, hashing
from ..conversion import Event, Refusal, Request, Result, Setting, State
from ..destination import Destination, is_set, said

URL = "https://datamanager.googleapis.com/v1/"
SCOPE = "https://www.googleapis.com/auth/datamanager"
#: By our word for the way somebody reached us; "other" where Google has no word.
SOURCES = {"call": "PHONE", "callback": "PHONE", "form": "WEB", "chat": "MESSAGE"}
#: With hashed contacts Google wants leads without a click too, and says so.
EXPECTED = "CLICK_NOT_FOUND"
#: It has the conversion, of an attempt that got no answer.
HAD = "DUPLICATE_"
#: It does not know the click yet.
EARLY = "TOO_RECENT_CLICK"

_numbers = re.compile(r"[0-9]+")
_place = re.compile(r"events\[(\d+)\]", re.ASCII)


class GoogleDataManager(Destination):
    """Google counts a transaction id once; the same with another value changes it.

    Up to `MOST` events go in one request, but one that is badly formed fails all, and
    what became of them is told in numbers only, not which: so one goes at a time.
    """

    MOST = 2000

    kind = "google_data_manager"
    family = google_clicks.FAMILY
    title = "Google Ads: Data Manager API"
    batch = 1
    deduplicates = True
    events = Destination.events | {Event.RESTATE}
    oldest = timedelta(days=google_clicks.MAX_WINDOW_DAYS)
    settings = (
        Setting(
            "account_id",
            "Google Ads customer number",
            required=True,
            help="As Google Ads shows it, with or without hyphens.",
        ),
        Setting(
            "login_account_id",
            "Number of the manager account",
            help="Only where access is through a manager account.",
        ),
        *google_clicks.action_settings("Number of the conversion action"),
        Setting(
            "service_account",
            "Key of a service account (JSON)",
            secret=True,
            help="Or the three values of an OAuth client, below.",
        ),
        Setting("client_id", "OAuth client"),
        Setting("client_secret", "OAuth client's secret", secret=True),
        Setting("refresh_token", "OAuth refresh token", secret=True),
        Setting(
            "project",
            "Cloud project",
            help="Billed for the requests; needed with an OAuth client.",
        ),
        google_clicks.WINDOW,
        google_clicks.ONE_PER_CLICK,
        google_clicks.CONTACTS,
    )

    def unfit(self, conversion, settings, now):
        """See `google_clicks.unfit`; an action is entered by its number."""
        if not _action(conversion, settings):
            return Refusal("no_action")
        if conversion.event == Event.RESTATE:
            if refusal := google_clicks.unfit_adjustment(conversion, now):
                return refusal
            conversion = replace(conversion, at=conversion.original_at)
        return google_clicks.unfit(conversion, settings, now)

    def token(self, settings, now):
        """See `Destination.token`."""
        return google_token.request(settings, SCOPE, now)

    def read_token(self, status, body):
        """See `Destination.read_token`."""
        return google_token.read(status, body)

    def request(self, conversions, settings, test=False):
        """See `Destination.request`; all conversions have to be of one event.

        :raises ValueError: for conversions of several actions as well
        """
        actions = {_action(own, settings) for own in conversions}
        if len(actions) != 1 or len(conversions) > self.MOST:
            raise ValueError("conversions of one action, and not too many")
        destination = {
            "operatingAccount": _account(said(settings, "account_id")),
            "productDestinationId": actions.pop(),
        }
        if login := said(settings, "login_account_id"):
            destination["loginAccount"] = _account(login)
        body = {
            "destinations": [destination],
            "events": [_event(own, settings) for own in conversions],
            "encoding": "HEX",
            "validateOnly": test,
        }
        return Request(
            "POST",
            f"{URL}events:ingest",
            headers=_headers(settings) | {"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )

    def read(self, status, headers, body, test=False):
        """See `Destination.read`. A test has no request id, and its answer is final."""
        found = answers.data(body)
        if status == 200:
            if test:
                return Result(State.ACCEPTED)
            ref = answers.words(found.get("requestId"))
            # Without it nobody can ask what became of the events.
            return Result(State.SENT, ref=ref) if ref else Result(State.UNKNOWN)
        error = answers.part(found, "error")
        reason = answers.words(error.get("message"))
        if status != 400:
            return answers.by_status(status, reason)
        faults = {
            int(place[1]): answers.words(fault.get("description"))
            for detail in answers.parts(error, "details")
            for fault in answers.parts(detail, "fieldViolations")
            if (place := _place.match(str(fault.get("field"))))
        }
        return Result(State.REFUSED, reason or "HTTP 400", faults=faults)

    def ask(self, ref, settings):
        """See `Destination.ask`."""
        return Request(
            "GET",
            f"{URL}requestStatus:retrieve",
            params={"requestId": ref},
            headers=_headers(settings),
        )

    def read_asked(self, status, body, settings):
        """See `Destination.read_asked`. Of a part that failed nobody says which."""
        if status != 200:
            return Result(State.SENT, f"HTTP {status}")
        told = answers.parts(answers.data(body), "requestStatusPerDestination")
        words = {answers.words(one.get("requestStatus")) for one in told}
        reasons = [
            answers.words(count.get("reason")).removeprefix("PROCESSING_ERROR_REASON_")
            for one in told
            for count in answers.parts(answers.part(one, "errorInfo"), "errorCounts")
        ]
        reason = answers.words(", ".join(filter(None, reasons)))
        if words == {"SUCCESS"}:
            return Result(State.ACCEPTED, reason)
        if words == {"FAILED"}:
            if set(reasons) == {EARLY}:
                return Result(State.HELD, "too_recent")
            is_had = bool(reasons) and all(_is_had(one, settings) for one in reasons)
            return Result(State.ACCEPTED if is_had else State.REFUSED, reason)
        if "PARTIAL_SUCCESS" in words or {"SUCCESS", "FAILED"} <= words:
            return Result(State.UNKNOWN, reason)
        return Result(State.SENT, reason)


def _is_had(reason, settings):
    """Tell whether Google has what it refuses, or wanted it all the same."""
    is_expected = reason == EXPECTED and is_set(settings, "contacts")
    return is_expected or reason.startswith(HAD)


def _action(own, settings):
    """Return the action's number, also of ``customers/1/conversionActions/2``."""
    numbers = _numbers.findall(google_clicks.action(own, settings))
    return numbers[-1] if numbers else ""


def _account(number):
    digits = "".join(_numbers.findall(number))
    return {"accountType": "GOOGLE_ADS", "accountId": digits}


def _time(at):
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def _headers(settings):
    found = {"Authorization": f"Bearer {said(settings, 'access_token')}"}
    if project := said(settings, "project"):
        found["x-goog-user-project"] = project
    return found


def _event(own, settings):
    """Return an event; values are in units of the currency.

    What changes one that was sent has its id and time, and all that it had.
    """
    name, number = google_clicks.click(own)
    is_news = own.event != Event.RESTATE
    found = {
        "transactionId": own.key if is_news else own.original,
        "eventTimestamp": _time(own.at if is_news else own.original_at),
        "eventSource": SOURCES.get(own.channel, "OTHER"),
        "consent": {
            "adUserData": "CONSENT_GRANTED",
            "adPersonalization": "CONSENT_GRANTED",
        },
    }
    if not is_news:
        found["lastUpdatedTimestamp"] = _time(own.at)
    if name:
        found["adIdentifiers"] = {name: number}
    if own.amount is not None:
        found |= {
            "conversionValue": float(google_clicks.value(own.amount)),
            "currency": own.currency,
        }
    if is_set(settings, "contacts"):
        identifiers = [
            {kind: hashing.digest(normal)}
            for kind, normal in (
                ("emailAddress", hashing.google_email(own.email)),
                ("phoneNumber", hashing.google_phone(own.phone)),
            )
            if normal
        ]
        if identifiers:
            found["userData"] = {"userIdentifiers": identifiers}
    return found


DESTINATION = GoogleDataManager()
