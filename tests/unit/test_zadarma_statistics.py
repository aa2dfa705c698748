"""Zadarma's own rows of its calls: how they are asked for, and what they say."""

import json
from datetime import datetime, timedelta

import pytest
from conftest import PAYLOADS
from openapi_check import differences, schema_of, specification
from test_payload_files import plain
from test_zadarma_requests import THIRD_PARTY

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import zadarma_statistics
from telephony_crm.pbx.adapter import Account, PayloadError, PbxError

zadarma = pbx_adapter.get("zadarma")
UTC = Account(tz="UTC", country="GB")
NIGHT = datetime(2026, 1, 16, 3)
ANSWERS = sorted((PAYLOADS / "zadarma" / "answers").glob("statistics*.json"))


def row(**values):
    """Return a row as the vendor's example spells it, with other values."""
    usual = {
        "call_id": "1439981389.2702773",
        "sip": 100,
        "callstart": "2026-01-15 10:15:00",
        "clid": 442037691880,
        "destination": 100,
        "disposition": "answered",
        "seconds": 31,
        "is_recorded": True,
        "pbx_call_id": "in_1",
    }
    return {**usual, **values}


def notification(**values):
    (found,) = zadarma.statistics_rows({"stats": [row(**values)]})
    return found


def read(**values):
    (event,) = zadarma.events(notification(**values).payload, UTC, NIGHT)
    return event


# -- asking ----------------------------------------------------------------------------


def test_request_is_signed_for_all_directions():
    day = datetime(2026, 1, 15)
    request = zadarma.statistics(THIRD_PARTY, UTC, day, day + timedelta(days=1))
    assert request.url == "https://api.zadarma.com/v1/statistics/pbx/"
    assert request.params == {
        "start": "2026-01-15 00:00:00",
        "end": "2026-01-16 00:00:00",
        "version": "2",
        "skip": "0",
        "limit": "1000",
    }
    # Made with the npm package `zadarma` 1.1.2.
    signature = "YzFlY2M4MjRlNGU4OWFlYjY5MTVhZTA2OWMyY2EzNTY4MzgwYWY4NA=="
    assert request.headers["Authorization"] == f"key:{signature}"


def test_pages_are_skipped():
    day = datetime(2026, 1, 15)
    request = zadarma.statistics(THIRD_PARTY, UTC, day, day, skip=2000)
    assert request.params["skip"] == "2000"


def test_pace_and_size_are_the_vendors():
    assert zadarma.statistics_a_minute == 3
    assert zadarma.statistics_limit == 1000
    assert zadarma.statistics_days <= 31


@pytest.mark.parametrize(
    "tz, start, end, first, last",
    [
        ("UTC+2", "01-15T10:00", "01-15T11:00", "01-15 12:00", "01-15 13:00"),
        ("Europe/Kyiv", "01-15T10:00", "07-15T10:00", "01-15 12:00", "07-15 13:00"),
        # 25 October 2026, 01:00 UTC: the hour from 3:00 to 4:00 comes twice.
        ("Europe/Kyiv", "10-25T00:30", "10-25T02:30", "10-25 02:30", "10-25 04:30"),
        ("Europe/Kyiv", "10-24T23:30", "10-25T00:30", "10-25 02:30", "10-25 04:30"),
        ("Europe/Kyiv", "10-25T01:30", "10-25T03:30", "10-25 02:30", "10-25 05:30"),
        ("Europe/Kyiv", "03-29T00:30", "03-29T01:30", "03-29 02:30", "03-29 04:30"),
    ],
)
def test_period_is_on_the_accounts_clock(tz, start, end, first, last):
    start, end = (datetime.fromisoformat(f"2026-{at}") for at in (start, end))
    found = zadarma_statistics.period(start, end, tz)
    assert found == (f"2026-{first}:00", f"2026-{last}:00")


SHORTENED = [
    ({}, (0, 0)),
    ({"start": "2026-02-10 02:00:00", "end": "2026-02-20 02:00:00"}, (0, 0)),
    ({"start": "2026-02-12 02:00:00", "end": "2026-02-20 02:00:00"}, (2, 0)),
    ({"start": "2026-02-10 02:00:00", "end": "2026-02-19 02:00:00"}, (0, -1)),
    ({"start": "2026-02-01 00:00:00", "end": "2026-03-01 00:00:00"}, (0, 0)),
    ({"start": "2026-02-12", "end": None}, (0, 0)),
]


