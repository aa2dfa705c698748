"""Any PBX that can be taught to post our own event format.

One request is one event: the PBX waits for the answer to the event of a new call, and
of a list of events that is half understood nobody could say what was taken. A sender
that has many to tell keeps its connection open.

A request has three headers besides ``Content-Type: application/json``::

    X-Telephony-Time: 1768472100          Unix seconds, when it is sent
    X-Telephony-Nonce: 5f0c…              new in every request, 8 to 128 characters
    X-Telephony-Signature: 9a41…          hexadecimal HMAC-SHA256 under the secret
                                          over time + "." + nonce + "." + body

A sender may keep events for as long as it likes and sign each anew when it sends it:
``occurred_at`` says when it happened, and ``id`` is the same in every attempt.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

from .. import event_format, forms, signing
from ..adapter import (
    Adapter,
    HttpRequest,
    Notification,
    PayloadError,
    PbxError,
    Response,
    Setting,
    SignatureError,
)
from ..event import Direction, EventKind

#: How far the time of a request may be from ours, in seconds.
FRESH_SECONDS = 300
#: Seconds to connect, and to wait for the next piece of a sound.
SOUND_TIMEOUT = (5.0, 30.0)


class Generic(Adapter):
    """See `Adapter` for what each method promises."""

    code = "generic"
    label = "Any Other PBX (Signed JSON)"
    capabilities = frozenset({"redirect", "caller_name", "blacklist", "recording"})
    settings = (
        Setting(
            key="recording_url",
            label="Address of Recordings",
            help="Where a recording is fetched from, with {ref} in the place of its "
            "reference: https://pbx.example/recordings/{ref}. Not needed where events "
            "name the whole address.",
        ),
        Setting(
            key="recording_token",
            label="Token for Recordings",
            secret=True,
            help="Sent to that address as “Authorization: Bearer …”.",
        ),
    )
    uses_key = False

    # -- webhooks --------------------------------------------------------------------

    def verify(self, request, credentials):
        """Check that who knows the secret has sent this body within five minutes.

        A request that is caught and sent again within that time holds an event that is
        known by its id, and changes nothing; by its nonce it is told from the sender's
        own second attempt, and learns nothing of the caller.
        """
        if not credentials.api_secret:
            raise SignatureError(
                "no_secret", "There is no API secret to check events with."
            )
        if request.form:
            raise SignatureError(
                "no_json", "The event is not sent as application/json."
            )
        sent_at, nonce, given = (
            request.headers.get(f"x-telephony-{name}", "")
            for name in ("time", "nonce", "signature")
        )
        if not given:
            raise SignatureError("unsigned", "The event has no signature.")
        if not re.fullmatch(r"\d{1,11}", sent_at, re.ASCII):
            raise SignatureError("no_time", "The event has no time in Unix seconds.")
        if not re.fullmatch(r"[!-~]{8,128}", nonce, re.ASCII):
            raise SignatureError("no_nonce", "The event has no nonce.")
        signed = f"{sent_at}.{nonce}.".encode() + request.body
        expected = signing.hmac_sha256_hex(credentials.api_secret, signed)
        if not signing.same(given, expected):
            raise SignatureError(
                "wrong_signature", "The signature of the event is wrong."
            )
        sent_at = datetime.fromtimestamp(int(sent_at), timezone.utc).replace(
            tzinfo=None
        )
        if not signing.is_fresh(sent_at, request.received_at, FRESH_SECONDS):
            raise SignatureError(
                "stale",
                "The request is not of now: it was sent more than five minutes "
                "ago, or one of the two clocks is wrong.",
            )

    def read(self, request):
        """Read and check the event; its own id is what a repeat shares with it."""
        found = event_format.loads(request.body)
        values = event_format.check(found)
        incoming = values.get("direction") == Direction.INBOUND
        return Notification(
            event=values["event"].value,
            key=forms.key_of({"id": values["id"]}),
            call_ref=values["call_ref"],
            payload=found,
            known=values["event"] != EventKind.OTHER,
            wants_decision=values["event"] == EventKind.STARTED and incoming,
            nonce=request.headers.get("x-telephony-nonce", ""),
        )

    def events(self, payload, account, received_at):
        """Return the event; the time zone does not matter, since times have theirs."""
        if not isinstance(payload, dict):
            raise PayloadError(message="The event is not one JSON object.")
        return [event_format.to_event(payload, received_at)]

    def reply(self, notification, decision):
        """Say what is to become of a new call; to all else, that it was taken.

        ``action`` is ``continue``, ``redirect`` with an ``extension``, or ``reject``;
        ``name`` is the caller's, in any script.
        """
        answer = {}
        if notification.wants_decision:
            answer["action"] = "continue"
        if decision is not None and notification.wants_decision:
            answer["name"] = decision.caller_name
            if decision.blocked:
                answer["action"] = "reject"
            elif decision.extension:
                answer |= {"action": "redirect", "extension": decision.extension}
                if decision.return_seconds is not None:
                    answer["return_seconds"] = decision.return_seconds
        body = json.dumps(answer, ensure_ascii=False).encode()
        return Response(200, body, "application/json")

    # -- recordings ------------------------------------------------------------------

    def recording_sounds(self, credentials, ref, call_ref, answer):
        """Return where the sound is: at the address it is called by, or a known place.

        Only that place is sent the token. Whether an address may be asked at all is
        for the sender to check.
        """
        if re.match(r"https?://", ref):
            return [(ref, HttpRequest("GET", ref, timeout=SOUND_TIMEOUT))]
        template = credentials.settings.get("recording_url", "")
        if not ref or "{ref}" not in template or not urlsplit(template).netloc:
            raise PbxError("nowhere", "The address of recordings is not set.")
        url = template.replace("{ref}", quote(ref, safe=""))
        token = credentials.settings.get("recording_token", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return [(ref, HttpRequest("GET", url, headers=headers, timeout=SOUND_TIMEOUT))]

    def recording_home(self, credentials, ref=""):
        """Return the place that an administrator has named."""
        return credentials.settings.get("recording_url") or credentials.api_url

    # -- requests --------------------------------------------------------------------

    def check(self, credentials):
        """There is nothing to ask: this PBX only speaks."""
        return None


ADAPTER = Generic()
