"""Zadarma's requests to us: the check of the address, the signature, the answer.

The signatures written out here are those of `pbx-protocols`, computed with another
program; the payload files are tested in `test_payload_files`.
"""

import json

import pytest
from call_script import CUSTOMER, DID

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import signing
from telephony_crm.pbx.adapter import (
    Credentials,
    Decision,
    PayloadError,
    Request,
    SignatureError,
)

zadarma = pbx_adapter.get("zadarma")
SECRET = Credentials(api_key="key", api_secret="testsecret")
START = {
    "event": "NOTIFY_START",
    "caller_id": CUSTOMER,
    "called_did": DID,
    "call_start": "2026-01-15 10:15:00",
    "pbx_call_id": "in_1",
}


def signed(form, text, encode=signing.base64_of_hex):
    """Return a request with this form, signed over ``text``."""
    return Request(form=form, headers={"signature": encode("testsecret", text)})


# -- the check of the address ----------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="GET", query={"zd_echo": "a1-B2_c3"}),
        Request(method="POST", query={"zd_echo": "a1-B2_c3"}),
        Request(method="POST", form={"zd_echo": "a1-B2_c3"}),
        Request(
            method="POST",
            body=b"zd_echo=a1-B2_c3",
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
    ],
)
def test_echo_is_answered_with_the_token_alone(request_):
    response = zadarma.handshake(request_)
    assert (response.status, response.body) == (200, b"a1-B2_c3")
    assert response.content_type == "text/plain"


@pytest.mark.parametrize(
    "echo",
    [
        "",
        "a" * 201,
        "<script>alert(1)</script>",
        "a b",
        "a\r\nb",
        "ä",
        "a\n",
        '"',
        "a;b",
    ],
)
def test_echo_of_anything_else_is_refused_and_not_repeated(echo):
    response = zadarma.handshake(Request(method="GET", query={"zd_echo": echo}))
    assert response.status == 400
    assert not echo or echo.encode() not in response.body


def test_an_event_is_no_echo():
    assert zadarma.handshake(Request(form=START)) is None
    assert zadarma.handshake(Request(form={**START, "zd_echo": "abc"})) is None
    assert zadarma.handshake(Request(method="GET")) is None


# -- the signature ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "form, signature",
    [
        (START, "M2Y4NDQ0NzU4ZmMzZjczMTgzMDYzYmNiNjY4NjUyN2RhOGU0OGI1Ng=="),
        (START, "P4REdY/D9zGDBjvLZoZSfajki1Y="),
        (
            {
                "event": "NOTIFY_OUT_START",
                "internal": "100",
                "destination": DID,
                "call_start": "2026-01-15 10:15:00",
            },
            "YTRkYjc1ODM3ZDJiYjcyY2QwMzJlMmE5NjY1ZjgwZThiOWIzMjdjMA==",
        ),
        (
            {
                "event": "NOTIFY_RECORD",
                "pbx_call_id": "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d",
                "call_id_with_rec": "1458313316.343456",
            },
            "ZDgyNGVjMjllMTEwYzYxZWFhMmZmMDc1NDJjY2UzMzE2YjM4ZDA5ZA==",
        ),
        (
            {
                "event": "SMS",
                "result": '{"caller_id":"442037691880",'
                '"caller_did":"442037691881","text":"Hi"}',
            },
            "YjUzMGM5YWQwMjZhMDMzMjg3ZTkyZTlkNjYzZGQ3NzFiMTJiNzE5YQ==",
        ),
    ],
)
def test_published_signatures(form, signature):
    request = Request(form=form, headers={"signature": signature})
    zadarma.verify(request, SECRET)


def test_values_are_signed_exactly_as_received():
    form = {**START, "caller_id": f"+{CUSTOMER}"}
    zadarma.verify(signed(form, f"+{CUSTOMER}{DID}2026-01-15 10:15:00"), SECRET)
    with pytest.raises(SignatureError):
        zadarma.verify(signed(form, f"{CUSTOMER}{DID}2026-01-15 10:15:00"), SECRET)


def test_missing_field_is_signed_as_nothing():
    form = {name: value for name, value in START.items() if name != "caller_id"}
    zadarma.verify(signed(form, f"{DID}2026-01-15 10:15:00"), SECRET)


def test_signature_over_nothing_proves_nothing():
    for form in ({"event": "NOTIFY_START"}, {"event": "SMS"}, {}, {"event": "NEW"}):
        for encode in (signing.base64_of_hex, signing.base64_of_digest):
            with pytest.raises(SignatureError):
                zadarma.verify(signed(form, "", encode), SECRET)


def test_known_event_is_signed_in_its_own_way_only():
    form = {**START, "result": "x"}
    with pytest.raises(SignatureError):
        zadarma.verify(signed(form, "x"), SECRET)


