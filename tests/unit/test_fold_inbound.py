"""Calls that come in: who was rung, who talked, what became of it."""

import pytest
from call_script import CUSTOMER, DID, MOBILE, START, Incoming, clock, leg, legs

from telephony_crm.pbx.call_state import fold


def test_ringing_call_rings_everybody_of_the_group():
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.ring(2, "101"))
    assert (call.direction, call.state) == ("inbound", "ringing")
    assert (call.number, call.did, call.hidden) == (CUSTOMER, DID, False)
    assert (call.start_date, call.answer_date, call.end_date) == (START, None, None)
    assert call.disposition is None
    assert call.answered_by == "none"
    assert legs(call) == {
        "agent:100": ("ringing", None),
        "agent:101": ("ringing", None),
    }


def test_who_loses_the_race_is_answered_elsewhere():
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.ring(2, "101") + i.answer(9, "101"))
    assert (call.state, call.answered_by) == ("in_progress", "person")
    assert (call.answer_date, call.wait_seconds, call.ring_seconds) == (clock(9), 9, 7)
    assert legs(call) == {
        "agent:100": ("ended", "answered_elsewhere"),
        "agent:101": ("in_progress", None),
    }
    assert leg(call, "100").ring_seconds == 7


@pytest.mark.parametrize(
    "destination, internal",
    [("100", ""), (DID, "100"), (f"+{DID}", "489-100"), ("489*100", "")],
)
def test_every_spelling_of_who_answers_is_understood(destination, internal):
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.answer(9, destination, internal))
    assert legs(call) == {"agent:100": ("in_progress", None)}


def test_answered_call_ends_with_times_and_lengths():
    i = Incoming()
    call = fold(
        i.start()
        + i.ring(2, "100")
        + i.answer(9, "100")
        + i.end(40, "answered", 31, "100", status_code="16")
    )
    assert (call.state, call.disposition) == ("ended", "answered")
    assert (call.raw_disposition, call.hangup_cause) == ("answered", 16)
    assert (call.answer_date, call.end_date) == (clock(9), clock(40))
    assert (call.wait_seconds, call.ring_seconds, call.talk_seconds) == (9, 7, 31)
    assert call.extension == "100"
    assert not call.confirmed
    talked = leg(call, "100")
    assert (talked.state, talked.disposition) == ("ended", "answered")
    assert (talked.ring_date, talked.answer_date, talked.end_date) == (
        clock(2),
        clock(9),
        clock(40),
    )
    assert (talked.ring_seconds, talked.talk_seconds) == (7, 31)


def test_lost_answer_is_not_invented():
    i = Incoming()
    call = fold(
        i.start()
        + i.ring(2, "100")
        + i.ring(2, "101")
        + i.end(40, "answered", 31, "101")
    )
    assert (call.disposition, call.answered_by) == ("answered", "person")
    assert call.answer_date is None
    assert (call.wait_seconds, call.ring_seconds, call.talk_seconds) == (9, 7, 31)
    assert call.extension == "101"
    assert leg(call, "101").answer_date is None
    assert leg(call, "100").disposition == "answered_elsewhere"


def test_nobody_answers_is_missed():
    i = Incoming()
    call = fold(
        i.start() + i.ring(2, "100") + i.ring(2, "101") + i.end(30, "no answer")
    )
    assert (call.disposition, call.answered_by) == ("missed", "none")
    assert (call.wait_seconds, call.ring_seconds, call.talk_seconds) == (30, 28, 0)
    assert legs(call) == {
        "agent:100": ("ended", "missed"),
        "agent:101": ("ended", "missed"),
    }


@pytest.mark.parametrize("disposition", ["cancel", "busy", "failed", "no money"])
def test_rung_and_not_answered_is_missed_whatever_the_pbx_calls_it(disposition):
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.end(30, disposition))
    assert (call.disposition, call.raw_disposition) == ("missed", disposition)


def test_refused_by_the_extension_is_rejected():
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.end(5, "busy", status_code="21"))
    assert call.disposition == "rejected"


