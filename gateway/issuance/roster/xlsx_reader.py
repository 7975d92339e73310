"""Rosters in XLSX (ECMA-376), read as a stream: real dates, numbers and text all become text.

Cells are read as they are, not as a spreadsheet program computes them: a formula arrives as its
text, which the rules for rows refuse, since what it shows today it may not show tomorrow.

A workbook is an archive of XML that anybody may have made: what it unpacks to is bounded before it
is read, and whatever the parser stumbles over becomes one error that names the place.
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

from gateway.issuance.errors import RosterDamaged, RosterFormat
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.source import HEADER_WITHIN, Header, RawRow, choose_header, no_header, picker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_UNPACKED: Final = 2 << 30
"""A workbook that says it unpacks to more bytes than this is refused unread; a full sheet is half of it."""
MOST_IN_MEMORY: Final = 256 << 20
"""The same for each part that is no sheet: those are held whole, sheets are read as a stream."""
MOST_RATIO: Final = 250
"""And for parts that unpack to more than so many times their size: sheets of real rosters stay below 50."""
_SMALL: Final = 16 << 20
"""Parts up to this size may be packed as tightly as they like."""
MOST_ROWS: Final = 1 << 20
"""Rows that a sheet can have (ECMA-376 part 1, 18.3.1.73); a row that claims a higher number is damage."""
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


def _bounded(path: Path) -> None:
    """Refuse what would fill the memory.

    Raises:
        RosterFormat: no archive.
        RosterDamaged: one that unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RosterFormat(path.name, why=str(error)) from None
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise RosterDamaged(path.name, why=f"{unpacked} > {MOST_UNPACKED} bytes")
    for part in parts:
        most = MOST_UNPACKED if part.filename.startswith("xl/worksheets/") else MOST_IN_MEMORY
        tight = part.file_size > max(_SMALL, MOST_RATIO * part.compress_size)
        if part.file_size > most or tight:
            raise RosterDamaged(path.name, why=f"{part.filename}: {part.compress_size} → {part.file_size} bytes")


@contextmanager
def _sheets(path: Path) -> Iterator[Any]:
    _bounded(path)
    with path.open("rb") as file:  # opened here, since openpyxl leaves open what it cannot read
        try:
            with warnings.catch_warnings():
                # openpyxl warns of styles and extensions it does not keep; only values are read here.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # a foreign parser on a foreign file: it raises what it likes
            raise RosterDamaged(path.name, why=_damage(error)) from error
        try:
            yield book
        finally:
            book.close()


def _damage(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _texts(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 (openpyxl's own, untyped)
    # A stored dimension may lie (some programs write A1); without it rows are read as they come.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except Exception as error:  # as above
            raise RosterDamaged(path.name, why=f"{sheet.title}!{number + 1}: {_damage(error)}") from error
        if row is None:
            return
        number += 1
        if number > MOST_ROWS:
            raise RosterDamaged(path.name, why=f"{sheet.title}: {number} > {MOST_ROWS}")
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
            RosterDamaged: the reader stumbles over it, or it unpacks to too much.
            RosterHeaderNotFound: no sheet has a header.
        """
        with _sheets(path) as book:
            for sheet in book.worksheets:
                rows = (row for row, _ in zip(_texts(path, sheet), range(HEADER_WITHIN), strict=False))
                header = choose_header(rows)
                if header:
                    mac = book.epoch == CALENDAR_MAC_1904
                    return cls(path, header, sheet.title, path.stat().st_size, mac)
        raise no_header(path)

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header that is not empty.

        Raises:
            RosterDamaged: the reader stumbles over a row.
        """
        columns = self.header.columns
        width = columns.width
        pick = picker(columns)
        dates = [
            columns.positions[column]
            for column in (Column.AWARDED_ON, Column.VALID_UNTIL)
            if column in columns.positions
        ]
        with _sheets(self.path) as book:
            sheet = book[self.sheet]
            last = max(sheet.max_row or 1, 1)
            for line, row in _texts(self.path, sheet):
                if line <= self.header.line or not any(cell.strip() for cell in row):
                    continue
                self.consumed = min(self.size, self.size * line // last)
                # A sheet leaves empty cells at the end of a row out; they are empty, not lacking.
                found = max(width, *(place + 1 for place, cell in enumerate(row) if cell.strip()))
                row.extend([""] * (width + 1 - len(row)))
                row[width] = ""
                if self.mac_dates:
                    for at in dates:
                        if row[at].isdigit():
                            row[at] = str(int(row[at]) + _MAC_OFFSET)
                yield RawRow(line, pick(row), found)
        self.consumed = self.size