@pytest.mark.parametrize("event", ["NOTIFY_SOMETHING_NEW", "DOCUMENT", ""])
def test_unknown_event_may_be_signed_in_any_known_way(event):
    form = {
        "event": event,
        "caller_id": "1",
        "called_did": "2",
        "call_start": "3",
        "destination": "4",
        "internal": "5",
        "pbx_call_id": "6",
        "call_id_with_rec": "7",
        "result": "8",
    }
    for text in ("123", "143", "543", "67", "8"):
        zadarma.verify(signed(form, text), SECRET)
    for text in ("12", "12345678", "321"):
        with pytest.raises(SignatureError):
            zadarma.verify(signed(form, text), SECRET)


@pytest.mark.parametrize(
    "event, text", [("SPEECH_RECOGNITION", "8"), ("SPEECH_RECOGNITION", "67")]
)
def test_ways_of_signing_that_the_vendor_does_not_tell_are_tried(event, text):
    form = {
        "event": event,
        "result": "8",
        "pbx_call_id": "6",
        "call_id_with_rec": "7",
    }
    zadarma.verify(signed(form, text), SECRET)


def test_without_a_secret_everything_is_refused():
    request = Request(form=START, headers={"signature": signing.base64_of_hex("", "x")})
    with pytest.raises(SignatureError) as error:
        zadarma.verify(request, Credentials())
    assert "secret" in error.value.message


@pytest.mark.parametrize("given", ["", " ", "x", "ä", "\udcff", "=" * 10_000])
def test_nonsense_for_a_signature_is_refused(given):
    with pytest.raises(SignatureError) as error:
        zadarma.verify(Request(form=START, headers={"signature": given}), SECRET)
    assert "testsecret" not in str(error.value)


# -- reading ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"caller_id": CUSTOMER},
        {**START, "event": ""},
        {**START, "event": "NOTIFY START"},
        {**START, "event": "x" * 65},
        {**START, "event": "NOTIFY_START\n"},
        {**START, "pbx_call_id": "x" * 129},
        {**START, "caller_id": "4420\0"},
        {**START, "caller_id": "4420\ud800"},
    ],
)
def test_what_cannot_be_stored_is_broken(form):
    with pytest.raises(PayloadError):
        zadarma.read(Request(form=form))


def test_what_makes_no_sense_is_stored_all_the_same():
    form = {**START, "call_start": "yesterday", "duration": "long"}
    notification = zadarma.read(Request(form=form))
    assert (notification.event, notification.call_ref) == ("NOTIFY_START", "in_1")
    assert notification.payload == form


def test_payload_holds_neither_signature_nor_secret():
    request = signed(START, f"{CUSTOMER}{DID}2026-01-15 10:15:00")
    notification = zadarma.read(request)
    assert notification.payload == START
    assert request.headers["signature"] not in json.dumps(notification.payload)


# -- answering -------------------------------------------------------------------------


def answer(decision, **form):
    """Return the status and the content of the answer to a notification."""
    notification = zadarma.read(Request(form={**START, **form}))
    response = zadarma.reply(notification, decision)
    if response.body:
        assert response.content_type == "application/json"
    return response.status, json.loads(response.body) if response.body else None


@pytest.mark.parametrize(
    "decision, told",
    [
        (None, None),
        (Decision(), None),
        (Decision(caller_name="Київ / J. Doe"), {"caller_name": "Kyiv / J. Doe"}),
        (Decision(caller_name="山田"), None),
        (Decision(extension="100"), {"redirect": "100", "return_timeout": 20}),
        (
            Decision(extension="489-100", return_seconds=0, caller_name="Ann"),
            {"redirect": "100", "return_timeout": 0, "caller_name": "Ann"},
        ),
        (
            Decision(extension="100", return_seconds=1),
            {"redirect": "100", "return_timeout": 3},
        ),
        (
            Decision(extension="100", return_seconds=45),
            {"redirect": "100", "return_timeout": 45},
        ),
        (Decision(extension="+33478323232"), None),
        (Decision(extension="blacklist"), None),
        (
            Decision(blocked=True, extension="100", caller_name="Ann"),
            {"redirect": "blacklist"},
        ),
    ],
)
def test_new_call_is_answered_with_the_decision(decision, told):
    assert answer(decision) == (200, told)


@pytest.mark.parametrize("event", ["NOTIFY_INTERNAL", "NOTIFY_END", "SMS", "NEW"])
def test_everything_else_is_answered_with_nothing(event):
    assert answer(Decision(extension="100"), event=event) == (200, None)


def test_name_in_the_answer_is_ascii_without_line_breaks():
    name = 'Ünïcode\r\nInjected: "x"' * 20
    notification = zadarma.read(Request(form=START))
    body = zadarma.reply(notification, Decision(caller_name=name)).body
    told = json.loads(body)["caller_name"]
    assert body.isascii() and told.isprintable() and len(told) <= 40
