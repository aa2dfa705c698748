"""Posted forms, as a framework has parsed them or as they came in."""

import pytest

from telephony_crm.pbx.adapter import PayloadError, Request
from telephony_crm.pbx.forms import MAX_FIELDS, fields, key_of

URLENCODED = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
MULTIPART = {"content-type": 'multipart/form-data; boundary="b"'}


def part(name, value):
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value + b"\r\n"


def test_parsed_form_is_taken_as_it_is():
    request = Request(form={"a": "+1 ", "b": ""}, body=b"a=2")
    assert fields(request) == {"a": "+1 ", "b": ""}


def test_urlencoded_body():
    request = Request(headers=URLENCODED, body=b"a=%2B1+2&b=&a=3&c=%D0%AF")
    assert fields(request) == {"a": "+1 2", "b": "", "c": "Я"}


@pytest.mark.parametrize("end", [b"--b--\r\n", b"--b--", b"--b--\r\ntrailing text"])
def test_multipart_body(end):
    body = part("a", b"+1 2") + part("b", b"") + part("c", "Я".encode()) + end
    request = Request(headers=MULTIPART, body=body)
    assert fields(request) == {"a": "+1 2", "b": "", "c": "Я"}


def test_nothing_posted_is_no_field():
    assert fields(Request()) == {}


@pytest.mark.parametrize(
    "headers, body",
    [
        (URLENCODED, b"no form at all"),
        (URLENCODED, b"a=\xff"),
        (URLENCODED, b"a=%00"),
        (URLENCODED, b"&".join(b"a%d=1" % n for n in range(MAX_FIELDS + 1))),
        ({}, b'{"event": "NOTIFY_START"}'),
        (MULTIPART, b"a=1"),
        (MULTIPART, part("a", b"1")),
        (MULTIPART, part("a", b"\xff") + b"--b--"),
        (MULTIPART, b"--b\r\n\r\nvalue\r\n--b--"),
        ({"content-type": "multipart/form-data"}, part("a", b"1") + b"--b--"),
        ({"content-type": "multipart/form-data; boundary=\udcff"}, b"--b--"),
    ],
)
def test_broken_body_is_refused(headers, body):
    with pytest.raises(PayloadError):
        fields(Request(headers=headers, body=body))


def test_key_depends_on_every_field_and_not_on_their_order():
    key = key_of({"a": "1", "b": "2"})
    assert key == key_of({"b": "2", "a": "1"})
    assert len(key) == 64
    others = [
        {"a": "12", "b": ""},
        {"a": "1"},
        {"a": "2", "b": "1"},
        {"a1": "", "b": "2"},
    ]
    assert key not in map(key_of, others)
