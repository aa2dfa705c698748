"""Calls of a PBX that tells of each leg by itself, with its own id and times."""

from datetime import timedelta

import pytest
from call_script import CUSTOMER, DID, clock

from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import (
    CallEvent,
    Direction,
    Disposition,
    EventKind,
    LegKind,
)


def said(at, kind, leg="", late=0, direction=Direction.INBOUND, **values):
    """Return an event of second ``at`` that arrives ``late`` seconds later."""
    if leg.isdecimal():
        values = {"extension": leg, "leg_kind": LegKind.AGENT, **values}
    return CallEvent(
        EventKind(kind),
        "1",
        observed_at=clock(at + late),
        occurred_at=clock(at),
        leg_ref=leg and f"leg-{leg}",
        direction=direction,
        **values,
    )


STARTED = said(0, "started", number=CUSTOMER, did=DID)
END = {"disposition": Disposition.ANSWERED, "talk_seconds": 45}


def facts(call):
    return {
        leg.ref: (leg.state.value, leg.disposition and leg.disposition.value)
        for leg in call.legs
    }


def test_leg_that_is_over_leaves_the_call_to_the_others():
    events = [STARTED, said(2, "ringing", "100"), said(20, "left", "100")]
    assert facts(fold(events)) == {"leg-100": ("ended", "missed")}
    assert fold(events).state == "ringing"
    events += [said(20, "ringing", "101"), said(25, "answered", "101")]
    call = fold(events)
    assert call.state == "in_progress"
    assert facts(call) == {
        "leg-100": ("ended", "missed"),
        "leg-101": ("in_progress", None),
    }
    missed = next(leg for leg in call.legs if leg.extension == "100")
    assert (missed.end_date, missed.ring_seconds) == (clock(20), 18)


def test_leg_that_is_over_when_another_answers_has_lost_to_it():
    events = [
        STARTED,
        said(2, "ringing", "100"),
        said(2, "ringing", "101"),
        said(9, "answered", "101"),
        said(9, "left", "100", disposition=Disposition.CANCELLED),
    ]
    assert facts(fold(events)) == {
        "leg-100": ("ended", "answered_elsewhere"),
        "leg-101": ("in_progress", None),
    }


@pytest.mark.parametrize("word", ["busy", "rejected", "no_answer", "failed"])
def test_leg_says_itself_why_it_is_over(word):
    over = said(5, "left", "100", disposition=Disposition(word))
    call = fold([STARTED, said(2, "ringing", "100"), over])
    assert facts(call) == {"leg-100": ("ended", word)}


def transferred(late=0):
    return [
        STARTED,
        said(2, "ringing", "100", late),
        said(6, "answered", "100", late),
        said(21, "left", "100", late, talk_seconds=15, hold_seconds=4),
        said(21, "ringing", "101", late),
        said(26, "answered", "101", late),
        said(56, "left", "101", late, talk_seconds=30),
        said(56, "ended", late=late, **END),
    ]


@pytest.mark.parametrize("late", [0, 3600])
def test_transfer_has_the_times_that_the_pbx_tells(late):
    call = fold(transferred(late))
    assert (call.talk_seconds, call.answer_date, call.end_date) == (
        45,
        clock(6),
        clock(56),
    )
    first, second = call.legs
    assert (first.ring_date, first.answer_date, first.end_date) == (
        clock(2),
        clock(6),
        clock(21),
    )
    assert (first.talk_seconds, first.hold_seconds) == (15, 4)
    assert (second.answer_date, second.talk_seconds) == (clock(26), 30)
    assert facts(call) == {
        "leg-100": ("ended", "answered"),
        "leg-101": ("ended", "answered"),
    }


def test_who_passes_a_call_on_is_free_before_the_colleague_answers():
    call = fold(transferred()[:5])
    assert call.state == "in_progress"
    assert facts(call) == {
        "leg-100": ("ended", "answered"),
        "leg-101": ("ringing", None),
    }


def test_answer_that_was_lost_is_told_by_how_the_leg_ended():
    left = said(40, "left", "100", disposition=Disposition.ANSWERED, talk_seconds=31)
    call = fold([STARTED, said(2, "ringing", "100"), left])
    assert (call.answered_by, facts(call)) == (
        "person",
        {"leg-100": ("ended", "answered")},
    )


def test_extension_that_is_rung_twice_has_two_legs():
    again = {"extension": "100", "leg_kind": LegKind.AGENT}
    call = fold(
        [
            STARTED,
            said(2, "ringing", "100"),
            said(20, "left", "100"),
            said(22, "ringing", "b", **again),
            said(25, "answered", "b", **again),
        ]
    )
    assert facts(call) == {
        "leg-100": ("ended", "missed"),
        "leg-b": ("in_progress", None),
    }


def test_customers_leg_of_a_placed_call():
    def out(at, kind, leg="", **values):
        return said(at, kind, leg, direction=Direction.OUTBOUND, **values)

    customer = {"leg_kind": LegKind.CUSTOMER}
    events = [
        out(0, "started", number=CUSTOMER, dialled_by="100", extension="100"),
        out(1, "ringing", "c", **customer),
        out(8, "answered", "c", **customer),
    ]
    call = fold(events)
    assert (call.state, call.answer_date) == ("in_progress", clock(8))
    assert [leg.kind.value for leg in call.legs] == ["agent", "customer"]
    ended = fold([*events, out(40, "ended", talk_seconds=32, hold_seconds=5)])
    assert (ended.disposition, ended.talk_seconds) == ("answered", 32)
    came_in = fold([STARTED, said(1, "answered", "c", **customer)])
    assert came_in.legs == ()


def test_end_of_a_leg_that_arrives_late_changes_no_other():
    events = transferred()
    late = [
        CallEvent(
            **{**vars(event), "observed_at": event.observed_at + timedelta(hours=2)}
        )
        for event in events
    ]
    assert fold([*events[:3], *late[3:]]).legs == fold(events).legs
