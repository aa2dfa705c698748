"""Statistics and notifications of one call, together and each alone."""

import itertools

import pytest
from call_script import (
    CUSTOMER,
    DID,
    MOBILE,
    START,
    Incoming,
    Outgoing,
    clock,
    leg,
    rows,
)
from call_script import legs as legs_of

from telephony_crm.pbx.call_state import fold

i, o = Incoming(), Outgoing()
FAR = MOBILE.lstrip("+")
RUNG = i.start() + i.ring(2, "100") + i.ring(2, "101")
WON = rows(
    (2, 100, CUSTOMER, 100, "cancel", 0), (2, 101, CUSTOMER, 101, "answered", 31)
)


def test_statistics_agree_with_what_was_seen():
    seen = RUNG + i.answer(9, "101") + i.end(40, "answered", 31, "101")
    call, before = fold(seen + WON), fold(seen)
    assert call.confirmed and not before.confirmed
    assert call.legs == before.legs
    for name in ("start_date", "answer_date", "end_date", "talk_seconds", "number"):
        assert getattr(call, name) == getattr(before, name)
    assert (call.number, call.did, call.extension) == (CUSTOMER, DID, "101")


def test_rows_join_the_legs_of_their_extensions_whatever_was_lost():
    seen = [
        *(i.start(), i.ring(2, "100"), i.ring(2, "101"), i.answer(9, "101")),
        i.end(40, "answered", 31, "101"),
    ]
    for count in range(len(seen) + 1):
        for kept in itertools.combinations(seen, count):
            call = fold(sum(kept, []) + WON)
            assert (call.state, call.disposition) == ("ended", "answered")
            assert (call.answered_by, call.talk_seconds) == ("person", 31)
            assert call.number == CUSTOMER
            assert {leg.ref: leg.disposition.value for leg in call.legs} == {
                "agent:100": "answered_elsewhere",
                "agent:101": "answered",
            }


def test_call_that_only_statistics_know_comes_out_whole():
    call = fold(WON)
    assert (call.direction, call.state, call.confirmed) == ("inbound", "ended", True)
    assert (call.number, call.hidden, call.extension) == (CUSTOMER, False, "101")
    assert (call.start_date, call.end_date) == (clock(2), clock(33))
    assert (call.answer_date, call.talk_seconds) == (None, 31)
    talked = leg(call, "101")
    assert (talked.ring_date, talked.talk_seconds) == (clock(2), 31)
    assert leg(call, "100").ring_date == clock(2)


def test_hidden_caller_stays_hidden():
    call = fold(rows((2, 100, 0, 100, "no answer", 0)))
    assert (call.direction, call.number, call.hidden) == ("inbound", "", True)
    assert call.disposition == "missed"


@pytest.mark.parametrize("raw", ["no answer", "cancel", "busy", "call failed"])
def test_nobody_answered_is_missed(raw):
    call = fold(rows((2, 100, CUSTOMER, 100, raw, 0), (2, 101, CUSTOMER, 101, raw, 0)))
    assert (call.disposition, call.answered_by) == ("missed", "none")
    assert {leg.disposition.value for leg in call.legs} == {"missed"}


def test_nobody_rung_is_abandoned():
    assert fold(rows((0, 0, CUSTOMER, 0, "cancel", 0))).disposition == "abandoned"
    menu = fold(rows((0, 0, CUSTOMER, "0-main", "answered", 8)))
    assert (menu.disposition, menu.answered_by) == ("abandoned", "machine")
    assert menu.talk_seconds == 0


def test_menu_before_the_talk_is_no_talk():
    call = fold(
        rows(
            (0, 0, CUSTOMER, 0, "answered", 9), (9, 100, CUSTOMER, 100, "answered", 20)
        )
    )
    assert (call.answered_by, call.talk_seconds) == ("person", 20)
    assert legs_of(call) == {"agent:100": ("ended", "answered")}


