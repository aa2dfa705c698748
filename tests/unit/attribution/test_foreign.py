"""What other call tracking says, read in every way that it may be meant."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from conversion_files import PAYLOADS
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm_tracking.attribution import (
    foreign,
    foreign_ringostat,
    foreign_zadarma,
)
from telephony_crm_tracking.attribution.foreign import BadEvent, ForeignVisit

SEEN = datetime(2026, 1, 15, 10, 16)


def files(kind):
    """Return a test for each payload file of a system."""
    found = sorted((PAYLOADS / f"foreign_{kind}").glob("*.json"))
    said = [json.loads(path.read_text()) for path in found]
    return pytest.mark.parametrize("said", said, ids=[path.stem for path in found])


def expected(at=None, **facts):
    return ForeignVisit(at=at and datetime.fromisoformat(at), **facts)


@files("zadarma")
def test_zadarma_is_read_as_the_file_says(said):
    seen_at = datetime.fromisoformat(said["seen_at"])
    found = foreign_zadarma.read(said["result"], said["tz"], seen_at)
    assert found == [expected(**facts) for facts in said["expects"]]
    assert len(said["source"]) > 20


@files("ringostat")
def test_ringostat_is_read_as_the_file_says(said):
    fields = foreign_ringostat.fields(
        said["query"], said["body"].encode(), said["content_type"]
    )
    mapping = said.get("mapping") or foreign_ringostat.suggestion(fields)
    seen_at = datetime.fromisoformat(said["seen_at"])
    found = foreign_ringostat.read(fields, mapping, said["tz"], seen_at)
    assert found == expected(**{"extra": {}, **said["expects"]})
    assert len(said["source"]) > 20


def test_the_preview_shows_what_came_and_what_is_understood():
    fields = {"Number": "+442079460018", "When": "soon", "src": "google", "x": "1"}
    mapping = {"caller": "Number", "at": "When", "utm_source": "src", "did": "gone"}
    assert foreign_ringostat.preview(fields, mapping, "UTC", SEEN) == [
        ("at", "soon", ""),
        ("caller", "+442079460018", "+442079460018"),
        ("did", "", ""),
        ("utm_source", "google", "google"),
    ]


def test_a_mapping_to_what_nobody_knows_is_left_out():
    found = foreign_ringostat.read({"a": "1"}, {"password": "a"}, "UTC", SEEN)
    assert found == ForeignVisit()


def test_what_the_event_itself_says_outranks_what_is_nested():
    event = {"a": 1, "inner": {"a": 2, "b": 3}}
    assert foreign.flat(event, ("inner",)) == {**event, "b": 3}
    with pytest.raises(BadEvent):
        foreign.flat({str(name): 1 for name in range(201)})


@pytest.mark.parametrize(
    "said, tz, meant",
    [
        ("2026-01-15 12:15:00", "Europe/Kyiv", (10, 15)),  # in the account's zone
        ("2026-01-15 10:15:00", "Europe/Kyiv", (10, 15)),  # in UTC: Kyiv's is long past
        ("2026-01-15 05:15:00", "America/New_York", (10, 15)),
        ("2026-01-15 10:15:00", "America/New_York", (10, 15)),
        ("2026-01-15 12:15:00", "UTC+2", (10, 15)),
        ("2026-01-15 10:15:00", "Nowhere/At all", (10, 15)),
        ("2026-01-15T12:15:00+02:00", "UTC", (10, 15)),
        ("2026-01-15T10:15:00Z", "Europe/Kyiv", (10, 15)),
        ("2026-01-15 10:15:00.123 UTC", "Europe/Kyiv", (10, 15)),
        ("15.01.2026 12:15", "Europe/Kyiv", (10, 15)),
        (1768472100, "Europe/Kyiv", (10, 15)),
        ("1768472100", "Europe/Kyiv", (10, 15)),
        ("1768472100000", "Europe/Kyiv", (10, 15)),
        ("1768472100000000", "Europe/Kyiv", (10, 15)),
    ],
)
def test_a_time_is_what_is_nearest_before_it_was_told(said, tz, meant):
    assert foreign.time(said, tz, SEEN) == datetime(2026, 1, 15, *meant)


@pytest.mark.parametrize(
    "said", ["", None, "soon", "12", "0001-01-01 00:00:00+14:00", True, [], "9" * 30]
)
def test_what_is_no_time_is_none(said):
    assert foreign.time(said, "Europe/Kyiv", SEEN) is None


@pytest.mark.parametrize(
    "said, seconds",
    [("31", 31), (31.0, 31), ("31.9", 31), ("00:00:31", 31), ("1:02:03", 3723),
     ("01:05", 65), ("", None), ("-1", None), ("x", None), ("1:2:3:4", None),
     (None, None)],
)  # fmt: skip
def test_a_length_is_whole_seconds(said, seconds):
    assert foreign.seconds(said) == seconds


@pytest.mark.parametrize(
    "url, parts",
    [
        ("//A.example.com:8/b?gclid=x&p#y", ("a.example.com", "/b", {"gclid": "x"})),
        ("shop.example.com/a", ("shop.example.com", "/a", {})),
        ("/a?utm_source=g", ("", "/a", {"utm_source": "g"})),
        ("javascript:alert(1)", ("", "/alert(1)", {})),
        ("http://[", ("", "", {})),
        ("", ("", "", {})),
    ],
)  # fmt: skip
def test_of_an_address_only_what_is_ours_is_kept(url, parts):
    assert foreign.address(url) == parts


@pytest.mark.parametrize(
    "body, kind",
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'[{"a":1},{"a":2}]', ""),
        (b'"x"', "application/json"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % name for name in range(300)), ""),
        (b"x" * 70_000, ""),
    ],
)
def test_a_request_without_fields_is_refused(body, kind):
    with pytest.raises(BadEvent) as refusal:
        foreign_ringostat.fields({}, body, kind)
    assert refusal.value.reason


names = sorted({name for theirs in foreign_zadarma.NAMES.values() for name in theirs})
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["source", "utm_term"]), inner, max_size=2)
    ),
    max_leaves=6,
)
events = st.dictionaries(
    st.sampled_from(names) | st.text(max_size=5), values, max_size=9
)


@settings(max_examples=60)
@given(events | st.lists(events, max_size=3) | values)
def test_whatever_zadarma_says_it_is_read_or_refused(event):
    try:
        found = foreign_zadarma.read(json.dumps(event), "Europe/Kyiv", SEEN)
    except BadEvent:
        return
    for visit in found:
        assert visit.at is None or visit.at.tzinfo is None


@settings(max_examples=60)
@given(
    events,
    st.dictionaries(
        st.sampled_from(list(foreign_ringostat.TARGETS)), st.sampled_from(names)
    ),
)
def test_whatever_ringostat_says_it_is_read(event, mapping):
    foreign_ringostat.preview(event, mapping, "Europe/Kyiv", SEEN)
    foreign_ringostat.suggestion(event)


@given(st.datetimes(datetime(2001, 9, 10), SEEN), st.integers(-12, 14))
def test_a_time_with_its_offset_is_never_mistaken(at, hours):
    at = at.replace(microsecond=0)
    there = at.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=hours)))
    assert foreign.time(there.isoformat(), "Europe/Kyiv", SEEN) == at
    assert foreign.time(int(there.timestamp()), "Europe/Kyiv", SEEN) == at
