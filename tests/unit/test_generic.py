"""Our own event format: what is let in, what is read, what is answered."""

import dataclasses
import json
from datetime import datetime, timedelta

import pytest

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import event_format, signing
from telephony_crm.pbx.adapter import (
    Account,
    Credentials,
    Decision,
    PayloadError,
    PbxError,
    Request,
    SignatureError,
)
from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import CallEvent, Direction, Disposition, EventKind

generic = pbx_adapter.get("generic")
KEY = Credentials(api_secret="testsecret")
NOW = datetime(2026, 1, 15, 10, 15, 1)
EVENT = {
    "id": "1",
    "event": "started",
    "call_ref": "7",
    "occurred_at": "2026-01-15T10:15:00Z",
    "direction": "inbound",
    "number": "+442037691880",
}


def signed(body=None, sent="1768472100", nonce="0123456789", secret="testsecret"):
    """Return a request as a sender makes it."""
    body = json.dumps(EVENT).encode() if body is None else body
    text = f"{sent}.{nonce}.".encode() + body
    return Request(
        headers={
            "content-type": "application/json",
            "x-telephony-time": sent,
            "x-telephony-nonce": nonce,
            "x-telephony-signature": signing.hmac_sha256_hex(secret, text),
        },
        body=body,
        received_at=NOW,
    )


def without(request, name):
    headers = {key: value for key, value in request.headers.items() if key != name}
    return dataclasses.replace(request, headers=headers)


def read(**values):
    body = json.dumps({**EVENT, **values}).encode()
    return generic.read(Request(body=body, received_at=NOW))


def event(**values):
    (found,) = generic.events(read(**values).payload, Account(), NOW)
    return found


# -- what is let in --------------------------------------------------------------------


def test_signature_is_hmac_sha256_over_time_nonce_and_body():
    body = b'{"id":"1"}'
    # echo -n '1768472100.0123456789.{"id":"1"}' | openssl dgst -sha256 -hmac testsecret
    known = "ee2f2925289adac18d7977bb9488be518cae822c954cd120c4b595ac6ef67b99"
    request = signed(body)
    assert request.headers["x-telephony-signature"] == known
    generic.verify(request, KEY)


@pytest.mark.parametrize("name", ["time", "nonce", "signature"])
def test_request_without_one_of_its_headers_is_refused(name):
    with pytest.raises(SignatureError) as error:
        generic.verify(without(signed(), f"x-telephony-{name}"), KEY)
    assert error.value.message


@pytest.mark.parametrize(
    "sent", ["", "soon", "-5", "1e9", "1" * 12, "１７６８４７２１００"]
)
def test_time_that_is_none_is_refused(sent):
    with pytest.raises(SignatureError):
        generic.verify(signed(sent=sent), KEY)


@pytest.mark.parametrize("nonce", ["", "short", "x" * 129, "with a space"])
def test_nonce_that_is_none_is_refused(nonce):
    with pytest.raises(SignatureError):
        generic.verify(signed(nonce=nonce), KEY)


@pytest.mark.parametrize(
    "off, allowed", [(-301, False), (-299, True), (0, True), (299, True), (301, False)]
)
def test_request_is_of_now_whenever_the_event_was(off, allowed):
    body = json.dumps({**EVENT, "occurred_at": "2020-01-01T00:00:00Z"}).encode()
    sent = str(1768472101 + off)
    if allowed:
        generic.verify(signed(body, sent), KEY)
        return
    with pytest.raises(SignatureError) as error:
        generic.verify(signed(body, sent), KEY)
    assert "clock" in error.value.message


def test_stale_request_with_a_wrong_signature_learns_nothing_of_the_clock():
    with pytest.raises(SignatureError) as error:
        generic.verify(signed(sent="1", secret="other"), KEY)
    assert error.value.message == "The signature of the event is wrong."


def test_nothing_is_let_in_without_a_secret():
    with pytest.raises(SignatureError):
        generic.verify(signed(secret=""), Credentials())


def test_form_is_refused_in_words():
    request = dataclasses.replace(signed(), form={"{": ""}, body=b"")
    with pytest.raises(SignatureError) as error:
        generic.verify(request, KEY)
    assert "application/json" in error.value.message


