"""Lines of a report that sum up others are told from those that do not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.cost_row import CostError, CostRow
from telephony_crm_tracking.attribution.cost_rows import read
from telephony_crm_tracking.attribution.cost_totals import totals


def row(line, amount, campaign="", day=1, last=None, currency="EUR", **names):
    start, end = date(2026, 3, day), date(2026, 3, last or day)
    amount = Decimal(amount)
    return CostRow(line, start, end, amount, currency, campaign=campaign, **names)


def lines(*rows):
    return [one.line for one in totals(rows)]


def test_a_line_without_a_name_that_costs_what_the_others_of_its_day_cost():
    table = [["Day", "Campaign", "Cost"], ["2026-03-01", "", "300"]]
    table += [["2026-03-01", "A", "100"], ["2026-03-01", "B", "200"]]
    assert [one.line for one in totals(read(table, {"currency": "EUR"}).rows)] == [2]


def test_a_line_about_the_whole_time_sums_up_its_days():
    days = [row(2, 100, "A", day=1), row(3, 200, "B", day=31)]
    assert lines(row(1, 300, day=1, last=31), *days) == [1]
    assert lines(row(1, 300, day=1, last=30), *days) == []


def test_what_is_rounded_may_be_a_cent_beside():
    parts = [row(2, "33.335", "A"), row(3, "33.335", "B")]
    assert lines(row(1, "66.68"), *parts) == [1]
    assert lines(row(1, "66.70"), *parts) == []


def test_a_cost_of_its_own_sums_up_nothing():
    assert lines(row(1, 10), row(2, 10)) == []  # nothing has a name
    assert lines(row(1, 10), row(2, 10, "A", day=2)) == []
    assert lines(row(1, 10), row(2, 10, "A", currency="USD")) == []
    assert lines(row(1, 0), row(2, 0, "A")) == []
    assert lines(row(1, 10, did="+442079460018"), row(2, 10, "A")) == []


def test_a_line_that_is_wrong_is_missing_from_what_is_summed_up():
    table = [["Day", "Campaign", "Cost"], ["2026-03-01", "", "22"]]
    table += [["2026-03-01", "A", "10"], ["2026-03-01", "B", "x12"]]
    found = read(table, {"currency": "EUR"})
    assert [one.line for one in totals(found.rows, found.errors)] == [2]
    assert totals(found.rows) == []


@pytest.mark.parametrize(
    "amount, days, left_out",
    [
        (22, {}, True),  # nobody knows of which day the line is
        (22, {"start": 1, "end": 1}, True),
        (9, {"start": 1, "end": 1}, False),
        (22, {"start": 2, "end": 2}, False),
        (22, {"start": 1, "end": 2}, False),
    ],
)
def test_it_costs_more_than_the_others_only_where_a_line_of_its_day_is_wrong(
    amount, days, left_out
):
    days = {name: date(2026, 3, day) for name, day in days.items()}
    error = CostError(4, "bad_amount", **days)
    found = totals([row(2, amount), row(3, 10, "A")], [error])
    assert [one.line for one in found] == [2] * left_out


rows = st.lists(
    st.builds(
        row,
        line=st.integers(2, 99),
        amount=st.integers(-9, 9),
        campaign=st.sampled_from(["", "A", "B"]),
        day=st.integers(1, 3),
        last=st.integers(3, 5),
    ),
    max_size=20,
)


@given(rows)
def test_nothing_that_has_a_name_is_ever_left_out(found):
    assert all(not one.campaign for one in totals(found))


@given(rows)
def test_where_nothing_has_a_name_nothing_is_left_out(found):
    assert totals(one for one in found if not one.campaign) == []
