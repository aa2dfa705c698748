"""Zadarma's payloads that are odd, and those that are broken."""

from datetime import datetime

import pytest
from call_script import CUSTOMER, DID, START, event

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import Account, PayloadError

zadarma = pbx_adapter.get("zadarma")
PARTIES = {"caller_id": CUSTOMER, "called_did": DID, "pbx_call_id": "in_1"}
OUT = {"internal": "100", "destination": CUSTOMER, "pbx_call_id": "out_1"}


def only(at, name, **fields):
    """Return the one event of a notification."""
    (found,) = event(at, name, **fields)
    return found


@pytest.mark.parametrize(
    "tz, started",
    [
        ("UTC", datetime(2026, 1, 15, 10, 15)),
        ("UTC+2", datetime(2026, 1, 15, 8, 15)),
        ("Europe/Kyiv", datetime(2026, 1, 15, 8, 15)),
        ("America/New_York", datetime(2026, 1, 15, 15, 15)),
    ],
)
def test_call_start_is_in_the_accounts_time_zone(tz, started):
    payload = {"event": "NOTIFY_START", "call_start": str(START), **PARTIES}
    (found,) = zadarma.events(payload, Account(tz=tz), datetime(2026, 1, 15, 16))
    assert found.started_at == started


@pytest.mark.parametrize(
    "internal", ["100", "489-100", "499499-100", "489*100", " 100"]
)
def test_extension_is_the_same_in_all_spellings(internal):
    assert only(1, "NOTIFY_INTERNAL", internal=internal, **PARTIES).extension == "100"


@pytest.mark.parametrize("internal", ["", "0", CUSTOMER, "0-main"])
def test_what_is_no_extension_is_none(internal):
    assert only(1, "NOTIFY_INTERNAL", internal=internal, **PARTIES).extension == ""


def test_optional_fields_may_be_missing():
    found = only(1, "NOTIFY_END", **PARTIES)
    assert (found.talk_seconds, found.disposition, found.hangup_cause) == (None,) * 3
    assert (found.recorded, found.recording_ref, found.extension) == (None, "", "")


@pytest.mark.parametrize(
    "raw, disposition",
    [
        ("answered", "answered"),
        ("ANSWERED", "answered"),
        ("cancel", "cancelled"),
        ("no answer", "no_answer"),
        ("busy", "busy"),
        ("failed", "failed"),
        ("call failed", "failed"),
        ("no money", "failed"),
        ("unallocated number", "failed"),
        ("no limit", "failed"),
        ("no day limit", "failed"),
        ("line limit", "failed"),
        ("no money, no limit", "failed"),
        ("Something New", "failed"),
    ],
)
def test_every_disposition_is_kept_as_the_pbx_says_it(raw, disposition):
    found = only(1, "NOTIFY_END", disposition=raw, **PARTIES)
    assert (found.disposition, found.raw_disposition) == (disposition, raw)


@pytest.mark.parametrize("cause", ["", "x", "16 Normal", "-1", "1" * 50])
def test_cause_that_is_no_number_is_unknown(cause):
    assert only(1, "NOTIFY_END", status_code=cause, **PARTIES).hangup_cause is None


def test_number_shown_to_the_customer_is_the_company_number():
    assert only(1, "NOTIFY_OUT_END", caller_id=DID, **OUT).did == DID
    assert only(1, "NOTIFY_OUT_END", caller_id="100", **OUT).did == ""


@pytest.mark.parametrize(
    "name",
    ["SMS", "CALL_TRACKING", "NUMBER_LOOKUP", "SPEECH_RECOGNITION", "DOCUMENT"]
    + ["NOTIFY_INTERNAL_END", "NOTIFY_SOMETHING_NEW", ""],
)
def test_what_is_not_about_a_call_tells_nothing(name):
    assert event(1, name, result="{}", **PARTIES) == []


@pytest.mark.parametrize(
    "name, fields",
    [
        ("NOTIFY_START", {**PARTIES, "call_start": ""}),
        ("NOTIFY_START", {**PARTIES, "call_start": "15.01.2026 10:15"}),
        ("NOTIFY_START", {**PARTIES, "call_start": "2026-13-15 10:15:00"}),
        ("NOTIFY_START", {**PARTIES, "call_start": "0001-01-01 00:00:00 "}),
        ("NOTIFY_START", {**PARTIES, "pbx_call_id": ""}),
        ("NOTIFY_END", {**PARTIES, "duration": "long"}),
        ("NOTIFY_END", {**PARTIES, "duration": "-5"}),
        ("NOTIFY_END", {**PARTIES, "duration": "1e3"}),
        ("NOTIFY_END", {**PARTIES, "duration": "9" * 30}),
        ("NOTIFY_OUT_END", {**OUT, "duration": "1.5"}),
        ("NOTIFY_RECORD", {"pbx_call_id": "in_1"}),
        ("NOTIFY_RECORD", {"pbx_call_id": "in_1", "call_id_with_rec": "x" * 200}),
        ("NOTIFY_RECORD", {"call_id_with_rec": "1.1"}),
    ],
)
def test_what_makes_no_sense_is_said_in_a_short_sentence(name, fields):
    with pytest.raises(PayloadError) as error:
        event(1, name, **fields)
    assert 0 < len(error.value.message) < 120
    assert "\n" not in error.value.message


def test_account_in_a_zone_that_does_not_exist_is_said():
    payload = {"event": "NOTIFY_START", "call_start": str(START), **PARTIES}
    with pytest.raises(PayloadError) as error:
        zadarma.events(payload, Account(tz="Mars/Phobos"), START)
    assert "Mars/Phobos" in error.value.message


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": "b"}])
def test_payload_with_other_types_than_text_is_broken(value):
    for name in ("caller_id", "call_start", "pbx_call_id", "duration", "internal"):
        payload = {"event": "NOTIFY_END", "call_start": str(START), **PARTIES}
        with pytest.raises(PayloadError):
            zadarma.events({**payload, name: value}, Account(), START)
