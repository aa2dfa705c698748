"""How Zadarma signs what it posts.

Sources as in ``adapters/zadarma.py``.
"""

from __future__ import annotations

from . import forms, signing
from .errors import SignatureError

INCOMING = ("caller_id", "called_did", "call_start")
ANSWER = ("caller_id", "destination", "call_start")
OUTGOING = ("internal", "destination", "call_start")
RECORDING = ("pbx_call_id", "call_id_with_rec")
RESULT = ("result",)
ALL = (INCOMING, ANSWER, OUTGOING, RECORDING, RESULT)

#: The fields whose values, joined, are signed; where the vendor does not say,
#: those that may be.
SIGNED = {
    "NOTIFY_START": (INCOMING,),
    "NOTIFY_INTERNAL": (INCOMING,),
    "NOTIFY_END": (INCOMING,),
    "NOTIFY_IVR": (INCOMING,),
    "NOTIFY_ANSWER": (ANSWER,),
    "NOTIFY_OUT_START": (OUTGOING,),
    "NOTIFY_OUT_END": (OUTGOING,),
    "NOTIFY_RECORD": (RECORDING,),
    "SMS": (RESULT,),  # reported, as the next two
    "CALL_TRACKING": (RESULT,),
    "NUMBER_LOOKUP": (RESULT,),
    "NOTIFY_INTERNAL_END": (INCOMING,),  # reported
    "SPEECH_RECOGNITION": (RESULT, RECORDING, ("pbx_call_id", "call_id"), ("call_id",)),
    "DOCUMENT": ALL,
}


def check(request, api_secret: str) -> None:
    """Check the ``Signature`` header: base64 of HMAC-SHA1 under the API secret.

    The vendor's PHP client covers the hexadecimal text, its TypeScript client the raw
    digest, so either is taken. It covers the parties and the time at which the call
    began, but neither the event's name nor the call's id or result: it proves who
    sent it once, not that it is news.

    :raises SignatureError: it is missing or wrong, or there is no secret
    """
    given = request.headers.get("signature", "").strip()
    if not api_secret:
        raise SignatureError(
            "no_secret", "There is no API secret to check events with."
        )
    if not given:
        raise SignatureError("unsigned", "The event has no signature.")
    found = forms.fields(request)
    texts = {
        "".join(found.get(name, "") for name in names)
        for names in SIGNED.get(found.get("event", ""), ALL)
    }
    expected = [
        encode(api_secret, text)
        for text in sorted(texts - {""})  # a signature over nothing proves nothing
        for encode in (signing.base64_of_hex, signing.base64_of_digest)
    ]
    if not signing.is_any_of(given, expected):
        raise SignatureError("wrong_signature", "The signature of the event is wrong.")
