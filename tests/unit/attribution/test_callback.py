"""What the callback widget sends, and all that anybody else could send."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.callback import (
    MAX_BODY,
    BadCallback,
    CallbackRequest,
    parse,
)

NOW = datetime(2026, 2, 10, 12, 0)


def iso(at, hours=0):
    """Return a time as a browser says it that is so many hours ahead of UTC."""
    zone = timezone(timedelta(hours=hours))
    return at.replace(tzinfo=timezone.utc).astimezone(zone).isoformat()


def read(**said):
    return parse(json.dumps({"number": "020 7946 0123", **said}).encode(), NOW)


def test_a_number_is_enough():
    assert read() == CallbackRequest("", "020 7946 0123", None, "", False)


def test_all_of_it_is_read():
    at = NOW + timedelta(hours=3)
    asked = read(k="abcd1234", at=iso(at, 2), name="Ann Lee", hp="")
    assert asked == CallbackRequest("abcd1234", "020 7946 0123", at, "Ann Lee", False)


def test_what_no_person_sees_is_filled_in_by_robots():
    for filled in ("http://example.com", " ", 1, ["x"], {"a": 1}, True):
        assert read(hp=filled).trapped, filled
    for empty in ("", None):
        assert not read(hp=empty).trapped


def test_a_time_that_has_just_passed_means_now():
    assert read(at=iso(NOW - timedelta(minutes=5))).at is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 2000, "no JSON"),
        (b"[]", "no object"),
        (b"{}", "a number is missing"),
        (b'{"number": 5}', "a number is missing"),
        (b'{"number": "1", "k": "<b>"}', "no such key"),
        (b'{"number": "1", "k": ["a"]}', "no such key"),
        (b'{"number": "1", "at": "tomorrow"}', "no such time"),
        (b'{"number": "1", "at": 1767225600}', "no such time"),
        (b'{"number": "1", "at": true}', "no such time"),
        (b'{"number": "1", "at": "2026-02-30T09:30:00+02:00"}', "no such time"),
        (b'{"number": "1", "at": "0001-01-01T00:00:00+23:00"}', "no such time"),
        (b'{"number": "1", "at": "9999-12-31T23:00:00-23:00"}', "no such time"),
        (b'{"number": "1", "at": "2026-02-10T09:30:00"}', "no such time"),
        (b'{"number": "1", "at": "2026-02-10T09:30:00+00:00"}', "that time is over"),
        (b" " * (MAX_BODY + 1), "too long"),
    ],
)
def test_what_is_no_request_is_refused_with_a_reason(body, reason):
    with pytest.raises(BadCallback) as caught:
        parse(body, NOW)
    assert caught.value.reason == reason


def test_text_is_one_line_without_what_cannot_be_seen():
    asked = read(name="Ann\u202e\n\0<b>" + "x" * 999, number="+44 20\n1")
    assert asked.name.startswith("Ann")
    assert len(asked.name) == 100
    assert not set(asked.name + asked.number) & set("\n\0\u202e")


@given(st.binary(max_size=300))
def test_no_body_raises_anything_else(body):
    try:
        parse(body, NOW)
    except BadCallback as refused:
        assert refused.reason


_value = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50)


@given(
    st.dictionaries(
        st.sampled_from(["k", "number", "at", "name", "hp"]),
        _value | st.lists(_value, max_size=2),
    )
)
def test_no_object_raises_anything_else(said):
    try:
        asked = parse(json.dumps(said).encode(), NOW)
    except BadCallback:
        return
    assert asked.number and len(asked.number) <= 40
    assert asked.at is None or asked.at > NOW
