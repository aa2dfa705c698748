"""Spreadsheets of costs: cells as they are, and files that are none."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from telephony_crm_tracking.attribution import cost_sheet
from telephony_crm_tracking.attribution.cost_rows import read
from telephony_crm_tracking.attribution.cost_table import BadTable


def book(*lines, sheets=("Costs",)):
    """Return a file with these lines on its first sheet."""
    file, made = io.BytesIO(), openpyxl.Workbook()
    made.active.title = sheets[0]
    for name in sheets[1:]:
        made.create_sheet(name)
    for line in lines:
        made.active.append(line)
    made.save(file)
    return file.getvalue()


def test_days_and_amounts_are_what_the_spreadsheet_holds():
    data = book(
        ["Costs of March", None, None],
        ["Day", "Cost (EUR)", "Number"],
        [datetime(2026, 3, 2), 12.5, 442037691881],
        [None, None, None],
        [date(2026, 3, 3), 1234, None],
    )
    reading = read(cost_sheet.read(data))
    assert not reading.errors
    assert [(row.line, row.start, row.amount, row.did) for row in reading.rows] == [
        (3, date(2026, 3, 2), Decimal("12.5"), "442037691881"),
        (5, date(2026, 3, 3), Decimal("1234"), ""),
    ]


def test_what_is_no_spreadsheet_is_read_as_text():
    assert cost_sheet.read(b"Day;Cost\n2026-03-02;1,5\n") == [
        ["Day", "Cost"],
        ["2026-03-02", "1,5"],
    ]


def test_cells_without_content_are_no_cells():
    data = book(["Day", "Cost", None, ""], [None], ["x"], [None], [""])
    assert cost_sheet.read(data) == [["Day", "Cost"], [], ["x"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old"),
        (b"PK\x03\x04 torn off", "broken"),
        (book(["a"])[:500], "broken"),
        (book(["x"] * 201), "too_long"),
    ],
)
def test_a_file_that_is_none_is_told(data, code):
    with pytest.raises(BadTable) as caught:
        cost_sheet.read(data)
    assert caught.value.code == code


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(cost_sheet, "MAX_UNPACKED", 10_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 10_001)
    with pytest.raises(BadTable) as caught:
        cost_sheet.read(file.getvalue())
    assert caught.value.code == "too_long"
