"""Zadarma's cloud PBX.

Sources: the vendor's OpenAPI file (``zadarma/openapi``, ``spec/v1/openapi.json``), the
PHP client (``zadarma/user-api-v1``: ``lib/Client.php``, ``lib/Webhook/*.php``) and
zadarma.com/en/support/api/. What only third parties report (the npm package
``zadarma`` 1.1.2 among them) is marked "reported".
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from .. import (
    forms,
    zadarma_requests,
    zadarma_setup,
    zadarma_signature,
    zadarma_statistics,
)
from ..adapter import (
    NONSENSE,
    Adapter,
    AuthError,
    Notification,
    PayloadError,
    PbxError,
    Refused,
    Response,
    Setting,
    plain,
    rate_limited,
    read_json,
)
from ..numbers import ascii_name, internal_extension
from ..zadarma_events import KINDS, MAX_REF, read_event

RETURN_SECONDS = 20


class Zadarma(Adapter):
    """See `Adapter` for what each method promises."""

    code = "zadarma"
    label = "Zadarma"
    capabilities = frozenset(
        {
            "originate",
            "redirect",
            "caller_name",
            "blacklist",
            "recording",
            "statistics",
            "setup",
            "sms",
        }
    )
    default_api_url = zadarma_requests.API_URL
    statistics_a_minute = 3
    statistics_limit = zadarma_statistics.LIMIT
    settings = (
        Setting(
            key="return_timeout",
            label="Seconds Until the Usual Scenario",
            default=str(RETURN_SECONDS),
            help="How long a caller who is connected to the responsible user rings "
            "there before the call goes on as set in the PBX. At least 3; 0 is never.",
        ),
    )

    # -- webhooks --------------------------------------------------------------------

    def handshake(self, request):
        """Echo the token by which Zadarma checks the address when it is saved."""
        try:
            values = {**forms.fields(request), **request.query}
        except PayloadError:
            return None
        if "zd_echo" not in values or "event" in values:
            return None
        echo = values["zd_echo"]
        if not re.fullmatch(r"[\w.~+/=:-]{1,200}", echo, re.ASCII):
            return Response(400, b"The token is not one of Zadarma's.")
        return Response(200, echo.encode())

    def verify(self, request, credentials):
        """Check the ``Signature`` header, in either encoding."""
        zadarma_signature.check(request, credentials.api_secret)

    def read(self, request):
        """Read the event's name and call; Zadarma has no id of a notification."""
        found = forms.fields(request)
        event = found.get("event", "")
        call_ref = found.get("pbx_call_id", "")
        if not re.fullmatch(r"\w{1,64}", event, re.ASCII):
            raise PayloadError(message="The notification has no event name.")
        if len(call_ref) > MAX_REF:
            raise PayloadError(message="The id of the call is too long.")
        return Notification(
            event=event,
            key=forms.key_of(found),
            call_ref=call_ref,
            payload=found,
            known=event in KINDS,
            wants_decision=event == "NOTIFY_START",
        )

    def events(self, payload, account, received_at):
        """Return the one event of a payload, none for what is not about a call."""
        read = (
            zadarma_statistics.read_row
            if zadarma_statistics.is_row(payload)
            else read_event
        )
        return read(payload, account, received_at)

    def reply(self, notification, decision):
        """Return what to do with a new call; to all else an empty answer."""
        if decision is None or not notification.wants_decision:
            return Response()
        answer = {}
        if decision.blocked:
            answer["redirect"] = "blacklist"
        elif extension := internal_extension(decision.extension):
            seconds = decision.return_seconds
            seconds = RETURN_SECONDS if seconds is None else seconds
            answer["redirect"] = extension
            answer["return_timeout"] = max(seconds, 3) if seconds else 0
        if not decision.blocked and (name := ascii_name(decision.caller_name)):
            answer["caller_name"] = name
        if not answer:
            return Response()
        return Response(200, json.dumps(answer).encode(), "application/json")

    # -- requests --------------------------------------------------------------------

    def check(self, credentials):
        """Ask for the account's time zone, which costs nothing."""
        return zadarma_requests.get(credentials, "/v1/info/timezone/")

    def originate(self, credentials, extension, number, caller_id="", call_ref=""):
        """Ring the extension, then the number.

        The plus sign stays: without it the account's rules which number to show by
        direction do not apply (reported). The number shown is set there; Zadarma
        takes none here.
        """
        params = {"from": extension, "sip": extension, "to": number, "format": "json"}
        return zadarma_requests.get(credentials, "/v1/request/callback/", params)

    def recording_link(self, credentials, ref, call_ref):
        """Ask by the leg's own id, where it is proven, else by the call's."""
        return zadarma_requests.recording_link(credentials, ref, call_ref)

    def recording_sounds(self, credentials, ref, call_ref, answer):
        """Follow the link, or all links of the call."""
        return zadarma_requests.recording_sounds(ref, answer)

    def statistics(self, credentials, account, start, end, skip=0):
        """Ask for rows of calls in both directions, on the account's clock."""
        return zadarma_statistics.request(credentials, account, start, end, skip)

    def statistics_rows(self, answer):
        """Return the rows, one for each leg."""
        return zadarma_statistics.rows(answer)

    def statistics_period(self, answer, account, start, end):
        """Return the period as the answer says it: a long one is shortened."""
        return zadarma_statistics.answered(answer, start, end, account.tz)

    def send_sms(self, credentials, number, text, sender=""):
        """Send a message to one number."""
        return zadarma_requests.send_sms(credentials, number, text, sender)

    def read_sms(self, number, answer):
        """Return why the number was denied."""
        return zadarma_requests.read_sms(answer)

    # -- set-up ----------------------------------------------------------------------

    zone = check

    def read_zone(self, answer):
        """Return a form like ``UTC+3``: Zadarma tells no name and no summer time."""
        return zadarma_setup.read_zone(answer)

    def extensions(self, credentials):
        """Ask for the numbers of all extensions."""
        return zadarma_requests.get(credentials, "/v1/pbx/internal/")

    def read_extensions(self, answer):
        """Return them without the account's number in front."""
        return zadarma_setup.read_extensions(answer)

    def extension(self, credentials, number):
        """Ask for the name of an extension, and where its recordings are mailed to."""
        return zadarma_requests.get(
            credentials, f"/v1/pbx/internal/{quote(number, safe='')}/info/"
        )

    def read_extension(self, number, answer):
        """Return its name and address."""
        return zadarma_setup.read_extension(number, answer)

    def dids(self, credentials):
        """Ask for all virtual numbers."""
        return zadarma_requests.get(credentials, "/v1/direct_numbers/")

    def read_dids(self, answer):
        """Return those that work, and those that do not yet or no longer."""
        return zadarma_setup.read_dids(answer)

    def subscribe(self, credentials, url):
        """Have calls and all else posted to one address."""
        return zadarma_setup.subscribe(credentials, url)

    def subscriptions(self, credentials):
        """Ask for both addresses and their switches."""
        return zadarma_setup.subscriptions(credentials)

    def read_subscriptions(self, answers, url):
        """Return the addresses and switches that are not as they should be."""
        return zadarma_setup.read_subscriptions(answers, url)

    def other_addresses(self, answers, url):
        """Return where events are posted to now."""
        return zadarma_setup.other_addresses(answers, url)

    # -- answers ---------------------------------------------------------------------

    def answer(self, response):
        """Return a successful answer.

        "Too many requests" may come as 429, or as 200 with an error (reported).
        """
        answer = read_json(response)
        status, message = answer.get("status"), plain(answer.get("message"))
        if status == "success" and response.status < 400:
            return answer
        if status != "error":
            raise PbxError("nonsense", NONSENSE)
        if "rate limit" in message.lower():
            raise rate_limited(response)
        if re.search(r"not authorized|wrong (?:key|signature)", message, re.IGNORECASE):
            raise AuthError(message="The PBX does not accept the key and secret.")
        if not message:
            raise Refused("unsaid", "The PBX refuses without saying why.")
        raise Refused(message=message)


ADAPTER = Zadarma()
