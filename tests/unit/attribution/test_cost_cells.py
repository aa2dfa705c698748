"""Days, amounts and currencies in all spellings, and nothing guessed."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm_tracking.attribution.cost_cells import (
    amount,
    currency,
    day,
    decimal_of,
    order_of,
)

DAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-15",
        "2026/1/15",
        "2026-01-15 00:00:00",
        "2026-01-15T10:00:00+02:00",
        "15.01.2026",
        "15.1.26",
        "15/01/2026",
        "01/15/2026",
        "1/15/26",
        "15-01-2026",
        "15 Jan 2026",
        "15-January-2026",
        "Jan 15, 2026",
        "January 15 2026",
        "20260115",
        20260115,
        46037,
        46037.0,
        DAY,
        datetime(2026, 1, 15, 9, 30),
    ],
)
def test_a_day_in_any_spelling(cell):
    assert day(cell) == DAY


def test_a_day_that_reads_both_ways_is_not_guessed():
    with pytest.raises(ValueError, match="ambiguous_date"):
        day("01/02/2026")
    assert day("01/02/2026", "dmy") == date(2026, 2, 1)
    assert day("01/02/2026", "mdy") == date(2026, 1, 2)
    assert day("03/03/2026") == date(2026, 3, 3)
    assert day("01.02.2026", "mdy") == date(2026, 2, 1)


@pytest.mark.parametrize(
    "cells, order",
    [
        (["01/02/2026", "13/02/2026"], "dmy"),
        (["01/02/2026", "02/13/2026"], "mdy"),
        (["01/02/2026"], ""),
        (["13/02/2026", "02/13/2026"], ""),
        (["15.01.2026", None, 5], ""),
    ],
)
def test_a_column_tells_the_order_of_its_days(cells, order):
    assert order_of(cells) == order


@pytest.mark.parametrize(
    "cell",
    ["", "x", "2026-13-01", "32.01.2026", "13/13/2026", "1/2", "0", 0, 1.5, None, True,
     float("nan"), float("inf"), [], "15 Foo 2026"],
)  # fmt: skip
def test_what_is_no_day_is_said(cell):
    with pytest.raises(ValueError, match="bad_date"):
        day(cell)


@pytest.mark.parametrize(
    "cell, value, code",
    [
        ("12", "12", ""),
        ("1234.50", "1234.50", ""),
        ("1,234.50", "1234.50", ""),
        ("1.234,50", "1234.50", ""),
        ("1 234,50", "1234.50", ""),
        ("1\u00a0234,5", "1234.5", ""),
        ("1'234.50", "1234.50", ""),
        ("1,234,567", "1234567", ""),
        ("1.234.567,8", "1234567.8", ""),
        ("0,125", "0.125", ""),
        ("1234,567", "1234.567", ""),
        ("€ 12.30", "12.30", "EUR"),
        ("12,30 €", "12.30", "EUR"),
        ("£1,000.00", "1000.00", "GBP"),
        ("500 грн.", "500", "UAH"),
        ("USD 7", "7", "USD"),
        ("-3.00", "-3.00", ""),
        ("€-3.00", "-3.00", "EUR"),
        ("(3.00)", "-3.00", ""),
        ("\u22123", "-3", ""),
        (12, "12", ""),
        (12.34, "12.34", ""),
        (0.1 + 0.2, "0.3", ""),
        (Decimal("1.2345"), "1.2345", ""),
    ],
)
def test_an_amount_in_any_spelling(cell, value, code):
    assert amount(cell) == (Decimal(value), code)


def test_an_amount_that_reads_both_ways_is_not_guessed():
    for cell in ("1,234", "1.234", "12,345", "€ 1.234"):
        with pytest.raises(ValueError, match="ambiguous_amount"):
            amount(cell)
    assert amount("1,234", ".")[0] == 1234
    assert amount("1,234", ",")[0] == Decimal("1.234")
    assert amount("1.234", ",")[0] == 1234


@pytest.mark.parametrize(
    "cells, mark",
    [
        (["1,234", "12,50"], ","),
        (["1,234", "1,234.5"], "."),
        (["1,234", "12"], ""),
        (["1,5", "1.5"], ""),
        ([1.5, None, "1,234,567"], ""),
    ],
)
def test_a_column_tells_its_decimal_mark(cells, mark):
    assert decimal_of(cells) == mark


@pytest.mark.parametrize(
    "cell", ["", "x", "--", "1.2.3", "1,23,4.5", "1 2", None, True, float("nan"),
             float("inf"), 1e15, "9" * 30, [], "1.5e3"]
)  # fmt: skip
def test_what_is_no_amount_is_said(cell):
    with pytest.raises(ValueError, match="bad_"):
        amount(cell)


def test_a_dollar_is_one_only_where_dollars_are_spent():
    assert amount("$5", default="CAD") == (5, "CAD")
    with pytest.raises(ValueError, match="bad_currency"):
        amount("$5", default="EUR")
    assert currency("eur") == "EUR"
    assert currency("", "GBP") == "GBP"
    for wrong in ("euro", "1", "€€"):
        with pytest.raises(ValueError, match="bad_currency"):
            currency(wrong)


@given(
    st.decimals(-999999, 999999, places=2), st.sampled_from([",.", ".,", " ,", "'."])
)
def test_what_is_written_is_read(value, marks):
    group, mark = marks
    written = f"{value:,.2f}".translate({44: group, 46: mark})
    assert amount(written)[0] == value


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_whatever_a_cell_holds_it_is_read_or_said(cell):
    for read in (day, amount, currency):
        try:
            read(cell)
        except ValueError as error:
            assert str(error).startswith(("bad_", "ambiguous_"))
