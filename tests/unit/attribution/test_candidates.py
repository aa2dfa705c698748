"""Where the candidates of a call come from: taps, leases, calls before."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.candidates import (
    BEFORE,
    by_earlier_call,
    by_lease,
    by_tap,
    is_proof,
    rang_before,
)
from telephony_crm_tracking.attribution.lease import Lease, Windows
from telephony_crm_tracking.attribution.match import LIVE, TAP

CALLED = datetime(2026, 1, 15, 10)
WINDOWS = Windows(beat=20, hold=600, cooldown=120, late=1800)


def ago(seconds):
    return CALLED - timedelta(seconds=seconds)


def lease(start, seen=None, tap=None, end=None):
    seen = start if seen is None else seen
    return Lease(
        "+442037691881",
        "a",
        start=ago(start),
        seen=ago(seen),
        confirmed=seen != start,
        tap=None if tap is None else ago(tap),
        end=None if end is None else ago(end),
    )


@pytest.mark.parametrize(
    "own, level, likelihood, seconds",
    [
        (lease(300, 10, tap=5), "tap", 0.97, 5),
        (lease(300, 10, tap=120), "tap", 0.97, 120),
        (lease(300, 10, tap=121), "live", 0.8, 10),
        (lease(300, 10, tap=-10), "tap", 0.97, 0),  # the tap's request came late
        (lease(300, 10, tap=-11), "live", 0.8, 10),
        (lease(300, 10), "live", 0.8, 10),
        (lease(-5), "live", 0.8, 0),  # clocks differ
        (lease(2000, 600), "late", 0.6, 0),
        (lease(2000, 600 + 900), "late", 0.3, 900),
        (lease(5000, 600 + 1799), "late", 0.6 / 1800, 1799),
        (lease(5000, 4000, end=900), "late", 0.3, 900),
    ],
)
def test_what_a_lease_says(own, level, likelihood, seconds):
    found = by_lease("a", own, CALLED, WINDOWS, ref=7)
    assert (found.level, found.lease) == (level, 7)
    assert found.likelihood == pytest.approx(likelihood)
    assert found.values == {"seconds": seconds}


@pytest.mark.parametrize(
    "own", [lease(5000, 600 + 1800), lease(-11), lease(9, end=1800)]
)
def test_a_lease_that_is_over_says_nothing(own):
    assert by_lease("a", own, CALLED, WINDOWS) is None


def test_a_tap_is_of_the_first_who_rings_after_it():
    own = lease(300, 100, tap=80)
    rang = rang_before([(ago(75), "+442037691877")], CALLED, "+442037691899")
    found = by_lease("a", own, CALLED, WINDOWS, 7, rang)
    assert (found.level, found.likelihood, found.lease) == ("live", LIVE, 7)
    static = by_tap("a", own.tap, CALLED, rang)
    assert (static.level, static.likelihood, static.lease) == ("live", LIVE, None)
    assert static.values == {"seconds": 80}
    before = [(ago(91), False)]  # who rang before the tap did so without it
    assert by_lease("a", own, CALLED, WINDOWS, 7, before).level == "tap"
    assert by_tap("a", own.tap, CALLED, before).likelihood == TAP
    assert by_tap("a", ago(121), CALLED) is None
    over = lease(3000, 2900, tap=80, end=500)
    assert by_lease("a", over, CALLED, WINDOWS, 7, rang).level == "late"
    again = [(ago(78), True), *rang]  # it was engaged, and then another's turn
    assert by_lease("a", own, CALLED, WINDOWS, 7, again).level == "tap"


@pytest.mark.parametrize(
    "calls, caller, own",
    [
        ([(9, "1"), (8, "2"), (7, ""), (0, "1")], "1", [True, False, False, True]),
        ([(9, "1"), (7, ""), (0, "")], "", [False, False, True]),
        ([(0, "1"), (0, "2"), (0, ""), (-1, "2")], "1", [True, False]),
    ],
)
def test_who_rings_twice_is_no_other_and_who_hides_the_number_may_be(
    calls, caller, own
):
    calls = [(ago(seconds), number) for seconds, number in calls]
    rang = rang_before(calls, CALLED, caller)
    assert [is_own for _began, is_own in rang] == own


def test_of_two_who_ring_at_once_neither_is_known_to_have_tapped():
    assert is_proof(CALLED, CALLED, [(CALLED, True)])
    assert not is_proof(CALLED, CALLED, [(CALLED, True), (CALLED, False)])


@settings(max_examples=200)
@given(
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["", "1", "2", "3"]))),
)
def test_a_tap_never_proves_two_callers(tap, calls):
    """Whoever rings when, and however much is asked of what was before."""
    tap = ago(-tap)
    calls = [(ago(-second), caller) for second, caller in calls]
    proven = []
    for called, caller in calls:
        known = [call for call in calls if called - BEFORE <= call[0] <= called]
        rang = rang_before(known, called, caller)
        assert is_proof(tap, called, rang) == is_proof(
            tap, called, rang_before(calls, called, caller)
        )
        if is_proof(tap, called, rang):
            proven.append((caller, called))
    assert len({caller for caller, _called in proven}) <= 1
    if any(not caller for caller, _called in proven):
        assert len(set(proven)) == 1


def test_an_earlier_call_keeps_the_proportions_of_its_candidates():
    earlier = by_earlier_call({"a": 0.6, "b": 0.2, "c": 0}, ago(5 * 86400), CALLED)
    assert [(own.visit, own.values["days"]) for own in earlier] == [("a", 5), ("b", 5)]
    assert [own.likelihood for own in earlier] == pytest.approx([0.9, 0.3])
    assert by_earlier_call({}, ago(9), CALLED) == []


@given(st.floats(0, 4000), st.floats(0, 4000))
def test_what_a_late_lease_is_worth_only_falls(one, other):
    early, late = sorted([one, other])
    own = [
        by_lease("a", lease(9000, 600 + ago), CALLED, WINDOWS) for ago in (early, late)
    ]
    weights = [found.likelihood if found else 0 for found in own]
    assert weights[0] >= weights[1]
