"""What is kept of each thing a page says, and what is left out."""

import pytest
from page import KEY, VISIT, said

from telephony_crm_tracking.attribution.consent import Consent
from telephony_crm_tracking.attribution.visit import MAX_NUMBERS


def test_only_known_parameters_are_kept():
    query = {**VISIT["q"], "email": "a@example.com", "token": "x", "utm_id": "7"}
    assert said(q=query).parameters == VISIT["q"]


def test_words_are_cut_and_ids_are_kept_whole_or_not_at_all():
    kept = said(q={"utm_source": "s" * 300, "gclid": "g" * 256}).parameters
    assert kept == {"utm_source": "s" * 255}
    assert said(q={"gclid": "g" * 255}).parameters == {"gclid": "g" * 255}


@pytest.mark.parametrize(
    "gclid",
    ["=1+1", "-2", "@x", "a b", "a,b", 'a"b', "a\nb", "<b>", "é", "", 7, None, ["x"]],
)
def test_a_click_id_is_nothing_but_a_click_id(gclid):
    assert said(q={"gclid": gclid}).parameters == {}


def test_what_cannot_be_seen_is_left_out():
    query = {"utm_campaign": " a\0b\u202ec\n\ud800 "}
    assert said(q=query).parameters == {"utm_campaign": "a b c"}


@pytest.mark.parametrize(
    "path, kept",
    [
        ("", "/"),
        ("boilers", "/boilers"),
        ("//evil.example.com/a", "/evil.example.com/a"),
        ("/a?email=a@example.com", "/a"),
        ("/a#b", "/a"),
        ("/a#/b/c?email=a@example.com", "/a#/b/c"),
        ("/#!/b#c", "/#!/b"),
        ("/#/access_token=secret", "/#/access_token"),
        ("/" + "a" * 600, "/" + "a" * 499),
        (None, "/"),
        (5, "/"),
    ],
)
def test_landing_is_a_short_path(path, kept):
    assert said(u=path).landing == kept


@pytest.mark.parametrize(
    "referrer, kept",
    [
        ("https://Bing.com/search?q=secret", "bing.com/search"),
        ("android-app://com.google.android.gm/", "com.google.android.gm/"),
        ("http://user:pass@a.example.com:8/x#y", "a.example.com/x"),
        ("javascript:alert(1)", "javascript"),
        ("<b>", ""),
        ("/only/path", ""),
        (None, ""),
    ],
)
def test_referrer_is_host_and_path(referrer, kept):
    assert said(r=referrer).referrer == kept


@pytest.mark.parametrize(
    "host", ["", "a b", "-a", "a/b", "[::1]", "a" * 300, "é.example.com", None, {}]
)
def test_host_is_a_host(host):
    assert said(h=host).host == ""


def test_numbers_are_few_and_each_once():
    many = [f"+4420376918{last:02}" for last in range(50)]
    assert said(n=many + many).numbers == tuple(many[:MAX_NUMBERS])
    assert said(n=["101", None, 5, "+44 (0)20 3769-1880"]).numbers == ("+442037691880",)


@pytest.mark.parametrize("key", ["short", "a b c d e f", "x" * 65, 7, None, []])
def test_an_odd_previous_key_loses_no_visit(key):
    assert said(p=key).previous == ""
    assert said(p=KEY).previous == KEY


@pytest.mark.parametrize(
    "consent, heard",
    [
        (None, None),
        ([], None),
        ({}, Consent()),
        ({"a": True, "d": "yes"}, Consent()),
        ({"a": [], "d": {}}, Consent()),
        ({"a": "GRANTED", "d": "granted", "by": "<b>"}, Consent(ads="granted")),
    ],
)
def test_only_a_clear_word_is_consent(consent, heard):
    assert said(c=consent).consent == heard


@pytest.mark.parametrize(
    "name, value, kept",
    [
        ("client_id", "GA1.1.123.456", "123.456"),
        ("client_id", "GA1.2.123.456", "123.456"),
        ("client_id", "123.456", "123.456"),
        ("client_id", "a b", None),
        ("session_id", "GS1.1.1700000000.3.1.1700000100.0.0.0", "1700000000"),
        ("session_id", "GS2.1.s1700000000$o3$g1$t1700000100", "1700000000"),
        ("session_id", "1700000000", "1700000000"),
        ("session_id", "x", None),
        ("fbc", "fb.1.1554763741205.IwAR_x-Y", "fb.1.1554763741205.IwAR_x-Y"),
        ("fbc", "IwAR", None),
        ("fbp", "fb.1.1596403881668.1116446470.Bg", "fb.1.1596403881668.1116446470.Bg"),
        ("fbp", "fb.1.x.y", None),
    ],
)
def test_ids_are_kept_where_they_look_like_ones(name, value, kept):
    assert said(g={name: value}).ids == ({name: kept} if kept else {})
