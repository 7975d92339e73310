"""Opening a roster, whatever it is.

>>> roster = open_roster(Path("roster.xlsx"))
>>> for row in roster.rows():
...     print(row.line, row.cells[Column.NAME])
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from gateway.issuance.errors import RosterFormat, RosterMissing
from gateway.issuance.roster.csv_reader import CsvRoster

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.issuance.roster.source import RosterSource

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF: Final = b"%PDF"


def open_roster(path: Path) -> RosterSource:
    """Open a roster; its first bytes say what it is, not its name.

    Raises:
        RosterUnreadable: missing, no roster, or no header in it, one class each.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head.startswith(_ZIP):
            # Imported where it is needed: half a second, and most rosters are CSV.
            from gateway.issuance.roster.xlsx_reader import XlsxRoster  # noqa: PLC0415

            return XlsxRoster.open(path)
        if head == _OLE:
            raise RosterFormat(path.name, why="旧版 .xls 或加密的工作簿 / an old .xls or an encrypted workbook")
        if head.startswith(_PDF):
            raise RosterFormat(path.name, why="PDF")
        return CsvRoster.open(path)
    except OSError as error:
        raise RosterMissing(str(path), why=error.strerror or str(error)) from None


def digest_of(path: Path) -> bytes:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
