"""What every payload file promises by being there, for every adapter alike.

A file that says what is signed is attacked by itself: nothing has to be written for
a new adapter but its files.
"""

import dataclasses
import itertools
import json
import random

import pytest

from telephony_crm.pbx.adapter import Notification, SignatureError
from telephony_crm.pbx.call_state import fold


def changed(payload, header=None, **values):
    """Return the payload's request with another signature, or other fields."""
    headers = dict(payload.request.headers)
    if header is not None:
        headers[payload.signature_header] = header
    found = {**payload.fields, **values}
    if payload.is_json:
        body, form = json.dumps(found).encode(), {}
    else:
        body, form = b"", found
    return dataclasses.replace(payload.request, headers=headers, form=form, body=body)


def forged(payload, name):
    """Return the request with each byte flipped of a signed field, header or body."""
    request = payload.request
    if name == "body":
        text = request.body.decode()
        for position in range(len(text)):
            body = flipped(text, position).encode()
            yield dataclasses.replace(request, body=body)
    elif name in request.headers:
        value = request.headers[name]
        for position in range(len(value)):
            headers = {**request.headers, name: flipped(value, position)}
            yield dataclasses.replace(request, headers=headers)
    else:
        value = payload.fields[name]
        for position in range(len(value)):
            yield changed(payload, **{name: flipped(value, position)})


def flipped(text, position):
    """Return ``text`` with one bit of one character flipped."""
    return text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]


def test_file_names_its_source(payload):
    assert len(payload.source) > 20


def test_signature_is_accepted(payload):
    payload.adapter.verify(payload.request, payload.credentials)


def test_missing_signature_is_refused(signed_payload):
    headers = dict(signed_payload.request.headers)
    name = signed_payload.signature_header
    del headers[name]
    for given in (headers, {**headers, name: ""}):
        request = dataclasses.replace(signed_payload.request, headers=given)
        with pytest.raises(SignatureError):
            signed_payload.adapter.verify(request, signed_payload.credentials)


def test_every_flipped_byte_of_the_signature_is_refused(signed_payload):
    signature = signed_payload.request.headers[signed_payload.signature_header]
    for position in range(len(signature)):
        request = changed(signed_payload, flipped(signature, position))
        with pytest.raises(SignatureError):
            signed_payload.adapter.verify(request, signed_payload.credentials)


def test_every_flipped_byte_of_a_signed_field_is_refused(signed_payload):
    for name in signed_payload.signed:
        for request in forged(signed_payload, name):
            with pytest.raises(SignatureError):
                signed_payload.adapter.verify(request, signed_payload.credentials)


@pytest.mark.parametrize("secret", ["", "testsecres", "testsecret "])
def test_other_secret_is_refused(signed_payload, secret):
    credentials = dataclasses.replace(signed_payload.credentials, api_secret=secret)
    with pytest.raises(SignatureError):
        signed_payload.adapter.verify(signed_payload.request, credentials)


def test_is_read_as_the_file_says(payload):
    notification = payload.adapter.read(payload.request)
    wanted = {name: payload.expects[name] for name in FACTS}
    assert {name: getattr(notification, name) for name in FACTS} == wanted
    events = [plain(event) for event in payload.events()]
    expected = [
        {"observed_at": payload.received_at.isoformat(), **event}
        for event in payload.expects["events"]
    ]
    assert events == expected


FACTS = ("event", "call_ref", "known", "wants_decision")


def plain(event):
    """Return what an event says, as it is written in a payload file."""
    said = {}
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if value != field.default or field.name in ("kind", "call_ref"):
            said[field.name] = getattr(value, "isoformat", lambda v=value: v)()
        elif field.name == "number" and event.did:
            said[field.name] = ""  # a hidden caller is something said
    return said


def test_repeat_adds_nothing(payload):
    first = payload.adapter.read(payload.request)
    again = payload.adapter.read(changed(payload))
    assert isinstance(first, Notification)
    assert first.key == again.key
    assert payload.events() == payload.events()
    if payload.events():
        assert fold(payload.events() * 3) == fold(payload.events())


def test_every_changed_field_is_another_notification(payload):
    key = payload.adapter.read(payload.request).key
    for name, value in payload.fields.items():
        if name == "event" or not value:
            continue
        if payload.identity and name not in payload.identity:
            continue
        request = changed(payload, **{name: flipped(value, len(value) - 1)})
        assert payload.adapter.read(request).key != key, name


def test_shuffle_ends_in_the_same_call(payload, all_payloads):
    """All files of one call, in many orders and with repeats, are one call."""
    events = [
        event
        for other in all_payloads
        if other.expects["call_ref"] == payload.expects["call_ref"]
        for event in other.events()
    ]
    if not events:
        return
    call = fold(events)
    chance = random.Random(1)
    orders = list(itertools.islice(itertools.permutations(events), 24))
    orders += [chance.sample(events, len(events)) for _ in range(24)]
    for order in orders:
        assert fold([*order, *chance.choices(events, k=3)]) == call