def test_colleague_who_is_rung_later_and_does_not_answer_has_missed_it():
    call = fold(
        rows((2, 100, CUSTOMER, 100, "answered", 60), (40, 101, CUSTOMER, 101, "", 0))
    )
    assert legs_of(call)["agent:101"] == ("ended", "missed")


def test_transfer_gives_each_their_talk():
    told = rows(
        (2, 100, CUSTOMER, 100, "answered", 15),
        (21, 101, CUSTOMER, 101, "answered", 20),
    )
    seen = (
        i.start()
        + i.ring(2, "100")
        + i.answer(6, "100")
        + i.ring(21, "101")
        + i.answer(25, "101")
        + i.end(45, "answered", 35, "101")
    )
    for call in (fold(told), fold(seen + told)):
        assert (call.disposition, call.talk_seconds) == ("answered", 35)
        assert [leg.talk_seconds for leg in call.legs] == [15, 20]
        assert call.extension == "101"


def test_call_that_comes_back_to_an_extension_counts_both_talks():
    told = rows(
        (2, 100, CUSTOMER, 100, "answered", 15),
        (20, 101, CUSTOMER, 101, "answered", 20),
        (45, 100, CUSTOMER, 100, "answered", 10),
    )
    call = fold(told)
    assert call.talk_seconds == 45
    assert {leg.extension: leg.talk_seconds for leg in call.legs} == {
        "100": 25,
        "101": 20,
    }


def test_two_rows_of_one_talk_count_once():
    told = rows(
        (0, 100, CUSTOMER, DID, "answered", 31), (2, 100, CUSTOMER, 100, "answered", 31)
    )
    assert fold(told).talk_seconds == 31


def test_second_attempt_at_an_extension_is_the_one_that_counts():
    told = rows(
        (2, 100, CUSTOMER, 100, "no answer", 0),
        (22, 100, CUSTOMER, 100, "answered", 31),
    )
    assert legs_of(fold(told)) == {"agent:100": ("ended", "answered")}


def test_mobile_that_answered_is_a_leg_outside():
    told = rows(
        (2, 100, CUSTOMER, 100, "no answer", 0),
        (14, FAR, CUSTOMER, FAR, "answered", 20),
    )
    call = fold(told)
    assert (call.disposition, call.answered_by) == ("answered", "person")
    (outside,) = [leg for leg in call.legs if leg.kind == "external"]
    assert (outside.number, outside.talk_seconds) == (FAR, 20)
    seen = (
        i.start() + i.ring(2, "100") + i.answer(16, MOBILE) + i.end(36, "answered", 20)
    )
    assert fold(seen + told).talk_seconds == 20
    assert [leg.kind.value for leg in fold(seen + told).legs] == ["agent", "external"]


def test_company_number_is_no_leg_where_it_is_known():
    told = rows((0, 0, CUSTOMER, DID, "answered", 30))
    call = fold(i.start() + i.end(30, "answered", 30) + told)
    assert (call.answered_by, call.legs) == ("machine", ())


# -- calls that we place ---------------------------------------------------------------


def out(*told):
    return rows(*told, ref="out_1")


def test_placed_call_that_only_statistics_know():
    call = fold(out((0, 100, DID, CUSTOMER, "answered", 32)))
    assert (call.direction, call.disposition) == ("outbound", "answered")
    assert (call.number, call.did, call.extension) == (CUSTOMER, DID, "100")
    assert (call.start_date, call.end_date, call.talk_seconds) == (START, clock(32), 32)
    assert legs_of(call) == {
        "agent:100": ("ended", "answered"),
        "customer": ("ended", "answered"),
    }


@pytest.mark.parametrize(
    "raw, disposition",
    [("busy", "busy"), ("cancel", "cancelled"), ("no answer", "no_answer"),
     ("unallocated number", "failed")],
)  # fmt: skip
def test_placed_call_that_was_not_reached(raw, disposition):
    told = out((0, 100, DID, CUSTOMER, raw, 0))
    for call in (
        fold(told),
        fold(o.start() + told),
        fold(o.start() + o.end(9, raw) + told),
    ):
        assert (call.disposition, call.raw_disposition) == (disposition, raw)
        assert set(legs_of(call)) == {"agent:100", "customer"}


