"""What is one touch and what are two, and which call is none."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.source import Source
from telephony_crm_tracking.attribution.touch import (
    Episode,
    Outgoing,
    returned,
    touches,
)

START = datetime(2026, 1, 15, 10)
ADS = Source("google", "cpc", "spring", "boiler", "paid")
MAIL = Source("news", "email", "spring", "", "email")
DID = "+442037691881"


def at(minutes):
    return START + timedelta(minutes=minutes)


def episode(ref, minutes, source=ADS, until=None):
    return Episode(ref, at(minutes), source, until and at(until))


def refs(*episodes, **options):
    return [touch.refs for touch in touches(episodes, **options)]


def test_visit_and_call_within_half_an_hour_are_one_touch():
    assert refs(episode(1, 0), episode(2, 29.9)) == [(1, 2)]


def test_half_an_hour_of_silence_makes_a_new_one():
    assert refs(episode(1, 0), episode(2, 30)) == [(1,), (2,)]


def test_silence_begins_when_the_page_is_left():
    assert refs(episode(1, 0, until=60), episode(2, 80)) == [(1, 2)]
    assert refs(episode(1, 0, until=60), episode(2, 10), episode(3, 80)) == [(1, 2, 3)]


def test_a_new_campaign_makes_a_new_one_at_once():
    assert refs(episode(1, 0), episode(2, 5, MAIL)) == [(1,), (2,)]


def test_another_keyword_or_spelling_of_the_same_campaign_does_not():
    other = Source("Google", "CPC", "Spring ", "heating", "paid")
    assert refs(episode(1, 0), episode(2, 5, other)) == [(1, 2)]


def test_coming_directly_begins_nothing_and_learns_the_source():
    direct = Source()
    [touch] = touches([episode(1, 0, direct), episode(2, 5), episode(3, 9, direct)])
    assert (touch.source, touch.refs) == (ADS, (1, 2, 3))
    assert touches([episode(1, 0, direct)])[0].direct


def test_order_of_arrival_does_not_matter():
    assert refs(episode(2, 40), episode(1, 0)) == [(1,), (2,)]


def test_only_what_lies_in_the_look_back_counts():
    old, new, later = episode(1, -91 * 1440), episode(2, -89 * 1440), episode(3, 1)
    assert refs(old, new, later, until=START) == [(2,)]
    assert refs(old, new, later, until=START, lookback_days=92) == [(1,), (2,)]
    assert refs(old, new, later) == [(1,), (2,), (3,)]


episodes = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from([ADS, MAIL, Source()])), max_size=12
)


@given(episodes)
def test_every_episode_is_in_just_one_touch(drawn):
    own = [episode(ref, *facts) for ref, facts in enumerate(drawn)]
    found = touches(own)
    assert sorted(ref for touch in found for ref in touch.refs) == list(range(len(own)))
    assert [touch.start for touch in found] == sorted(touch.start for touch in found)


@pytest.mark.parametrize(
    "hours, shown, did, is_answer",
    [
        (1, DID, DID, True),
        (1, "", DID, True),
        (71, DID, DID, True),
        (73, DID, DID, False),
        (1, "+442037691882", DID, False),
        (1, "", "", False),  # a number of a pool, which is never shown
        (-1, DID, DID, False),
    ],
)
def test_a_call_that_answers_ours_is_no_touch(hours, shown, did, is_answer):
    ours = [Outgoing(START - timedelta(hours=hours), shown)]
    assert returned(START, did, ours) is is_answer
    assert not returned(START, did, [])
