"""What holds for every call, whatever its events are and however they arrive."""

from dataclasses import replace
from datetime import timedelta

import pytest
from call_script import CUSTOMER, DID, MOBILE, START, Incoming, Outgoing, clock, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import (
    CallEvent,
    Direction,
    Disposition,
    EventKind,
    LegKind,
)

# The same examples on every run, and no clock to judge them by.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("steady")

times = (st.integers(-5, 7200) | st.floats(0, 60)).map(clock)
numbers = st.sampled_from(["", CUSTOMER, f"+{CUSTOMER}", DID, MOBILE, "100", "101"])
extensions = st.sampled_from(["", "100", "101", "102"])
call_dispositions = st.sampled_from(
    [None, *(word for word in Disposition if word != "answered_elsewhere")]
)
#: Anything that an adapter could make of anything.
anything = st.builds(
    CallEvent,
    kind=st.sampled_from(EventKind),
    call_ref=st.just("1"),
    observed_at=times,
    occurred_at=st.none() | times,
    started_at=st.none() | times,
    direction=st.none() | st.sampled_from(Direction),
    number=numbers,
    did=st.sampled_from(["", DID]),
    extension=extensions,
    leg_ref=st.sampled_from(["", "", "", "7", "8"]),
    leg_kind=st.none() | st.sampled_from(LegKind),
    target=st.sampled_from(["", "", MOBILE]),
    talk_seconds=st.none() | st.integers(0, 9_999_999),
    hold_seconds=st.none() | st.integers(0, 100),
    disposition=call_dispositions,
    raw_disposition=st.sampled_from(["", "answered", "cancel"]),
    hangup_cause=st.sampled_from([None, 16, 17, 21]),
    recording_ref=st.sampled_from(["", "1.1", "2.2"]),
    recorded=st.sampled_from([None, True, False]),
    confirmed=st.booleans(),
    dialled_by=extensions,
    caller=numbers,
    called=numbers,
    direction_hint=st.none() | st.sampled_from(Direction),
)
calls = st.lists(anything, min_size=1, max_size=8)

i, o, inside = Incoming(), Outgoing(), Outgoing(destination="101")
#: Calls as they happen, in order.
STORIES = {
    "answered": [
        i.start(),
        i.menu(1),
        i.ring(2, "100"),
        i.ring(2, "101"),
        i.answer(9, "101"),
        i.end(40, "answered", 31, "101", is_recorded="1", call_id_with_rec="1.1"),
        i.recording(48, "1.1"),
    ],
    "missed": [i.start(), i.ring(2, "100"), i.ring(12, "101"), i.end(30, "cancel")],
    "transfer": [
        i.start(),
        i.ring(2, "100"),
        i.ring(2, "101"),
        i.answer(5, DID, "100"),
        i.ring(20, "102"),
        i.answer(26, "102"),
        i.answer(50, "101"),
        i.end(65, "answered", 60, "101"),
    ],
    "mobile": [
        i.start(),
        i.ring(2, "100"),
        i.answer(9, MOBILE),
        i.end(40, "answered", 31),
    ],
    "menu": [i.start(), i.menu(1), i.answer(2, DID), i.end(30, "answered", 28)],
    "outgoing": [
        o.start(),
        o.answer(8, CUSTOMER, "100"),
        o.ring(20, "101"),
        o.answer(25, "101", caller=CUSTOMER),
        o.end(40, "answered", 32),
    ],
    "by click": [
        o.start(),
        o.answer(5, "100"),
        o.end(40, "answered", 35),
        o.end(41, "no answer"),
    ],
    "internal": [
        inside.start(),
        inside.answer(5, "101", caller="100"),
        inside.end(20, "answered", 15, caller="100"),
    ],
}
#: What the PBX's statistics say of the same calls the day after.
ROWS = {
    "answered": rows(
        (0, 0, CUSTOMER, 0, "answered", 2),
        (2, 100, CUSTOMER, 100, "cancel", 0),
        (2, 101, CUSTOMER, 101, "answered", 31, {"is_recorded": True}),
    ),
    "missed": rows(
        (2, 100, CUSTOMER, 100, "no answer", 0), (12, 101, CUSTOMER, 101, "cancel", 0)
    ),
    "transfer": rows(
        (2, 100, CUSTOMER, 100, "answered", 21),
        (2, 101, CUSTOMER, 101, "cancel", 0),
        (20, 102, CUSTOMER, 102, "answered", 24),
        (49, 101, CUSTOMER, 101, "answered", 15),
    ),
    "mobile": rows(
        (2, 100, CUSTOMER, 100, "no answer", 0),
        (6, MOBILE, CUSTOMER, MOBILE, "answered", 31),
    ),
    "menu": rows((0, 0, CUSTOMER, "0-main", "answered", 28)),
    "outgoing": rows(
        (0, 100, DID, CUSTOMER, "answered", 32),
        (20, 100, DID, 101, "answered", 15),
        ref="out_1",
    ),
    "by click": rows(
        (0, 100, DID, CUSTOMER, "answered", 35),
        (5, 100, DID, CUSTOMER, "no answer", 0),
        ref="out_1",
    ),
    "internal": rows((0, 100, 0, 101, "answered", 15), ref="out_1"),
}
told = {name: [*sum(story, []), *ROWS[name]] for name, story in STORIES.items()}
stories = st.sampled_from(list(told.values()))
RANK = ("ringing", "in_progress", "ended")


