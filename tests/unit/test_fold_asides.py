"""What is told besides what happens to a call: recorded now, asked meanwhile."""

from itertools import permutations

import pytest
from call_script import DID, Incoming, clock, leg

from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import CallEvent, EventKind

i = Incoming()
TALK = i.start() + i.ring(2, "100") + i.answer(5, DID, "100")
END = i.end(65, "answered", 60, "100")


def told(kind, at, **values):
    ref = TALK[0].call_ref
    return CallEvent(kind, ref, clock(at), occurred_at=clock(at), **values)


def on(at):
    return told(EventKind.RECORDING_ON, at)


def off(at):
    return told(EventKind.RECORDING_OFF, at)


@pytest.mark.parametrize(
    ("switches", "is_recorded"),
    [
        ([], False),
        ([on(3)], True),
        ([on(3), off(10)], False),
        ([on(3), off(10), on(20)], True),
        ([off(10)], False),
        ([on(10), off(10)], True),
    ],
)
def test_what_was_told_last_counts_in_whatever_order_it_comes(switches, is_recorded):
    for order in permutations(switches):
        call = fold([*order, *TALK, *order])
        assert call.is_recorded == is_recorded
        at = max((event.occurred_at for event in switches), default=None)
        assert call.recording_date == at


def test_a_call_that_is_over_is_not_recorded_any_more():
    call = fold([*TALK, on(3), *END])
    assert not call.is_recorded
    assert call.recordings == (), "of that the PBX tells when it can be fetched"


def test_nothing_else_of_the_call_is_changed_by_it():
    plain = vars(fold([*TALK, *END]))
    for extra in (on(1), on(90), off(200), told(EventKind.ASKED, 1, extension="100")):
        found = vars(fold([*TALK, extra, *END]))
        for name in plain.keys() - {"recording_date", "legs"}:
            assert found[name] == plain[name], name


def test_who_is_asked_is_marked_and_has_not_answered():
    asked = told(EventKind.ASKED, 25, extension="101")
    call = fold([*TALK, *i.ring(20, "101"), asked])
    colleague = leg(call, "101")
    assert (colleague.state, colleague.is_asked) == ("ringing", True)
    assert not leg(call, "100").is_asked


def test_an_aside_alone_is_a_call_of_which_little_is_known():
    assert fold([on(3)]).state == "ringing"
