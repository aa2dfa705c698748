"""Which calls count, and why the others do not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from telephony_crm_tracking.attribution.qualified import (
    Call,
    is_first,
    is_qualified,
    refusal,
)

START = datetime(2026, 1, 15, 10)
TALK = Call(START, talk_seconds=60, by_person=True)


def days_ago(days):
    return START - timedelta(days=days)


@pytest.mark.parametrize(
    "changes, why",
    [
        ({}, None),
        ({"talk_seconds": 30}, None),
        ({"talk_seconds": 29}, "short"),
        ({"by_person": False}, "nobody"),
        ({"talk_seconds": 0, "by_person": False, "called_back": 45}, None),
        ({"talk_seconds": 0, "by_person": False, "called_back": 5}, "short"),
        ({"talk_seconds": 90, "by_person": False, "called_back": 5}, "short"),
        ({"spam": True}, "spam"),
        ({"blocked": True}, "blocked"),
        ({"ours": True}, "ours"),
        ({"won": True}, "won"),
    ],
)
def test_a_person_talked_long_enough_with_somebody(changes, why):
    call = replace(TALK, **changes)
    assert refusal(call, [], 30) == why
    assert is_qualified(call, [], 30) is (why is None)


@pytest.mark.parametrize(
    "days, first", [(1, False), (30, False), (31, True), (-1, True)]
)
def test_a_number_counts_once_in_thirty_days(days, first):
    talked = [days_ago(days)]
    assert is_first(START, talked) is first
    assert refusal(TALK, talked, 30) == (None if first else "again")


def test_a_call_is_not_its_own_forerunner():
    assert is_first(START, [START])
