"""The lines of a spreadsheet of costs (XLSX), by the library that Odoo brings along."""

from __future__ import annotations

import io
import zipfile

from .cost_table import MAX_BYTES, MAX_COLUMNS, MAX_LINES, BadTable
from .cost_table import read as read_text

#: Unpacked; what is packed can be a thousand times as small.
MAX_UNPACKED = 300_000_000
_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read(data: bytes) -> list[list[object]]:
    """Return the cells of a file, line by line, whether spreadsheet or text.

    A spreadsheet's cells are numbers and days where it says so; ends of lines without
    content are cut off.

    :raises BadTable: as `cost_table.read`; ``old`` for a spreadsheet of before 2007
    """
    if data.startswith(_OLD):
        raise BadTable("old")
    if not data.startswith(_PACKED):
        return read_text(data)
    if len(data) > MAX_BYTES:
        raise BadTable("too_long")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise BadTable("too_long")
        return _lines(data)
    except BadTable:
        raise
    except Exception as error:  # whatever its parts make the library stumble over
        raise BadTable("broken") from error


def _lines(data):
    """Return the lines of the sheet that was last looked at."""
    import openpyxl  # noqa: PLC0415 - loaded only by those who need it

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet = book.active if book.active in book.worksheets else book.worksheets[0]
        sheet.reset_dimensions()  # some writers say that there is one cell
        lines, empty = [], 0
        for cells in sheet.iter_rows(values_only=True):
            last = max(
                (at for at, cell in enumerate(cells, 1) if _has(cell)), default=0
            )
            empty = 0 if last else empty + 1
            if last > MAX_COLUMNS or len(lines) - empty >= MAX_LINES:
                raise BadTable("too_long")
            if empty <= MAX_LINES:  # formatted to the last line there can be
                lines.append(["" if cell is None else cell for cell in cells[:last]])
        return lines[: len(lines) - min(empty, len(lines))]
    finally:
        book.close()


def _has(cell):
    return cell is not None and cell != ""
