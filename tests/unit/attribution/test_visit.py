"""What a page may say, and what becomes of everything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page import KEY, VISIT, said

from telephony_crm_tracking.attribution import clean
from telephony_crm_tracking.attribution.consent import Consent
from telephony_crm_tracking.attribution.visit import (
    MAX_BODY,
    MAX_NUMBERS,
    BadVisit,
    VisitRequest,
    parse,
)


def test_visit_is_read():
    assert said() == VisitRequest(
        kind="visit",
        landing="/boilers",
        host="shop.example.com",
        parameters=VISIT["q"],
        referrer="www.google.com/",
        numbers=("+442037691880",),
        consent=Consent("granted", "denied", "tcf"),
        ids=VISIT["g"],
    )


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"k": KEY, "b": 1}, VisitRequest("beat", KEY)),
        ({"k": KEY, "b": True}, VisitRequest("beat", KEY)),
        (
            {"k": KEY, "t": "+442037691880"},
            VisitRequest("tap", KEY, tapped="+442037691880"),
        ),
        ({"k": KEY, "e": 1}, VisitRequest("end", KEY)),
        (
            {"k": KEY, "v": 1, "u": "/a?x=1#b", "q": {}, "r": ""},
            VisitRequest("view", KEY, landing="/a"),
        ),
        (
            {"k": KEY, "b": 1, "g": {"client_id": "1.2"}, "c": {"a": "granted"}},
            VisitRequest(
                "beat", KEY, ids={"client_id": "1.2"}, consent=Consent("granted")
            ),
        ),
    ],
)
def test_short_messages_are_read(body, expected):
    assert parse(json.dumps(body).encode()) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"visit"',
        b"\xff\xfe{\x00}\x00",
        b"[" * MAX_BODY,
        b'{"a":' * 1300,
        b"9" * 5000,
        b"{" + b" " * MAX_BODY + b"}",
        b'{"k": null}',
        b'{"k": 7}',
        b'{"k": "short"}',
        b'{"k": "<script>alert(1)</script>"}',
        b'{"k": "%s"}' % (b"k" * 65),
        b'{"b": 1}',
        b'{"k": "", "e": 1}',
        b'{"k": "12345678", "b": 1, "e": 1}',
        b'{"k": "12345678", "t": ""}',
        b'{"k": "12345678", "t": "101"}',
        b'{"k": "12345678", "t": ["+442037691880"]}',
        b'{"q": []}',
        b'{"n": {}}',
    ],
)
def test_anything_else_is_refused_with_words(body):
    with pytest.raises(BadVisit) as refusal:
        parse(body)
    assert refusal.value.reason


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=40)
    | st.sampled_from([KEY, "+442037691880", "granted", "https://a.example.com/?q=1"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*"adgq", "by", "gclid", "utm_source", "fbc"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from([*"kuhqrncgpbtve", "x"]), values)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_visit_or_refused(body):
    outcome(body)


@given(bodies)
def test_any_object_is_a_bounded_visit_or_refused(data):
    found = outcome(json.dumps(data).encode(errors="surrogatepass"))
    if found is None:
        return
    assert len(found.landing) <= 500 and len(found.referrer) <= 500
    assert "?" not in found.landing + found.referrer
    assert len(found.numbers) <= MAX_NUMBERS
    assert set(found.parameters) <= clean.PARAMETERS
    everything = [found.landing, found.host, found.referrer, *found.parameters.values()]
    for text in everything:
        text.encode()  # no half characters
        assert not set(text) & {"\0", "\n", "\r", "\u202e"}
        assert len(text) <= 500
    assert all(len(text) <= 255 for text in found.parameters.values())


def outcome(body):
    try:
        return parse(body)
    except BadVisit:
        return None
