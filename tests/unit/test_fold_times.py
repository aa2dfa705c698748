"""When it happened: arrival is only a bound, since delivery may be late."""

from datetime import timedelta

import pytest
from call_script import CUSTOMER, START, Incoming, clock, event, leg

from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import (
    CallEvent,
    Direction,
    Disposition,
    EventKind,
    LegKind,
)

i = Incoming()
RUNG = i.start() + i.ring(2, "100")


def test_answer_that_arrives_behind_the_end_is_counted_back_from_it():
    call = fold(RUNG + i.end(40, "answered", 31, "100") + i.answer(44, "100"))
    assert (call.answer_date, call.end_date) == (clock(9), clock(40))
    assert (call.wait_seconds, call.talk_seconds) == (9, 31)


def test_answer_that_leaves_no_room_for_the_talk_was_late():
    call = fold(RUNG + i.answer(30, "100") + i.end(40, "answered", 31, "100"))
    assert call.answer_date == clock(9)


def test_answer_is_never_before_the_start():
    call = fold(RUNG + i.end(40, "answered", 99, "100") + i.answer(44, "100"))
    assert (call.answer_date, call.talk_seconds) == (START, 40)


def test_late_end_of_an_answered_call_is_where_the_talk_ended():
    call = fold(RUNG + i.answer(9, "100") + i.end(3 * 3600, "answered", 31, "100"))
    assert (call.end_date, call.talk_seconds) == (clock(40), 31)


def test_end_is_believed_when_it_may_be_on_time():
    call = fold(RUNG + i.answer(9, "100") + i.end(100, "answered", 31, "100"))
    assert call.end_date == clock(100)


def test_end_that_is_told_again_long_after_is_doubtful():
    missed = RUNG + i.end(30, "no answer")
    assert not fold(missed).doubtful
    assert not fold(missed + i.end(32, "answered", 9, "100")).doubtful
    assert fold(missed + i.end(3 * 3600, "answered", 900, "100")).doubtful
    assert fold(i.end(3 * 3600, "answered", 900, "100") + missed).doubtful


def test_long_wait_in_a_queue_is_no_lateness():
    call = fold(i.start() + i.menu(5) + i.end(50 * 60, "cancel"))
    assert (call.end_date, call.wait_seconds) == (clock(3000), 3000)


def test_end_that_arrives_hours_later_does_not_stretch_a_missed_call():
    call = fold(RUNG + i.end(5 * 3600, "no answer"))
    assert (call.end_date, call.wait_seconds) == (clock(2), 2)


def test_long_talk_of_unknown_length_is_not_cut():
    told = event(
        9000, "NOTIFY_END", disposition="answered", internal="100", **i.parties
    )
    call = fold(RUNG + i.answer(9, "100") + told)
    assert (call.end_date, call.talk_seconds) == (clock(9000), 9000 - 9)


def test_clock_of_the_pbx_that_is_ahead_does_not_turn_times_round():
    early = [
        CallEvent(
            EventKind.STARTED,
            "in_1",
            observed_at=START - timedelta(minutes=1),
            started_at=START,
            direction=Direction.INBOUND,
            number=CUSTOMER,
        )
    ]
    call = fold(early + i.end(10, "cancel"))
    assert call.start_date == START - timedelta(minutes=1)


def test_same_notification_seen_twice_counts_from_the_first_time():
    call = fold(RUNG + i.ring(25, "100") + i.end(30, "no answer"))
    assert leg(call, "100").ring_seconds == 28


def test_ring_that_arrives_last_does_not_begin_after_the_end():
    call = fold(i.start() + i.end(30, "no answer") + i.ring(50, "100"))
    assert call.end_date == clock(30)
    assert leg(call, "100").ring_date == clock(30)
    assert call.disposition == "missed"


