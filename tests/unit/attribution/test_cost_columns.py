"""What the columns of a table of costs mean: longer times, and keywords."""

from datetime import date

from telephony_crm_tracking.attribution.cost_rows import read
from telephony_crm_tracking.attribution.source import classify


def test_a_week_and_a_month_are_of_all_their_days():
    def periods(header, *cells):
        table = [[header, "Cost (EUR)"], *([cell, "7"] for cell in cells)]
        return {(str(row.start), str(row.end)) for row in read(table).rows}

    assert periods("Week", "2026-03-02") == {("2026-03-02", "2026-03-08")}
    february = ("Feb 2026", "2026-02", "02/2026", "2026-02-01", date(2026, 2, 1))
    assert periods("Month", *february) == {("2026-02-01", "2026-02-28")}
    table = [["Month", "To", "Cost (EUR)"], ["2026-02", "2026-03-15", "7"]]
    [row] = read(table).rows
    assert (row.start, row.end) == (date(2026, 2, 1), date(2026, 3, 15))
    assert read([table[0], ["13.2026", "", "7"]]).errors[0].code == "bad_date"


def test_of_day_week_and_month_the_day_counts():
    table = [["Month", "Week", "Day", "Cost (EUR)"]]
    table += [["2026-03-01", "2026-03-02", "2026-03-04", "7"]]
    [row] = read(table).rows
    assert (row.start, row.end) == (date(2026, 3, 4), date(2026, 3, 4))


def test_keywords_meet_those_of_addresses():
    cells = ("[red shoes]", '"Red  Shoes"', "+red +shoes", "red shoes")
    table = [["Day", "Cost (EUR)", "Keyword"]]
    table += [["2026-03-04", "7", cell] for cell in cells]
    assert {row.keyword for row in read(table).rows} == {"red shoes"}
    assert classify({"utm_term": "Red Shoes", "gclid": "a"}).keyword == "red shoes"
    table[1:] = [["2026-03-04", "7", cell] for cell in ("C++", "[]", "+")]
    assert [row.keyword for row in read(table).rows] == ["c++", "[]", ""]