def test_event_is_the_same_whatever_its_request_was():
    again = {"number": "+442037691880", "occurred_at": "2026-01-15T11:15:00+01:00"}
    assert read().key == read(**again).key
    assert read().key != read(id="2").key


# -- what is read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"id": NaN}'],
)
def test_body_that_is_no_object_is_refused_in_words(body):
    with pytest.raises(PayloadError) as error:
        generic.read(Request(body=body))
    assert "JSON" in error.value.message


@pytest.mark.parametrize(
    "values, word",
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 129}, "128"),
        ({"id": "a\0"}, "stored"),
        ({"id": "\ud800"}, "stored"),
        ({"event": "begun"}, "ringing"),
        ({"event": ["started"]}, "ringing"),
        ({"call_ref": None}, "call_ref"),
        ({"occurred_at": "2026-01-15 10:15:00"}, "2026-01-15T10:15:00Z"),
        ({"occurred_at": "2026-02-30T10:15:00Z"}, "no such time"),
        ({"occurred_at": "0001-01-01T00:00:00+10:00"}, "no such time"),
        ({"occurred_at": 1768472100}, "occurred_at"),
        ({"direction": "in"}, "inbound"),
        ({"talk_seconds": "31"}, "whole number"),
        ({"talk_seconds": 31.5}, "whole number"),
        ({"talk_seconds": True}, "whole number"),
        ({"talk_seconds": -1}, "from 0"),
        ({"talk_seconds": 10**7}, "9999999"),
        ({"hangup_cause": 128}, "127"),
        ({"recorded": 1}, "true or false"),
        ({"extension": "one hundred"}, "extension"),
        ({"extension": "x" * 33}, "32"),
        ({"talkseconds": 31}, "talkseconds"),
        ({"<b>\n": 31}, "<b>"),
        ({"event": "ringing"}, "leg"),
        ({"event": "left"}, "leg"),
        ({"event": "recording"}, "recording_ref"),
        ({"event": "ended", "disposition": "answered_elsewhere"}, "leg"),
    ],
)
def test_wrong_field_is_named(values, word):
    with pytest.raises(PayloadError) as error:
        read(**values)
    assert word in error.value.message
    assert "\n" not in error.value.message
    assert len(error.value.message) < 200


@pytest.mark.parametrize(
    "name", ["id", "event", "call_ref", "occurred_at", "direction"]
)
def test_missing_field_is_named(name):
    body = {key: value for key, value in EVENT.items() if key != name}
    with pytest.raises(PayloadError) as error:
        generic.read(Request(body=json.dumps(body).encode()))
    assert name in error.value.message


@pytest.mark.parametrize(
    "text, at",
    [
        ("2026-01-15T10:15:00Z", "2026-01-15T10:15:00"),
        ("2026-01-15t10:15:00z", "2026-01-15T10:15:00"),
        ("2026-01-15T12:15:00+02:00", "2026-01-15T10:15:00"),
        ("2026-01-14T23:45:00-10:30", "2026-01-15T10:15:00"),
        ("2026-01-15T10:15:00.5Z", "2026-01-15T10:15:00.500000"),
        ("2026-01-15T10:15:00.123456789Z", "2026-01-15T10:15:00.123456"),
    ],
)
def test_times_in_every_spelling(text, at):
    assert event(occurred_at=text).occurred_at == datetime.fromisoformat(at)


def test_hidden_caller_has_no_number():
    for number in ("", "anonymous", "0"):
        assert event(number=number).number == ""


def test_record_is_confirmed_unless_told_otherwise():
    assert event(event="record", extension="100").confirmed
    assert not event(event="record", extension="100", confirmed=False).confirmed
    assert not event(event="ended").confirmed
    assert event(event="ended", confirmed=True).confirmed


@pytest.mark.parametrize(
    "values, waits",
    [({}, True), ({"direction": "outbound"}, False), ({"event": "ended"}, False)],
)
def test_pbx_waits_for_an_answer_to_a_call_that_came_in(values, waits):
    assert read(**values).wants_decision is waits


# -- what is answered ------------------------------------------------------------------