def check(call):
    """Check everything about a call that holds without knowing its events."""
    end = call.end_date
    assert (call.state == "ended") == (end is not None) == bool(call.disposition)
    assert call.disposition != "answered_elsewhere"
    in_order(call.start_date, call.answer_date, end)
    if call.answer_date:
        assert call.answered_by == "person"
    if end:
        assert (call.disposition == "answered") == (
            call.answered_by in ("person", "unknown")
        )
        talk = timedelta(seconds=call.talk_seconds)
        assert (call.answer_date or call.start_date) + talk <= end
        length = (end - call.start_date).total_seconds()
        assert 0 <= call.wait_seconds + call.talk_seconds <= length
        assert 0 <= call.ring_seconds <= length
    else:
        assert call.talk_seconds == 0
    if call.disposition in ("missed", "abandoned", "no_answer", "busy", "cancelled"):
        assert call.talk_seconds == 0
    if call.hidden:
        assert (call.direction, call.number) == ("inbound", "")
    assert len({leg.ref for leg in call.legs}) == len(call.legs)
    for leg in call.legs:
        check_leg(call, leg)


def check_leg(call, leg):
    in_order(call.start_date, leg.ring_date, leg.answer_date, leg.end_date)
    in_order(leg.end_date, call.end_date)
    assert (leg.state == "ended") == (leg.end_date is not None)
    assert leg.disposition is None or leg.state == "ended"
    assert leg.state == "ended" or call.state != "ended"
    assert min(leg.ring_seconds, leg.talk_seconds) >= 0
    assert leg.talk_seconds <= call.talk_seconds
    assert 0 <= leg.hold_seconds <= leg.talk_seconds
    if leg.disposition == "answered_elsewhere":
        assert call.answered_by == "person"


def in_order(*times):
    known = [at for at in times if at]
    assert known == sorted(known)


@given(calls, st.randoms(use_true_random=False))
def test_order_and_repetition_never_matter(events, chance):
    call = fold(events)
    again = [*events, *chance.choices(events, k=3)]
    chance.shuffle(again)
    assert fold(again) == call


@given(calls)
def test_whatever_arrives_the_call_is_consistent(events):
    check(fold(events))


@given(stories, st.data())
def test_loss_of_any_part_leaves_a_consistent_call(story, data):
    kept = data.draw(st.lists(st.sampled_from(story), min_size=1, unique_by=id))
    check(fold(kept))


@given(stories, st.data())
def test_late_delivery_leaves_a_consistent_call(story, data):
    late = [
        replace(event, observed_at=event.observed_at + timedelta(seconds=delay))
        for event in story
        for delay in [data.draw(st.sampled_from([0, 1, 30, 600, 86400]))]
    ]
    call = fold(late)
    check(call)
    assert call.start_date == START


@given(calls)
def test_an_end_leaves_nothing_alive(events):
    ended = [*events, replace(events[0], kind=EventKind.ENDED)]
    call = fold(ended)
    assert call.state == "ended"
    assert {leg.state.value for leg in call.legs} <= {"ended"}


@given(calls, anything)
def test_an_ended_call_never_goes_back(events, more):
    ended = [*events, replace(events[0], kind=EventKind.ENDED)]
    assert fold([*ended, more]).state == "ended"


@given(stories, st.data())
def test_call_and_legs_only_move_forward(story, data):
    """Seen from outside: notifications arrive in any order, the call goes one way."""
    arriving = data.draw(st.permutations(story))
    seen = [
        replace(event, observed_at=clock(60 + at)) for at, event in enumerate(arriving)
    ]
    reached = {}
    for count in range(1, len(seen) + 1):
        call = fold(seen[:count])
        now = {leg.ref: leg.state.value for leg in call.legs}
        for name, state in {**now, "call": call.state.value}.items():
            assert RANK.index(state) >= RANK.index(reached.get(name, "ringing"))
            reached[name] = state


@pytest.mark.parametrize("name", STORIES)
def test_stories_end_as_told(name):
    call = fold(sum(STORIES[name], []))
    check(call)
    assert (call.disposition, call.answered_by) == {
        **RESULTS,
        "menu": ("answered", "unknown"),
    }.get(name, ("answered", "person"))


RESULTS = {
    "missed": ("missed", "none"),
    "menu": ("abandoned", "machine"),
    "by click": ("no_answer", "none"),
}


@given(st.sampled_from(list(STORIES)), st.data())
def test_statistics_settle_the_result_whatever_was_lost(name, data):
    kept = data.draw(st.lists(st.sampled_from(sum(STORIES[name], [])), unique_by=id))
    events = data.draw(st.permutations([*kept, *ROWS[name]]))
    call, whole = fold(events), fold(told[name])
    check(call)
    assert call.state == "ended" and call.confirmed
    assert (call.disposition, call.answered_by) == RESULTS.get(
        name, ("answered", "person")
    )
    for fact in ("direction", "talk_seconds", "hidden", "extension"):
        assert getattr(call, fact) == getattr(whole, fact), fact
    assert talks_of(call) == talks_of(whole)


def talks_of(call):
    """Return the seconds that each party talked, in however many legs."""
    talks = {}
    for leg in call.legs:
        party = (leg.kind, leg.extension)
        talks[party] = talks.get(party, 0) + leg.talk_seconds
    return talks


@given(stories, st.lists(anything, max_size=3))
def test_statistics_in_between_leave_a_consistent_call(story, more):
    """Rows may come while the call goes on: nothing else breaks by it."""
    for count in range(1, len(story) + 1):
        check(fold([*story[:count], *ROWS["answered"], *more]))
