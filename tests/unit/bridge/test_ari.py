"""ARI over real sockets, with web servers of every kind."""

import time

import pytest
from test_ajam import answering

from telephony_crm.bridge import ari as module
from telephony_crm.bridge.ari import Ari
from telephony_crm.bridge.clock import PbxClock
from telephony_crm.bridge.errors import Gone, PbxError
from telephony_crm.bridge.local_clock import LocalClock

INFO = b'{"system": {"version": "22.10.0"}}'


def test_version_and_clock_are_read():
    clock = LocalClock()
    with answering(200, INFO) as url:
        ari = Ari(url, "odoo", "secret")
        assert ari.version() == "22.10.0"
        pbx_clock = PbxClock(ari, clock, None)
        pbx_clock.look()
        assert (pbx_clock.version, pbx_clock.ahead) == ("22.10.0", 0.0)
        clock.learn(time.time() - 3600, time.time())
        pbx_clock.look()
    assert pbx_clock.ahead == pytest.approx(3600, abs=3)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, b"{}", "ari_login"),
        (403, b"{}", "ari_read_only"),
        (404, b"<html>", "ari_off"),
        (200, b"<html>", "ari_garbage"),
        (200, b"[]", "ari_garbage"),
        (200, b"[" * 100_000, "ari_garbage"),
        (500, b"{}", "ari_garbage"),
        (302, b"", "ari_garbage"),
    ],
)
def test_what_is_no_ari_is_told_apart(status, body, code):
    with answering(status, body) as url:
        with pytest.raises(PbxError) as caught:
            Ari(url, "odoo", "secret").version()
    assert caught.value.code == code


@pytest.mark.parametrize("body", [b"{}", b'{"system": []}', b'{"system": {}}'])
def test_an_asterisk_that_says_no_version_has_none(body):
    with answering(200, body) as url:
        assert Ari(url, "odoo", "secret").version() == ""


def test_an_answer_that_does_not_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(module, "MAX_ANSWER", 1000)
    with answering(200, b" " * 100_000) as url:
        with pytest.raises(PbxError) as caught:
            Ari(url, "odoo", "secret").version()
    assert caught.value.code == "ari_garbage"


def test_an_answer_that_breaks_off_is_a_lost_connection():
    with answering(200, INFO, length=10**6) as url, pytest.raises(Gone):
        Ari(url, "odoo", "secret").version()


def test_whatever_it_answers_the_clock_goes_on():
    for body in (b"[" * 100_000, b"{}", b'{"system": 7}', b"\xff"):
        with answering(200, body) as url:
            PbxClock(Ari(url, "odoo", "secret"), LocalClock(), None).look()
