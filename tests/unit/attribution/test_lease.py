"""Whose number it is, and when; no schedule gives one to two."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.lease import (
    Book,
    Lease,
    Slot,
    Windows,
    choose,
)

START = datetime(2026, 1, 15, 10)
WINDOWS = Windows(beat=20, hold=600, cooldown=120, late=1800)


def at(seconds):
    return START + timedelta(seconds=seconds)


def seconds(time):
    return (time - START).total_seconds()


def lease(**values):
    return Lease("+442037691881", "a", **{"start": START, "seen": START, **values})


def test_one_beat_alone_holds_a_number_for_two():
    assert seconds(WINDOWS.free_date(START, at(0), False)) == 40 + 120
    assert seconds(WINDOWS.free_date(START, at(20), True)) == 20 + 600 + 120


def test_a_number_is_held_for_two_beats_at_least():
    assert Windows(beat=20, hold=5, cooldown=0, late=0).hold == 40


@pytest.mark.parametrize(
    "lengths", [(0, 1, 1, 1), (1, -1, 1, 1), (1, 1, 1, -1), (1, 1, 1, 1, -1)]
)
def test_lengths_that_are_none_are_refused(lengths):
    with pytest.raises(ValueError):
        Windows(*lengths)


@pytest.mark.parametrize(
    "own, called, phase, late",
    [
        (lease(), -1, "over", 0),
        (lease(), 0, "live", 0),
        (lease(), 39, "live", 0),
        (lease(), 40, "late", 0),
        (lease(), 41, "late", 1),
        (lease(), 40 + 1799, "late", 1799),
        (lease(), 40 + 1800, "over", 1800),
        (lease(seen=at(100), confirmed=True), 699, "live", 0),
        (lease(seen=at(100), confirmed=True), 701, "late", 1),
        (lease(seen=at(100), confirmed=True, end=at(700)), 900, "late", 200),
        (lease(end=at(40)), 41, "late", 1),
    ],
)
def test_a_lease_is_live_then_late_then_over(own, called, phase, late):
    assert WINDOWS.phase(own, at(called)) == phase
    assert WINDOWS.late_seconds(own, at(called)) == late


def test_the_number_that_is_free_for_longest_is_chosen():
    slots = [Slot("1", at(5)), Slot("2", at(3)), Slot("3", at(9))]
    assert choose(slots, at(8)).number == "2"
    assert choose(slots, at(2)) is None
    assert choose([*slots, Slot("new")], at(2)).number == "new"


def test_a_pool_gives_each_visit_one_number_until_it_is_dry():
    book = Book(["1", "2"], WINDOWS)
    assert [book.take(visit, at(0)).number for visit in "aba"] == ["1", "2", "1"]
    assert book.take("c", at(10)) is None


def test_a_page_that_lives_keeps_its_number_and_another_waits():
    book = Book(["1"], WINDOWS)
    book.take("a", at(0))
    for beat in range(20, 2000, 20):
        assert book.beat("a", at(beat))
        assert book.take("b", at(beat)) is None
    assert book.take("b", at(1980 + 719)) is None
    assert book.take("b", at(1980 + 720)).number == "1"
    assert book.leases[0].end == at(1980 + 600)
    assert not book.beat("a", at(1980 + 721))


def test_a_page_closed_at_once_leaves_its_number_soon():
    book = Book(["1"], WINDOWS)
    book.take("a", at(0))
    assert book.end("a", at(3))
    assert book.take("b", at(159)) is None
    assert book.take("b", at(160)).number == "1"


def test_a_tap_in_the_first_second_holds_the_number():
    book = Book(["1"], WINDOWS)
    own = book.take("a", at(0))
    assert book.tap("a", at(1)) and own.tap == at(1)
    assert book.take("b", at(160)) is None
    assert WINDOWS.phase(own, at(500)) == "live"


def test_a_page_that_slept_too_long_does_not_get_its_number_back():
    book = Book(["1"], Windows(beat=20, hold=600, cooldown=120, late=0, longest=3600))
    book.take("a", at(0))
    assert not book.beat("a", at(4200))
    assert book.take("a", at(4201)).number == "1"


def test_a_page_that_slept_gets_its_number_back_if_nobody_took_it():
    book = Book(["1"], WINDOWS)
    own = book.take("a", at(0))
    assert book.beat("a", at(5000))
    assert book.take("b", at(5100)) is None
    assert WINDOWS.phase(own, at(5599)) == "live"


def test_a_page_that_is_never_closed_gives_its_number_back():
    book = Book(["1"], Windows(beat=20, hold=600, cooldown=120, late=0, longest=3600))
    own = book.take("a", at(0))
    for beat in range(20, 3600 + 600, 20):
        assert book.beat("a", at(beat))
        assert book.take("b", at(beat)) is None
    assert seconds(own.seen) == 3600
    assert not book.beat("a", at(4200)) and not book.tap("a", at(4200))
    assert book.take("a", at(4319)) is None and book.take("b", at(4319)) is None
    assert book.take("a", at(4320)) is None
    assert book.take("b", at(4320)).number == "1"
    assert seconds(own.end) == 4200


def test_a_number_is_shown_for_two_beats_at_least():
    assert Windows(beat=20, hold=0, cooldown=0, late=0, longest=0).longest == 40


def test_closing_what_is_over_frees_and_takes_no_number():
    book = Book(["1"], WINDOWS)
    own = book.take("a", at(0))
    assert book.close(at(159)) == 0
    assert book.close(at(160)) == 1
    assert own.end == at(40)
    assert not book.beat("a", at(161))
    assert book.take("b", at(161)).number == "1"


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "beat", "tap", "end", "close"]),
        st.sampled_from("abcdef"),
        st.integers(0, 400) | st.sampled_from([0, 1, 20, 160]),
    ),
    max_size=60,
)
windows = st.builds(
    Windows,
    beat=st.integers(1, 30),
    hold=st.integers(0, 300),
    cooldown=st.integers(0, 120),
    late=st.integers(0, 600),
    longest=st.integers(0, 1200),
)


def play(book, steps):
    """Play a schedule, checking after each step that no two have one number."""
    now, seen = START, {}
    for what, visit, later in steps:
        now += timedelta(seconds=later)
        if what == "close":
            book.close(now)
        else:
            found = getattr(book, what)(visit, now)
            if what == "take" and found:
                assert found.visit == visit
        held = [own for own in book.leases if own.end is None]
        assert len({own.number for own in held}) == len(held)
        lively = [own for own in held if not book.windows.is_too_long(own, now)]
        assert len({own.visit for own in lively}) == len(lively)
        for own in book.leases:
            assert own.seen - own.start <= timedelta(seconds=book.windows.longest)
            last = seen.get(id(own), own.start)
            assert own.seen >= last
            seen[id(own)] = own.seen
    return now


@given(st.integers(1, 4), windows, steps)
def test_no_schedule_gives_one_number_to_two(size, lengths, steps):
    book = Book(map(str, range(size)), lengths)
    play(book, steps)
    for number in book.slots:
        own = [found for found in book.leases if found.number == number]
        for one, other in zip(own, own[1:], strict=False):
            assert one.end is not None
            gap = other.start - lengths.end_of(one)
            assert gap >= timedelta(seconds=lengths.cooldown)
            assert lengths.phase(one, other.start) != "live"


@given(st.integers(1, 4), windows, steps, st.integers(0, 2000))
def test_at_any_time_a_number_is_live_for_one_at_most(size, lengths, steps, after):
    book = Book(map(str, range(size)), lengths)
    play(book, steps)
    live = [
        own.number for own in book.leases if lengths.phase(own, at(after)) == "live"
    ]
    assert len(set(live)) == len(live)


@given(st.integers(1, 4), windows, steps)
def test_a_pool_is_dry_only_when_all_its_numbers_are_taken(size, lengths, steps):
    book = Book(map(str, range(size)), lengths)
    now = play(book, steps)
    if book.take("somebody", now) is None:
        assert all(slot.free > now and slot.lease for slot in book.slots.values())
