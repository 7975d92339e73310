"""Rosters in XLSX (ECMA-376), read as a stream: real dates, numbers and text all become text.

Cells are read as they are, not as a spreadsheet program computes them: a formula arrives as its
text, which the rules for rows refuse, since what it shows today it may not show tomorrow.
"""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from gateway.issuance.errors import RosterFormat
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.source import HEADER_WITHIN, Header, RawRow, choose_header, no_header, picker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_UNPACKED: Final = 4 << 30
"""A workbook that says it unpacks to more bytes than this is refused unread."""
_DIGITS: Final = 15
"""A spreadsheet's numbers carry so many significant digits (ECMA-376: IEEE 754 doubles)."""
_MAC_OFFSET: Final = 1462
"""Days between the two epochs of spreadsheets, 1904 and 1900."""


def cell_text(value: object) -> str:
    """What a person sees in a cell: 77.09999999999999 is 77.1, a date is YYYY-MM-DD.

    A number of more than 15 digits comes out in scientific notation, since its last digits are lost.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.{_DIGITS}g}".replace("e", "E")
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    # What is left: dates say YYYY-MM-DD by themselves, formulas over a range carry their text.
    return str(getattr(value, "text", value))


@contextmanager
def _sheets(path: Path) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise RosterFormat(path.name, why=f"{unpacked} > {MOST_UNPACKED} bytes")
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions it does not keep; only values are read here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise RosterFormat(path.name, why=str(error)) from None
    try:
        yield book
    finally:
        book.close()


def _texts(sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 (openpyxl's own, untyped)
    # A stored dimension may lie (some programs write A1); without it rows are read as they come.
    sheet.reset_dimensions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [cell_text(value) for value in row]


@dataclass(slots=True)
class XlsxRoster:
    """A roster in the first sheet of a workbook that has a header."""

    path: Path
    header: Header
    sheet: str
    size: int
    mac_dates: bool
    encoding: str = "xlsx"
    consumed: int = 0

    @classmethod
    def open(cls, path: Path) -> Self:
        """Find the sheet and its header.

        Raises:
            RosterFormat: no workbook.
            RosterHeaderNotFound: no sheet has a header.
        """
        with _sheets(path) as book:
            for sheet in book.worksheets:
                rows = (row for row, _ in zip(_texts(sheet), range(HEADER_WITHIN), strict=False))
                header = choose_header(rows)
                if header:
                    mac = book.epoch == CALENDAR_MAC_1904
                    return cls(path, header, sheet.title, path.stat().st_size, mac)
        raise no_header(path)

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header that is not empty."""
        columns = self.header.columns
        width = columns.width
        pick = picker(columns)
        date_at = columns.positions.get(Column.AWARDED_ON)
        with _sheets(self.path) as book:
            sheet = book[self.sheet]
            last = max(sheet.max_row or 1, 1)
            for line, row in _texts(sheet):
                if line <= self.header.line or not any(cell.strip() for cell in row):
                    continue
                self.consumed = min(self.size, self.size * line // last)
                # A sheet leaves empty cells at the end of a row out; they are empty, not lacking.
                found = max(width, *(place + 1 for place, cell in enumerate(row) if cell.strip()))
                row.extend([""] * (width + 1 - len(row)))
                row[width] = ""
                if self.mac_dates and date_at is not None and row[date_at].isdigit():
                    row[date_at] = str(int(row[date_at]) + _MAC_OFFSET)
                yield RawRow(line, pick(row), found)
        self.consumed = self.size
