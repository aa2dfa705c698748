"""The models, and that no millionth is lost or given twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.shares import WHOLE, Model, divided, shares

NO, YES = False, True


@pytest.mark.parametrize(
    "model, direct, expected",
    [
        ("first", [NO, NO, NO], (1_000_000, 0, 0)),
        ("last", [NO, NO, YES], (0, 0, 1_000_000)),
        ("last_non_direct", [NO, NO, YES], (0, 1_000_000, 0)),
        ("last_non_direct", [NO, YES, NO], (0, 0, 1_000_000)),
        ("last_non_direct", [YES, YES], (0, 1_000_000)),
        ("linear", [NO, NO, NO], (333_334, 333_333, 333_333)),
        ("linear", [NO] * 4, (250_000,) * 4),
        ("position", [NO], (1_000_000,)),
        ("position", [NO, NO], (500_000, 500_000)),
        ("position", [NO, NO, NO], (400_000, 200_000, 400_000)),
        ("position", [NO] * 5, (400_000, 66_667, 66_667, 66_666, 400_000)),
        ("linear", [], ()),
    ],
)
def test_shares_of_a_model(model, direct, expected):
    assert shares(model, direct) == expected


@given(st.sampled_from(Model), st.lists(st.booleans(), min_size=1, max_size=200))
def test_shares_are_exactly_one(model, direct):
    found = shares(model, direct)
    assert sum(found) == WHOLE
    assert len(found) == len(direct)
    assert min(found) >= 0


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=50).filter(any),
    st.integers(0, 10**12),
)
def test_parts_are_within_one_of_exact(weights, whole):
    parts = divided(weights, whole)
    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - whole * weight) < sum(weights)


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError):
        shares("middle", [NO])
