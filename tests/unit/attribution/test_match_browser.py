"""Visits of one browser are one person's."""

from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.match import (
    LIVE,
    TAP,
    UNPROVEN,
    Candidate,
    Level,
    once_a_browser,
    state,
    weigh,
)


def live(visit):
    return Candidate(visit, Level.LIVE, LIVE)


def returning(visit):
    return Candidate(visit, Level.RETURNING, UNPROVEN)


candidates = st.lists(
    st.builds(
        Candidate,
        visit=st.sampled_from("abcdef"),
        level=st.sampled_from([level for level in Level if level != Level.TAP]),
        likelihood=st.floats(0, UNPROVEN),
    )
    | st.builds(
        Candidate,
        visit=st.sampled_from("abcdef"),
        level=st.just(Level.TAP),
        likelihood=st.just(TAP),
    ),
    max_size=40,
)


def test_one_browser_is_no_rival_of_itself_and_came_by_what_it_clicked_last():
    browsers = {"old": "x", "new": "x", "other": "y"}
    [own] = once_a_browser([returning("old"), live("new")], browsers)
    assert (own.visit, own.level, own.likelihood) == ("new", "live", UNPROVEN)
    assert state(weigh([own])) == "matched"
    gone = Candidate("new", Level.LATE, 0)
    assert once_a_browser([gone, returning("old")], browsers) == [returning("old")]
    two = once_a_browser([returning("old"), live("other")], browsers)
    assert state(weigh(two)) == "ambiguous"
    unknown = [returning("old"), live("new")]
    assert once_a_browser(unknown, {}) == unknown


@given(candidates, st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("xy")))
def test_a_browser_has_one_visit_and_loses_no_likelihood(found, browsers):
    kept = once_a_browser(found, browsers)
    assert {own.visit for own in kept} <= {own.visit for own in found}
    of = {own.visit: browsers.get(own.visit) for own in kept}
    known = list(filter(None, of.values()))
    assert len(known) == len(set(known))
    best = max((own.likelihood for own in found), default=0)
    assert max((own.likelihood for own in kept), default=0) == best