@pytest.mark.parametrize(
    "raw, disposition",
    [
        ("cancel", "abandoned"),
        ("busy", "abandoned"),
        ("no answer", "missed"),
        ("failed", "failed"),
        ("unallocated number", "failed"),
        ("voicemail", "voicemail"),
    ],
)
def test_end_before_anybody_was_rung(raw, disposition):
    i = Incoming()
    call = fold(i.start() + i.menu(1) + i.end(8, raw))
    assert (call.disposition, call.raw_disposition) == (disposition, raw)
    assert call.legs == ()


def test_menu_only_is_answered_by_nobody_known():
    i = Incoming()
    call = fold(i.start() + i.menu(1) + i.end(40, "answered", 38))
    assert (call.disposition, call.answered_by) == ("answered", "unknown")
    assert call.answer_date is None
    assert call.legs == ()


def test_answer_of_the_company_number_alone_is_nobodys():
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.answer(20, DID))
    assert (call.state, call.answered_by) == ("in_progress", "unknown")
    assert call.answer_date is None
    assert legs(call) == {"agent:100": ("ringing", None)}
    ended = fold(
        i.start() + i.ring(2, "100") + i.answer(20, DID) + i.end(50, "answered", 30)
    )
    assert (ended.disposition, ended.answered_by) == ("answered", "unknown")
    assert legs(ended) == {"agent:100": ("ended", None)}


def test_end_names_who_gave_an_answer_without_a_name():
    i = Incoming()
    told = i.start() + i.ring(2, "100") + i.answer(20, DID)
    call = fold(told + i.end(50, "answered", 30, "100"))
    assert (call.answered_by, call.answer_date) == ("person", clock(20))
    with_menu = fold(told + i.menu(1) + i.end(50, "answered", 30, "100"))
    assert (with_menu.answered_by, with_menu.answer_date) == ("person", None)


def test_forward_to_a_mobile_is_a_leg_outside():
    i = Incoming()
    call = fold(
        i.start() + i.ring(2, "100") + i.answer(9, MOBILE) + i.end(40, "answered", 31)
    )
    assert (call.disposition, call.answered_by) == ("answered", "person")
    assert legs(call) == {
        "agent:100": ("ended", "answered_elsewhere"),
        "external:447700900123": ("ended", "answered"),
    }
    (outside,) = [leg for leg in call.legs if leg.kind == "external"]
    assert (outside.number, outside.talk_seconds) == (MOBILE, 31)


def test_extension_that_answers_on_a_mobile_stays_itself():
    i = Incoming()
    call = fold(i.start() + i.ring(2, "100") + i.answer(9, MOBILE, "100"))
    assert legs(call) == {"agent:100": ("in_progress", None)}
    assert leg(call, "100").number == MOBILE


def test_who_answered_outside_is_open_until_the_company_number_is_known():
    i = Incoming()
    assert fold(i.answer(9, MOBILE)).answered_by == "unknown"
    assert fold(i.answer(9, MOBILE) + i.start()).answered_by == "person"


def test_end_outweighs_an_answer_that_was_none():
    i = Incoming()
    told = i.start() + i.ring(2, "100") + i.answer(9, "100")
    call = fold(told + i.end(12, "cancel"))
    assert (call.disposition, call.answered_by) == ("missed", "none")
    assert (call.answer_date, call.talk_seconds) == (None, 0)
    assert legs(call) == {"agent:100": ("ended", "missed")}


@pytest.mark.parametrize("caller", ["0", "", "anonymous", "Unknown"])
def test_hidden_caller_has_no_number_and_is_no_extension(caller):
    i = Incoming(caller=caller)
    call = fold(i.start() + i.ring(2, "100") + i.answer(9, "100"))
    assert (call.direction, call.number, call.hidden) == ("inbound", "", True)


def test_recording_is_of_the_call_and_says_nothing_of_the_caller():
    i = Incoming()
    call = fold(i.recording(48))
    assert (call.recordings, call.hidden) == (("1458313316.343456",), False)
    assert call.state == "in_progress"
    whole = fold(
        i.recording(48)
        + i.recording(48, "2.2")
        + i.end(40, "answered", 31, "100", is_recorded="0", call_id_with_rec="3.3")
    )
    assert whole.recordings == ("1458313316.343456", "2.2")
    assert whole.state == "ended"