@pytest.mark.parametrize(("answer", "days"), SHORTENED)
def test_an_answer_is_about_the_period_that_it_says(answer, days):
    asked = datetime(2026, 2, 10), datetime(2026, 2, 20)
    found = zadarma_statistics.answered(answer, *asked, "Europe/Kyiv")
    assert found == tuple(
        at + timedelta(days=number) for at, number in zip(asked, days, strict=True)
    )


def test_of_an_hour_that_is_repeated_too_little_is_taken_as_read():
    """Three o'clock is one hour after midnight UTC, or no hour after it."""
    asked = datetime(2026, 10, 1), datetime(2026, 10, 31)
    said = {"start": "2026-10-25 03:30:00", "end": "2026-10-25 03:30:00"}
    first, last = zadarma_statistics.answered(said, *asked, "Europe/Kyiv")
    assert first == datetime(2026, 10, 25, 1, 30)
    assert last == datetime(2026, 10, 25, 0, 30)


def test_zone_that_is_none_is_one_plain_sentence():
    with pytest.raises(PbxError) as error:
        zadarma.statistics(THIRD_PARTY, Account(tz="Mars/X"), NIGHT, NIGHT)
    assert "Mars/X" in error.value.message


# -- reading ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_answer_is_read_as_the_file_says(path):
    data = json.loads(path.read_text())
    assert len(data["source"]) > 20
    received_at = datetime.fromisoformat(data["received_at"])
    events = [
        plain(event)
        for found in zadarma.statistics_rows(data["answer"])
        for event in zadarma.events(
            found.payload, Account(**data["account"]), received_at
        )
    ]
    assert events == [
        {"observed_at": data["received_at"], **event} for event in data["expects"]
    ]


def test_file_in_the_vendors_spelling_is_what_the_vendor_describes():
    spec = specification("zadarma_openapi.json")
    schema = schema_of(spec, "GET", "/v1/statistics/pbx")
    (path,) = (path for path in ANSWERS if path.stem == "statistics")
    assert differences(json.loads(path.read_text())["answer"], schema) == []


def test_rows_are_notifications_of_their_calls():
    found = notification()
    assert (found.event, found.call_ref, found.known) == ("STATISTICS", "in_1", True)
    assert not found.wants_decision
    assert json.loads(json.dumps(found.payload)) == found.payload


def test_row_has_the_same_key_whatever_was_corrected_in_it():
    key = notification().key
    corrected = {"seconds": 32, "is_recorded": False, "disposition": "busy", "clid": 1}
    assert notification(**corrected).key == key
    assert notification(call_id=1439981389.2702773).key == key
    for other in (
        {"call_id": "2"},
        {"pbx_call_id": "in_2"},
        {"destination": 101},
        {"callstart": "2026-01-15 11:00:00"},
    ):
        assert notification(**other).key != key


def test_row_without_a_call_is_told_as_such():
    assert notification(pbx_call_id=None).call_ref == ""
    assert notification(pbx_call_id="x" * 200).call_ref == ""


@pytest.mark.parametrize("answer", [{}, {"stats": None}, {"stats": {"0": {}}}])
def test_answer_without_rows_is_nonsense(answer):
    with pytest.raises(PbxError) as error:
        zadarma.statistics_rows(answer)
    assert error.value.code == "nonsense"


def test_rows_that_are_none_are_left_out_and_hold_up_no_other():
    answer = {"stats": [None, "row", ["row"], row()]}
    assert [found.call_ref for found in zadarma.statistics_rows(answer)] == ["in_1"]


def test_whatever_a_row_holds_can_be_stored():
    values = {"clid": "a\0b\ud800", "x": [1], "y": float("nan"), "z": None, "n": 2.5}
    found = notification(**values).payload
    assert json.dumps(found, allow_nan=False)
    assert (found["row"]["clid"], found["row"]["n"]) == ("ab", 2.5)


@pytest.mark.parametrize(
    "values",
    [
        {"callstart": "yesterday"},
        {"callstart": None},
        {"seconds": "many"},
        {"seconds": -1},
        {"seconds": ""},
        {"pbx_call_id": ""},
    ],
)
def test_broken_row_is_refused_in_words(values):
    with pytest.raises(PayloadError) as error:
        read(**values)
    assert error.value.message


def test_posted_form_cannot_pass_for_statistics():
    """What is signed in a webhook does not cover the event's name."""
    form = {"event": "STATISTICS", "row": json.dumps(row()), **row(sip="100")}
    form = {name: str(value) for name, value in form.items()}
    found = zadarma.read(pbx_adapter.Request(form=form))
    assert not found.known
    assert zadarma.events(found.payload, UTC, NIGHT) == []


