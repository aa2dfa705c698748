"""Calls that are passed on: a second extension rings after the first has answered."""

from call_script import DID, Incoming, Outgoing, clock, leg, legs

from telephony_crm.pbx.call_state import fold

i = Incoming()
ANSWERED = i.start() + i.ring(2, "100") + i.answer(5, DID, "100")


def test_second_extension_rings_while_the_first_talks():
    call = fold(ANSWERED + i.ring(20, "101"))
    assert call.state == "in_progress"
    assert legs(call) == {
        "agent:100": ("in_progress", None),
        "agent:101": ("ringing", None),
    }
    assert call.extension == "100"


def test_first_leg_ends_when_the_second_answers():
    call = fold(ANSWERED + i.ring(20, "101") + i.answer(26, "101"))
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "agent:101": ("in_progress", None),
    }
    assert leg(call, "100").end_date == clock(26)
    assert call.answer_date == clock(5)
    assert call.extension == "101"


def test_talk_is_shared_among_those_who_talked():
    call = fold(
        ANSWERED
        + i.ring(20, "101")
        + i.answer(26, "101")
        + i.end(65, "answered", 60, "101")
    )
    assert call.talk_seconds == 60
    assert leg(call, "100").talk_seconds == 21
    assert leg(call, "101").talk_seconds == 39
    assert leg(call, "101").ring_seconds == 6


def test_transfer_that_nobody_takes_is_missed_by_that_one():
    call = fold(ANSWERED + i.ring(20, "101") + i.end(45, "answered", 40, "100"))
    assert call.disposition == "answered"
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "agent:101": ("ended", "missed"),
    }


def test_end_of_the_second_leg_does_not_undo_the_first():
    call = fold(ANSWERED + i.ring(20, "101") + i.end(45, "no answer", 0, "101"))
    assert (call.disposition, call.answered_by) == ("answered", "person")
    assert legs(call)["agent:101"] == ("ended", "missed")


def test_transfer_whose_answer_was_lost_is_told_by_end():
    call = fold(ANSWERED + i.ring(20, "101") + i.end(65, "answered", 60, "101"))
    assert call.extension == "101"
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "agent:101": ("ended", "answered"),
    }


def test_late_ring_of_a_loser_does_not_ring_again_after_the_end():
    late = ANSWERED + i.end(65, "answered", 60, "100") + i.ring(70, "101")
    call = fold(late)
    assert {leg.state for leg in call.legs} == {"ended"}
    assert leg(call, "101").ring_date <= call.end_date


def test_outgoing_call_can_be_passed_on_too():
    o = Outgoing()
    talking = o.start() + o.answer(8, "442037691880", "100")
    ringing = talking + o.ring(30, "101")
    call = fold(ringing)
    assert (call.direction, call.number) == ("outbound", "+442037691880")
    assert legs(call)["agent:101"] == ("ringing", None)
    assert legs(call)["agent:100"] == ("in_progress", None)
    taken = fold(ringing + o.answer(35, "101", caller="442037691880"))
    assert legs(taken)["agent:100"] == ("ended", "answered")
    assert legs(taken)["agent:101"] == ("in_progress", None)
    assert legs(taken)["customer"] == ("in_progress", None)
    assert taken.extension == "101"


def test_loser_who_gets_the_call_later_has_a_second_leg():
    group = i.start() + i.ring(2, "100") + i.ring(2, "101") + i.answer(5, "100")
    assert legs(fold(group))["agent:101"] == ("ended", "answered_elsewhere")
    call = fold(group + i.answer(26, "101") + i.end(65, "answered", 60, "101"))
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "agent:101": ("ended", "answered_elsewhere"),
        "agent:101:2": ("ended", "answered"),
    }
    assert sum(leg.talk_seconds for leg in call.legs) == 60