@pytest.mark.parametrize("agents_side", [CUSTOMER, 100])
def test_call_by_click_has_two_rows_and_the_customers_counts(agents_side):
    agent = (0, 100, DID, agents_side, "answered", 35)
    reached = out(agent, (5, 100, DID, CUSTOMER, "answered", 27))
    seen = o.start() + o.answer(5, "100") + o.answer(13, CUSTOMER, "100")
    for call in (fold(reached), fold(seen + reached)):
        assert (call.disposition, call.talk_seconds) == ("answered", 27)
        assert [leg.talk_seconds for leg in call.legs] == [27, 27]
    in_vain = out(agent, (5, 100, DID, CUSTOMER, "no answer", 0))
    for call in (fold(in_vain), fold(o.start() + o.answer(5, "100") + in_vain)):
        assert (call.disposition, call.talk_seconds) == ("no_answer", 0)


def test_colleague_to_whom_a_placed_call_was_passed_on():
    told = out(
        (0, 100, DID, CUSTOMER, "answered", 60), (30, 100, DID, 101, "answered", 25)
    )
    call = fold(told)
    assert (call.direction, call.talk_seconds) == ("outbound", 60)
    talks = {leg.ref: leg.talk_seconds for leg in call.legs}
    assert talks == {"agent:100": 35, "agent:101": 25, "customer": 60}


@pytest.mark.parametrize("clid", [0, 100, "489-100"])
def test_call_inside(clid):
    told = out((0, 100, clid, 101, "answered", 15))
    call = fold(told)
    assert (call.direction, call.number) == ("internal", "101")
    assert (call.disposition, call.talk_seconds) == ("answered", 15)
    assert set(legs_of(call)) == {"agent:100", "agent:101"}
    inside = Outgoing(destination="101")
    assert fold(inside.start() + told).direction == "internal"


def test_colleague_asked_within_a_call_does_not_turn_it_round():
    asked = (20, 100, 100, 101, "answered", 5)
    came_in = fold(rows((2, 100, CUSTOMER, 100, "answered", 40), asked))
    assert (came_in.direction, came_in.number) == ("inbound", CUSTOMER)
    went_out = fold(out((0, 100, DID, CUSTOMER, "answered", 40), asked))
    assert (went_out.direction, went_out.number) == ("outbound", CUSTOMER)


# -- recordings ------------------------------------------------------------------------


def test_recording_that_only_the_end_tells_of_has_no_proven_name():
    ended = i.end(40, "answered", 31, "100", is_recorded="1", call_id_with_rec="9.9")
    assert fold(RUNG + ended).recordings == ("",)
    assert fold(RUNG + ended + i.recording(48, "1.1")).recordings == ("1.1",)


def test_rows_name_recordings_where_their_ids_are_certain():
    recorded = {"is_recorded": "true"}
    told = (2, 100, CUSTOMER, 100, "answered", 31)
    text = {**recorded, "call_id": "1.10"}
    assert fold(rows((*told, text))).recordings == ("1.10",)
    number = {**recorded, "call_id": 1.1}
    assert fold(rows((*told, number))).recordings == ("",)
    assert fold(rows((*told, number)) + i.recording(48, "1.10")).recordings == ("1.10",)
    assert fold(rows(told)).recordings == ()


def test_recording_of_a_second_leg_is_not_forgotten():
    number = {"is_recorded": True, "call_id": 1.1}
    told = rows(
        (2, 100, CUSTOMER, 100, "answered", 15, number),
        (21, 101, CUSTOMER, 101, "answered", 20, {**number, "call_id": 2.2}),
    )
    assert fold(told + i.recording(48, "1.1")).recordings == ("1.1", "")
    both = i.recording(48, "1.1") + i.recording(48, "2.2")
    assert fold(told + both).recordings == ("1.1", "2.2")
