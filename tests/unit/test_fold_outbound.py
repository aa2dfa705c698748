"""Calls that we place, outside and inside; the customer's leg decides."""

import pytest
from call_script import CUSTOMER, DID, Incoming, Outgoing, clock, event, leg, legs

from telephony_crm.pbx.call_state import fold

o = Outgoing()


def test_dialled_call_rings_with_its_agent():
    call = fold(o.start())
    assert (call.direction, call.state) == ("outbound", "ringing")
    assert (call.number, call.extension, call.hidden) == (f"+{CUSTOMER}", "100", False)
    assert legs(call) == {"agent:100": ("ringing", None), "customer": ("ringing", None)}


def test_answered_call():
    told = o.start() + o.answer(8, CUSTOMER, "100")
    assert fold(told).state == "in_progress"
    call = fold(told + o.end(40, "answered", 32))
    assert (call.disposition, call.answered_by) == ("answered", "person")
    assert (call.answer_date, call.end_date) == (clock(8), clock(40))
    assert (call.wait_seconds, call.ring_seconds, call.talk_seconds) == (8, 8, 32)
    assert (call.did, call.number) == (DID, f"+{CUSTOMER}")
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "customer": ("ended", "answered"),
    }
    assert leg(call, "100").talk_seconds == 32


@pytest.mark.parametrize(
    "raw, disposition",
    [
        ("no answer", "no_answer"),
        ("busy", "busy"),
        ("BUSY", "busy"),
        ("cancel", "cancelled"),
        ("failed", "failed"),
        ("call failed", "failed"),
        ("no money", "failed"),
        ("something new", "failed"),
        ("", "no_answer"),
    ],
)
def test_not_reached(raw, disposition):
    call = fold(o.start() + o.end(20, raw))
    assert (call.disposition, call.raw_disposition) == (disposition, raw)
    assert (call.answered_by, call.talk_seconds) == ("none", 0)
    assert legs(call) == {
        "agent:100": ("ended", disposition),
        "customer": ("ended", disposition),
    }


def test_call_by_click_waits_for_the_customer_when_the_agent_has_picked_up():
    call = fold(o.start() + o.answer(5, "100"))
    assert (call.state, call.answer_date) == ("ringing", None)
    assert legs(call) == {
        "agent:100": ("in_progress", None),
        "customer": ("ringing", None),
    }


@pytest.mark.parametrize("calltype", ["normal", "callback_leg2"])
def test_call_by_click_is_answered_only_if_the_customer_did(calltype):
    agent = o.end(40, "answered", 35, calltype=calltype)
    customer = o.end(40, "no answer", 0, calltype="normal")
    call = fold(o.start() + agent + customer)
    assert (call.disposition, call.answered_by) == ("no_answer", "none")
    assert (call.talk_seconds, call.answer_date) == (0, None)
    assert legs(call) == {
        "agent:100": ("ended", "no_answer"),
        "customer": ("ended", "no_answer"),
    }


def test_talk_of_a_call_by_click_is_the_customers():
    call = fold(
        o.start()
        + o.answer(5, "100")
        + o.answer(15, CUSTOMER, "100")
        + o.end(45, "answered", 40)
        + o.end(45, "answered", 30)
    )
    assert (call.disposition, call.talk_seconds) == ("answered", 30)
    assert call.answer_date == clock(15)


def test_agents_leg_that_names_itself_decides_nothing():
    agent = o.end(40, "answered", 35, destination="100")
    call = fold(o.start() + agent)
    assert (call.direction, call.disposition) == ("outbound", "no_answer")
    both = fold(o.start() + agent + o.end(40, "answered", 20))
    assert (both.disposition, both.talk_seconds) == ("answered", 20)


def test_everything_but_the_end_may_be_lost():
    call = fold(o.end(40, "answered", 32))
    assert (call.direction, call.disposition) == ("outbound", "answered")
    assert (call.number, call.extension) == (f"+{CUSTOMER}", "100")
    assert call.answer_date is None


def test_internal_call():
    inside = Outgoing(destination="101")
    told = inside.start() + inside.answer(5, "101", caller="100")
    assert legs(fold(inside.start())) == {
        "agent:100": ("ringing", None),
        "agent:101": ("ringing", None),
    }
    call = fold(told + inside.end(20, "answered", 15, caller="100"))
    assert (call.direction, call.number) == ("internal", "101")
    assert (call.disposition, call.answered_by) == ("answered", "person")
    assert (call.answer_date, call.talk_seconds) == (clock(5), 15)
    assert legs(call) == {
        "agent:100": ("ended", "answered"),
        "agent:101": ("ended", "answered"),
    }


def test_internal_call_that_nobody_takes():
    inside = Outgoing(destination="101")
    call = fold(inside.start() + inside.end(20, "no answer", caller="100"))
    assert (call.disposition, call.answered_by) == ("no_answer", "none")
    assert legs(call)["agent:101"] == ("ended", "no_answer")


@pytest.mark.parametrize(
    "caller, called, direction, number",
    [
        ("100", "101", "internal", "101"),
        ("489-100", CUSTOMER, "outbound", CUSTOMER),
        (CUSTOMER, DID, "inbound", CUSTOMER),
        ("0", DID, "inbound", ""),
    ],
)
def test_parties_tell_the_direction_not_the_prefix(caller, called, direction, number):
    for ref in ("in_1", "out_1", "1"):
        call = Incoming(caller=caller, did=called, ref=ref)
        for told in (
            call.start(),
            call.end(9, "cancel"),
            call.start() + call.end(9, ""),
        ):
            folded = fold(told)
            assert (folded.direction, folded.number) == (direction, number)


@pytest.mark.parametrize(
    "ref, direction", [("in_1", "inbound"), ("out_1", "outbound"), ("1", "inbound")]
)
def test_prefix_is_the_hint_where_nothing_else_tells(ref, direction):
    told = event(
        5, "NOTIFY_ANSWER", caller_id=DID, destination=CUSTOMER, pbx_call_id=ref
    )
    assert fold(told).direction == direction


def test_end_outweighs_start_about_the_direction():
    start = Incoming(ref="in_1").start()
    end = Incoming(caller="100", did=CUSTOMER, ref="in_1").end(9, "cancel")
    call = fold(start + end)
    assert (call.direction, call.number) == ("outbound", CUSTOMER)