@pytest.mark.parametrize(
    "decision, said",
    [
        (None, {"action": "continue"}),
        (Decision(), {"action": "continue", "name": ""}),
        (Decision(caller_name="Олена"), {"action": "continue", "name": "Олена"}),
        (
            Decision(caller_name="Jane", extension="100", return_seconds=20),
            {
                "action": "redirect",
                "name": "Jane",
                "extension": "100",
                "return_seconds": 20,
            },
        ),
        (Decision(blocked=True, extension="100"), {"action": "reject", "name": ""}),
    ],
)
def test_answer_to_a_new_call(decision, said):
    answer = generic.reply(read(), decision)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == said


def test_answer_to_all_else_is_empty():
    found = read(event="ended")
    assert json.loads(generic.reply(found, Decision(extension="100")).body) == {}


# -- recordings ------------------------------------------------------------------------

PLACE = {"recording_url": "https://pbx.example/r/{ref}", "recording_token": "t0ken"}


def test_recording_is_fetched_from_the_address_that_names_it():
    key = dataclasses.replace(KEY, settings=PLACE)
    url = "https://elsewhere.example/1.wav"
    [(ref, sound)] = generic.recording_sounds(key, url, "7", {})
    assert (ref, sound.url, sound.headers) == (url, url, {})


def test_recording_is_fetched_from_its_place_with_the_token():
    key = dataclasses.replace(KEY, settings=PLACE)
    [(ref, sound)] = generic.recording_sounds(key, "../a b?c", "7", {})
    assert ref == "../a b?c"
    assert sound.url == "https://pbx.example/r/..%2Fa%20b%3Fc"
    assert sound.headers == {"Authorization": "Bearer t0ken"}
    assert "t0ken" not in repr(sound)


@pytest.mark.parametrize(
    "settings",
    [{}, {"recording_url": "https://x.example/"}, {"recording_url": "{ref}"}],
)
def test_recording_without_a_place_says_so(settings):
    key = dataclasses.replace(KEY, settings=settings)
    with pytest.raises(PbxError) as error:
        generic.recording_sounds(key, "1.wav", "7", {})
    assert "address" in error.value.message


def test_nobody_is_asked_where_a_recording_is():
    assert generic.recording_link(KEY, "1", "7") is None
    assert generic.check(KEY) is None


def test_times_are_those_of_the_event_and_not_of_the_request():
    late = NOW + timedelta(days=2)
    (found,) = generic.events(read().payload, Account(), late)
    assert (found.occurred_at, found.observed_at) == (
        datetime(2026, 1, 15, 10, 15),
        late,
    )


def test_merged_call_names_the_call_that_it_is_part_of():
    event = {"event": "merged", "direction": None, "number": None}
    told = {name: value for name, value in EVENT.items() if name not in event}
    for refs in ({}, {"parent_ref": ""}, {"parent_ref": "7"}):
        with pytest.raises(PayloadError, match="parent_ref"):
            generic.read(
                Request(body=json.dumps({**told, **refs, "event": "merged"}).encode())
            )
    merged = event_format.to_event({**told, "event": "merged", "parent_ref": "6"}, NOW)
    begun = event_format.to_event(EVENT, NOW)
    for events in ([merged], [begun, merged], [merged, begun, merged]):
        assert fold(events).merged_into == "6"
    assert fold([begun]).merged_into == ""


def test_a_guess_yields_to_the_records_and_holds_without_them():
    guess = {"direction": "internal", "number": "101", "dialled_by": "100"}
    told = [
        read(id=kind, event=kind, guessed=True, **guess).payload
        for kind in ("started", "ended")
    ]
    events = [event for one in told for event in generic.events(one, Account(), NOW)]
    assert (fold(events).direction, fold(events).number) == ("internal", "101")
    record = CallEvent(
        EventKind.RECORD,
        "7",
        observed_at=NOW,
        started_at=NOW - timedelta(seconds=30),
        disposition=Disposition.ANSWERED,
        talk_seconds=20,
        extension="100",
        dialled_by="100",
        called="+442037691880",
        direction_hint=Direction.OUTBOUND,
        confirmed=True,
    )
    call = fold([*events, record])
    assert (call.direction, call.number) == ("outbound", "+442037691880")
    assert call.disposition == "answered"
