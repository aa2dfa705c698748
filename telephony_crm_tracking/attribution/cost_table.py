"""The lines of a file of costs, however it was saved.

Google Ads writes UTF-16 with tabs, spreadsheets of half of Europe semicolons.
"""

from __future__ import annotations

import csv
import io

MAX_BYTES = 20_000_000
MAX_LINES = 100_000
MAX_COLUMNS = 200
DELIMITERS = "\t;,|"


class BadTable(Exception):
    """The file is no table.

    :param code: ``too_long, encoding, broken``
    """

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


def read(data: bytes) -> list[list[str]]:
    """Return the cells of a CSV file, line by line.

    :raises BadTable: when it is none
    """
    if len(data) > MAX_BYTES:
        raise BadTable("too_long")
    text = _decoded(data)
    if "\0" in text:
        raise BadTable("encoding")
    lines = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=_by(text)):
            if len(lines) == MAX_LINES or len(cells) > MAX_COLUMNS:
                raise BadTable("too_long")
            lines.append(cells)
    except csv.Error as error:
        raise BadTable("broken") from error
    return lines


def _decoded(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251" if _is_cyrillic(data) else "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable("encoding")


def _is_cyrillic(data):
    """Tell whether bytes that are not UTF-8 are letters of Windows-1251 in a row.

    Accented letters of the West stand alone among plain ones.
    """
    high = [byte >= 0xC0 for byte in data[:10_000]]
    pairs = sum(one and other for one, other in zip(high, high[1:], strict=False))
    return pairs * 2 > sum(high) > 0


def _by(text):
    """Return what stands between cells: the one that most lines have most of."""
    head = [line for line in text.splitlines()[:20] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in head) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: counts[mark][len(head) // 2] if head else 0)
