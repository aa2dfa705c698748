"""Which visit made the phone ring, and how much of that is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.match import (
    LIVE,
    NEGLIGIBLE,
    TAP,
    UNPROVEN,
    Candidate,
    Level,
    none_of_them,
    state,
    weigh,
)


def tapped(visit="a"):
    return Candidate(visit, Level.TAP, TAP)


def live(visit="a"):
    return Candidate(visit, Level.LIVE, LIVE)


def returning(visit="a"):
    return Candidate(visit, Level.RETURNING, UNPROVEN)


@pytest.mark.parametrize("own", [tapped(), live(), returning()])
def test_one_candidate_keeps_its_likelihood(own):
    [match] = weigh([own])
    assert match.weight == own.likelihood
    assert state([match]) == "matched"


def test_nobody_is_none():
    assert weigh([]) == []
    assert state([]) == "none"
    assert none_of_them([]) == 1


def test_a_tap_settles_it_and_the_other_is_kept():
    matches = weigh([live("b"), tapped("a")])
    assert [match.candidate.visit for match in matches] == ["a", "b"]
    assert matches[0].weight > 0.85
    assert matches[1].weight >= NEGLIGIBLE
    assert state(matches) == "matched"


def test_an_earlier_call_outranks_who_sees_the_number_now():
    matches = weigh([live("b"), returning("a")])
    assert [match.candidate.visit for match in matches] == ["a", "b"]
    assert matches[0].weight > 2 * matches[1].weight
    assert state(matches) == "ambiguous"


def test_two_who_tapped_are_ambiguous():
    assert state(weigh([tapped("a"), tapped("b")])) == "ambiguous"


def test_many_who_alone_could_be_neglected_are_a_doubt_together():
    ten = weigh(Candidate(place, Level.LATE, 0.5) for place in range(10))
    assert all(match.weight < NEGLIGIBLE for match in ten)
    assert none_of_them(ten) < NEGLIGIBLE
    assert state(ten) == "ambiguous"
    few = weigh([live("a"), *(Candidate(place, Level.LATE, 0.2) for place in range(9))])
    assert few[1].weight < NEGLIGIBLE
    assert state(few) == "ambiguous"


def test_a_tap_that_is_less_likely_than_all_else_settles_nothing():
    matches = weigh([tapped("a"), *map(returning, "bcde")])
    assert (matches[0].level, matches[0].weight < 0.5) == ("tap", True)
    assert state(matches) == "ambiguous"


def test_who_can_be_neglected_makes_neither_match_nor_doubt():
    faint = Candidate("b", Level.LATE, 0.05)
    assert state(weigh([live("a"), faint])) == "matched"
    assert state(weigh([faint])) == "none"
    assert len(weigh([faint])) == 1


def test_a_visit_by_two_ways_counts_once_by_the_stronger():
    matches = weigh([live("a"), returning("a"), Candidate("a", Level.LATE, 0.2)])
    assert [match.level for match in matches] == ["returning"]


def test_a_static_number_and_another_system_are_named_as_what_they_are():
    static = Candidate(None, Level.STATIC, UNPROVEN)
    foreign = Candidate("x", Level.FOREIGN, UNPROVEN)
    assert state(weigh([static])) == "static"
    assert state(weigh([foreign])) == "foreign"
    assert state(weigh([foreign, live("b")])) == "ambiguous"


@pytest.mark.parametrize(
    "level, likelihood",
    [
        ("tap", 0.98),
        ("live", 0.91),
        ("returning", 1),
        ("late", -0.1),
        ("foreign", 0.97),
    ],
)
def test_no_candidate_may_claim_more_than_is_known(level, likelihood):
    with pytest.raises(ValueError):
        Candidate("a", Level(level), likelihood)


unproven = st.builds(
    Candidate,
    visit=st.sampled_from("abcdef"),
    level=st.sampled_from([level for level in Level if level != Level.TAP]),
    likelihood=st.floats(0, UNPROVEN),
    lease=st.sampled_from([None, 1, 2]),
)
taps = st.builds(
    Candidate,
    visit=st.sampled_from("abcdef"),
    level=st.just(Level.TAP),
    likelihood=st.just(TAP),
)
candidates = st.lists(unproven | taps, max_size=40)


@given(candidates)
def test_weights_sum_to_less_than_one(found):
    matches = weigh(found)
    assert all(0 <= match.weight for match in matches)
    assert sum(match.weight for match in matches) < 1
    assert 0 < none_of_them(matches) <= 1


@given(st.lists(unproven, max_size=40))
def test_nothing_is_certain_without_a_tap(found):
    matches = weigh(found)
    assert all(match.weight <= UNPROVEN for match in matches)
    counting = [match for match in matches if match.weight >= NEGLIGIBLE]
    if len(counting) > 1:
        assert state(matches) == "ambiguous"


@settings(max_examples=80)
@given(candidates, st.randoms(use_true_random=False))
def test_the_order_of_candidates_never_matters(found, chance):
    again = list(found)
    chance.shuffle(again)
    assert weigh(again) == weigh(found)


@settings(max_examples=80)
@given(candidates, unproven)
def test_one_more_candidate_makes_no_other_likelier(found, more):
    before = {match.candidate.visit: match.weight for match in weigh(found)}
    for match in weigh([*found, more]):
        if match.candidate.visit != more.visit:
            assert match.weight <= before[match.candidate.visit]
