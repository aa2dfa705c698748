"""Tables of costs: what they come to, and what is wrong with which line."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm_tracking.attribution import cost_table
from telephony_crm_tracking.attribution.cost_row import CostError, CostRow
from telephony_crm_tracking.attribution.cost_rows import guess, read

HEADER = ["Date", "Source", "Medium", "Campaign", "Cost", "Currency", "Clicks"]
LINE = ["2026-01-15", "google", "cpc", "Spring", "12.50", "EUR", "7"]
ROW = CostRow(
    line=2,
    start=date(2026, 1, 15),
    end=date(2026, 1, 15),
    amount=Decimal("12.50"),
    currency="EUR",
    source="google",
    medium="cpc",
    campaign="Spring",
    clicks=7,
)


def changed(**cells):
    """Return the table with other cells, by header."""
    line = [
        cells.get(name.lower(), cell) for name, cell in zip(HEADER, LINE, strict=True)
    ]
    return [HEADER, line]


def test_a_line_is_a_row():
    found = read([HEADER, LINE])
    assert (found.rows, found.errors) == ((ROW,), ())


def test_googles_own_report_is_read():
    table = cost_table.read(
        "Campaign report\r\n1 January 2026 - 31 January 2026\r\n"
        "Day\tCampaign\tCurrency code\tCost\tClicks\r\n"
        "2026-01-15\tSpring\tEUR\t1,012.50\t1,207\r\n"
        "Total: Account\t --\tEUR\t1,012.50\t1,207\r\n".encode("utf-16")
    )
    found = read(table, {"source": "google", "medium": "cpc"})
    [row] = found.rows
    assert (row.line, row.amount, row.clicks) == (4, Decimal("1012.50"), 1207)
    assert (row.source, row.medium, row.campaign) == ("google", "cpc", "Spring")
    assert (found.header, found.errors, found.skipped) == (3, (), 1)


def test_metas_own_report_names_period_and_currency_in_headers():
    header = [
        "Campaign name",
        "Amount spent (GBP)",
        "Reporting starts",
        "Reporting ends",
    ]
    [row] = read([header, ["Spring", "31.00", "2026-01-01", "2026-01-31"]]).rows
    assert (row.currency, row.start, row.end) == (
        "GBP",
        date(2026, 1, 1),
        date(2026, 1, 31),
    )


def test_a_spreadsheet_of_half_of_europe_is_read():
    text = "Дата;Кампания;Расход;Валюта\n15.01.2026;Весна;1 234,50;грн\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1251"):
        [row] = read(cost_table.read(text.encode(encoding))).rows
        assert (row.campaign, row.amount, row.currency) == (
            "Весна",
            Decimal("1234.50"),
            "UAH",
        )


def test_a_did_has_its_cost_also_from_a_spreadsheet():
    header = ["From", "To", "DID", "Amount"]
    line = [date(2026, 1, 1), date(2026, 1, 31), 442037691881.0, 30]
    [row] = read([header, line], {"currency": "GBP"}).rows
    assert (row.did, row.amount, row.currency) == ("442037691881", 30, "GBP")


@pytest.mark.parametrize(
    "cells, code, column, value",
    [
        ({"date": ""}, "no_date", "start", ""),
        ({"date": "soon"}, "bad_date", "start", "soon"),
        ({"date": "01/02/2026"}, "ambiguous_date", "start", "01/02/2026"),
        ({"cost": ""}, "no_amount", "amount", ""),
        ({"cost": "much"}, "bad_amount", "amount", "much"),
        ({"cost": "1,234"}, "ambiguous_amount", "amount", "1,234"),
        ({"cost": "$5"}, "bad_currency", "amount", "$5"),
        ({"cost": "£5"}, "bad_currency", "currency", "EUR"),
        ({"currency": "euros"}, "bad_currency", "currency", "euros"),
        ({"currency": ""}, "no_currency", "currency", ""),
        ({"clicks": "some"}, "bad_clicks", "clicks", "some"),
    ],
)
def test_an_error_names_line_column_and_cell(cells, code, column, value):
    found = read(changed(**cells))
    assert found.rows == ()
    assert found.errors == (CostError(2, code, column, value),)


@pytest.mark.parametrize(
    "end, code",
    [("2026-01-14", "bad_period"), ("2027-01-16", "bad_period"), ("x", "bad_date")],
)
def test_a_period_ends_after_it_begins_and_within_a_year(end, code):
    table = [["From", "To", "Cost"], ["2026-01-15", end, "1"]]
    [error] = read(table, {"currency": "EUR"}).errors
    assert (error.code, error.column) == (code, "end")


def test_other_lines_are_read_beside_a_wrong_one():
    found = read([HEADER, LINE, ["x"], [], ["", ""], LINE])
    assert [row.line for row in found.rows] == [2, 6]
    assert [error.line for error in found.errors] == [3]
    assert found.skipped == 2


def test_a_campaign_may_be_called_total():
    assert len(read(changed(campaign="Total war")).rows) == 1


def test_without_a_header_nothing_is_taken():
    assert read([LINE, LINE]).errors == (CostError(0, "no_header"),)
    assert read([]).errors == (CostError(0, "no_header"),)


def test_a_person_may_say_which_column_is_which():
    table = [["When", "How much"], ["01/02/2026", "1,234"]]
    columns = {"start": 0, "amount": 1, "did": 9}
    [row] = read(table, {"currency": "EUR"}, columns, order="mdy", decimal=".").rows
    assert (row.start, row.amount) == (date(2026, 1, 2), 1234)


def test_columns_are_known_by_their_headers():
    assert guess(HEADER) == {
        "start": 0, "source": 1, "medium": 2, "campaign": 3, "amount": 4, "currency": 5,
        "clicks": 6,
    }  # fmt: skip
    assert guess(["", None, 5, "Cost", "Cost"]) == {"amount": 3}


def test_a_period_is_divided_exactly():
    row = CostRow(1, date(2026, 1, 1), date(2026, 1, 3), Decimal("10"), "EUR", clicks=4)
    assert row.days() == [
        (date(2026, 1, 1), Decimal("3.34"), 2),
        (date(2026, 1, 2), Decimal("3.33"), 1),
        (date(2026, 1, 3), Decimal("3.33"), 1),
    ]


@settings(max_examples=80)
@given(
    st.integers(0, 365),
    st.decimals(-(10**9), 10**9, places=3),
    st.none() | st.integers(0, 10**6),
)
def test_days_sum_to_the_period(length, amount, clicks):
    start = date(2026, 1, 1)
    end = date.fromordinal(start.toordinal() + length)
    days = CostRow(1, start, end, amount, "EUR", clicks=clicks).days()
    assert [day.toordinal() for day, *_ in days] == list(
        range(start.toordinal(), end.toordinal() + 1)
    )
    assert sum(part for _, part, _ in days) == amount
    if clicks is not None:
        assert sum(part for *_, part in days) == clicks


@pytest.mark.parametrize(
    "data, code",
    [
        (b"a\0b", "encoding"),
        (b"\xff\xfea", "encoding"),
        (b"," * 300, "too_long"),
        (b'"' + b"x" * 200_000, "broken"),
    ],
)
def test_a_file_that_is_no_table_is_said(data, code):
    with pytest.raises(cost_table.BadTable) as refusal:
        cost_table.read(data)
    assert refusal.value.code == code


cells = st.none() | st.text(max_size=12) | st.floats() | st.integers() | st.dates()


@settings(max_examples=80)
@given(st.lists(st.lists(cells, max_size=8), max_size=6))
def test_every_line_is_a_row_an_error_or_nothing(lines):
    found = read([HEADER, *lines], {"currency": "EUR"})
    assert len(found.rows) + len(found.errors) + found.skipped == len(lines)


@given(st.binary(max_size=200))
def test_any_file_is_a_table_or_refused(data):
    try:
        read(cost_table.read(data))
    except cost_table.BadTable:
        pass


def test_the_currency_of_a_header_outranks_what_was_chosen_for_silent_lines():
    table = [["Day", "Cost (USD)"], ["2026-01-15", "1"]]
    assert read(table, {"currency": "EUR"}).rows[0].currency == "USD"
    table[0][1] = "Cost ($)"
    assert read(table, {"currency": "CAD"}).rows[0].currency == "CAD"
    assert read(table, {"currency": "EUR"}).errors[0].code == "no_currency"
    table[0][1] = "Cost (net)"
    assert read(table, {"currency": "EUR"}).rows[0].currency == "EUR"


def test_a_person_says_where_the_headers_and_the_columns_are():
    table = [["Report", "of", "Spring"], ["when", "what"], ["2026-01-15", "1", "EUR"]]
    columns = {"start": 0, "amount": 1, "currency": 2}
    reading = read(table, columns=columns, header=2)
    assert reading.header == 2
    assert [(row.line, row.currency) for row in reading.rows] == [(3, "EUR")]


def test_words_for_nothing_are_nothing():
    table = [["Day", "Cost", "Currency", "Keyword"], ["2026-01-15", "1", "EUR", " --"]]
    assert read(table).rows[0].keyword == ""
