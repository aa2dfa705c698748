"""Calls that are given up are told of, for a day."""

from types import SimpleNamespace

import pytest

from telephony_crm.bridge import given_up as module
from telephony_crm.bridge.given_up import SAID, GivenUp


@pytest.fixture
def clock(monkeypatch):
    found = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: found.now)
    return found


@pytest.fixture
def tracker():
    return SimpleNamespace(dropped=0, config=SimpleNamespace(max_calls=10_000))


def test_nothing_is_said_while_all_are_followed(clock, tracker):
    assert GivenUp(tracker).in_words() == ""


def test_how_many_is_said_for_a_day_after_the_last(clock, tracker):
    found = GivenUp(tracker)
    for count in (3, 7):
        tracker.dropped = count
        clock.now += 60
        words = found.in_words()
        assert "More than 10000 calls" in words and f"any more: {count}." in words
    clock.now += SAID - 1
    assert "any more: 7." in found.in_words()
    clock.now += 2
    assert found.in_words() == ""
    tracker.dropped = 9
    assert "any more: 2." in found.in_words()