def test_notifications_that_all_arrive_at_the_end_keep_their_order():
    """A PBX that was cut off delivers all at once; the times are counted back."""
    call = fold(
        i.start(39)
        + i.ring(39.1, "100")
        + i.ring(39.2, "101")
        + i.answer(39.6, "100")
        + i.ring(39.7, "102")
        + i.end(40.2, "answered", 31, "100")
    )
    assert (call.start_date, call.answer_date, call.end_date) == (
        START,
        clock(9),
        clock(40),
    )
    assert {leg.extension: leg.disposition for leg in call.legs} == {
        "100": "answered",
        "101": "answered_elsewhere",
        "102": "missed",
    }


# -- statistics, and PBXs that say more than Zadarma -----------------------------------


def row(extension="", **said):
    """Return a row of the PBX's statistics, fetched the next day."""
    values = {
        "kind": EventKind.RECORD,
        "call_ref": "in_1",
        "observed_at": START + timedelta(days=1),
        "started_at": START,
        "direction": Direction.INBOUND,
        "number": CUSTOMER,
        "extension": extension,
        "confirmed": True,
    }
    return [CallEvent(**{**values, **said})]


def test_statistics_settle_who_answered():
    told = RUNG + i.answer(9, "100") + i.end(40, "answered", 31, "100")
    rows = row("100", disposition=Disposition.ANSWERED, talk_seconds=29)
    call = fold(told + rows)
    assert call.confirmed
    assert (call.disposition, call.talk_seconds) == ("answered", 29)
    assert (call.answer_date, call.end_date) == (clock(9), clock(40))


def test_statistics_may_take_an_answer_back():
    told = RUNG + i.answer(9, "100") + i.end(40, "answered", 31, "100")
    call = fold(told + row("100", disposition=Disposition.NO_ANSWER, talk_seconds=0))
    assert (call.disposition, call.answered_by) == ("missed", "none")
    assert call.talk_seconds == 0


def test_statistics_settle_that_only_a_machine_answered():
    told = RUNG + i.end(40, "answered", 31)
    assert fold(told).answered_by == "unknown"
    rows = row(disposition=Disposition.ANSWERED, talk_seconds=31)
    call = fold(told + rows)
    assert (call.disposition, call.answered_by) == ("missed", "machine")
    assert call.talk_seconds == 0


def test_statistics_end_a_call_whose_end_was_lost():
    call = fold(RUNG + row("100", disposition=Disposition.NO_ANSWER, talk_seconds=0))
    assert (call.state, call.disposition) == ("ended", "missed")
    assert call.end_date == clock(2)


def test_mailbox_that_answers_is_voicemail():
    told = [
        CallEvent(
            EventKind.ANSWERED,
            "in_1",
            observed_at=clock(25),
            direction=Direction.INBOUND,
            number=CUSTOMER,
            leg_kind=LegKind.VOICEMAIL,
        )
    ]
    call = fold(RUNG + told + i.end(40, "answered", 15))
    assert (call.disposition, call.answered_by) == ("voicemail", "machine")
    assert {leg.ref: leg.disposition for leg in call.legs} == {
        "agent:100": "missed",
        "voicemail": "answered",
    }


def test_own_times_of_the_pbx_are_exact():
    def said(kind, at, late, **values):
        return CallEvent(
            kind,
            "1",
            observed_at=clock(at + late),
            occurred_at=clock(at),
            direction=Direction.INBOUND,
            **values,
        )

    call = fold(
        [
            said(EventKind.STARTED, 0, 900, number=CUSTOMER),
            said(EventKind.RINGING, 3, 900, extension="100", leg_ref="7"),
            said(EventKind.ANSWERED, 10, 900, extension="100", leg_ref="7"),
            said(EventKind.ENDED, 50, 900, disposition=Disposition.ANSWERED),
        ]
    )
    assert (call.start_date, call.answer_date, call.end_date) == (
        clock(0),
        clock(10),
        clock(50),
    )
    assert call.talk_seconds == 40
    assert [leg.ref for leg in call.legs] == ["7"]


def test_nothing_is_no_call():
    with pytest.raises(ValueError):
        fold([])