@pytest.mark.parametrize("seconds", [31, "31", 31.0, "31.4"])
def test_seconds_in_every_spelling(seconds):
    assert read(seconds=seconds).talk_seconds == 31


@pytest.mark.parametrize(
    "recorded, said",
    [(True, True), ("true", True), (1, True), ("1", True), (False, False), (0, False),
     ("false", False), (None, None), ("", None)],
)  # fmt: skip
def test_recorded_in_every_spelling(recorded, said):
    event = read(is_recorded=recorded)
    assert event.recorded is said
    assert event.recording_ref == ("1439981389.2702773" if said else "")


def test_id_that_came_as_a_number_is_not_certain():
    """A JSON number has lost the zeros at its end, and may have lost more."""
    event = read(call_id=1439981389.270277)
    assert (event.recorded, event.recording_ref) == (True, "")


@pytest.mark.parametrize(
    "raw, said",
    [("answered", "answered"), ("Answered", "answered"), ("busy", "busy"),
     ("cancel", "cancelled"), ("no answer", "no_answer"), ("call failed", "failed"),
     ("no money", "failed"), ("unallocated number", "failed"), ("line limit", "failed"),
     ("", None)],
)  # fmt: skip
def test_dispositions(raw, said):
    assert read(disposition=raw).disposition == said


# -- who is who ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "clid, caller",
    [
        (442037691880, "442037691880"),
        ("+442037691880", "+442037691880"),
        ("Jane (442037691880)", "442037691880"),
        ('"Jane" <+442037691880>', "+442037691880"),
        ('"Jane (Acme)" <442037691880>', "442037691880"),
        ("Jane <Acme> (442037691880)", "442037691880"),
        ("+44 20 3769 1880", "+44 20 3769 1880"),
        (0, ""),
        ("0", ""),
        ("", ""),
        (None, ""),
        ("anonymous", ""),
        ("Anonymous (0)", ""),
        ('"Unknown" <anonymous>', ""),
    ],
)
def test_callers_in_every_spelling(clid, caller):
    assert read(clid=clid).caller == caller


@pytest.mark.parametrize(
    "values, said",
    [
        # the extension is told twice, once, or with the account's number
        ({}, {"extension": "100"}),
        ({"sip": "489-100", "destination": "489-100"}, {"extension": "100"}),
        ({"sip": 499499, "destination": 101}, {"extension": "101"}),
        ({"sip": "00001", "destination": 0}, {"extension": ""}),
        ({"sip": 101, "destination": "0"}, {"extension": "101"}),
        # a menu, and nobody at all
        ({"sip": 0, "destination": "0-main"}, {"extension": ""}),
        ({"sip": 0, "destination": 0}, {"extension": ""}),
        # a mobile that the call was forwarded to
        (
            {"sip": 447700900123, "destination": 447700900123},
            {"extension": "", "called": "447700900123"},
        ),
    ],
)
def test_parties_of_a_call_that_came_in(values, said):
    event = read(**values)
    assert (event.direction_hint, event.direction) == ("inbound", None)
    assert {name: getattr(event, name) for name in said} == said
    assert event.dialled_by == ""


@pytest.mark.parametrize(
    "values, said",
    [
        (
            {"clid": 442037691881, "destination": "+442037691880"},
            {"direction_hint": "outbound", "called": "+442037691880"},
        ),
        (
            {"clid": 442037691881, "destination": 100},
            {"direction_hint": "outbound", "leg_kind": "agent", "called": ""},
        ),
        (
            {"clid": 100, "sip": 499499, "destination": 442037691880},
            {"direction_hint": "outbound", "called": "442037691880"},
        ),
    ],
)
def test_parties_of_a_call_that_was_placed(values, said):
    for ref in ("out_1", "in_1", "1") if values["clid"] == 100 else ("out_1",):
        event = read(pbx_call_id=ref, **values)
        assert (event.extension, event.dialled_by) == ("100", "100")
        assert {name: getattr(event, name) for name in said} == said


def test_parties_of_a_call_inside():
    for values in ({"clid": 100, "pbx_call_id": "1"}, {"pbx_call_id": "out_1"}):
        event = read(destination=101, **values)
        assert event.direction_hint == "internal"
        assert (event.extension, event.dialled_by) == ("101", "100")


@pytest.mark.parametrize(
    "values, hint",
    [
        ({"destination": 442037691881}, "outbound"),
        ({"destination": 101}, "inbound"),
        ({"sip": 0, "destination": 442037691881}, "inbound"),
    ],
)
def test_direction_where_the_id_has_no_prefix(values, hint):
    assert read(pbx_call_id="1", **values).direction_hint == hint
