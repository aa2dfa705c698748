"""The size of a pool, held against what is known of Erlang B."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.erlang import (
    blocking,
    reckoning,
    size_needed,
)


@pytest.mark.parametrize(
    "load, lines, refused",
    [
        (200 * 20 / 60, 67, 0.09),
        (200 * 20 / 60, 72, 0.05),
        (200 * 20 / 60, 82, 0.01),
        (20, 20, 0.16),
        (20, 30, 0.01),
        (1, 1, 0.5),  # a/(1 + a)
        (2, 2, 0.4),  # (a²/2) / (1 + a + a²/2)
    ],
)
def test_share_that_is_refused(load, lines, refused):
    assert round(blocking(load, lines), 2) == pytest.approx(refused, abs=0.005)


@pytest.mark.parametrize(
    "arrivals, share, size", [(200, 0.01, 82), (200, 0.05, 72), (60, 0.01, 30)]
)
def test_size_of_a_pool_with_numbers_taken_for_twenty_minutes(arrivals, share, size):
    found = reckoning(arrivals, 14 * 60, 5 * 60, 60, lines=size - 1, share=share)
    assert (found.load, found.needed) == (arrivals / 3, size)
    assert found.refused > share


def test_nobody_needs_no_number():
    assert size_needed(0) == 0
    assert blocking(0, 0) == blocking(0, 5) == 0
    assert blocking(3, 0) == 1


@given(st.floats(0.01, 500), st.floats(0.001, 0.5))
def test_size_is_the_smallest_that_does(load, share):
    size = size_needed(load, share)
    assert blocking(load, size) <= share < blocking(load, size - 1)


@pytest.mark.parametrize("load", [-1, float("nan"), float("inf"), 1e9])
def test_a_load_that_is_none_is_refused(load):
    for question in (lambda: blocking(load, 1), lambda: size_needed(load)):
        with pytest.raises(ValueError):
            question()


@pytest.mark.parametrize("share", [0, 1, -0.1, 2])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError):
        size_needed(1, share)
    with pytest.raises(ValueError):
        reckoning(1, -1)
