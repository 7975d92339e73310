"""What both readers give: raw rows, in the columns' own order, with the line they stand on."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from gateway.issuance.errors import RosterHeaderNotFound
from gateway.issuance.roster.columns import OPTIONAL, RECOGNISED_FROM, Column, Columns, find_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

HEADER_WITHIN: Final = 30
"""The header is looked for in so many rows from the top."""


class RawRow(NamedTuple):
    """One row as it stands in the file."""

    line: int
    """Line of the file (CSV) or row of the sheet (XLSX), from 1."""
    cells: tuple[str, ...]
    """The text of every :class:`Column`, "" where the file has none."""
    cells_found: int
    """Cells the row has, which may be fewer or more than the header's."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what it says."""

    line: int
    cells: tuple[str, ...]
    columns: Columns


class RosterSource(Protocol):
    """An opened roster."""

    @property
    def header(self) -> Header:
        """Its header."""

    @property
    def encoding(self) -> str:
        """How its text is encoded, for the report."""

    @property
    def size(self) -> int:
        """Bytes to be read, the measure of progress."""

    @property
    def consumed(self) -> int:
        """Bytes read so far."""

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header that is not empty, in order; may be asked for once more."""


def choose_header(rows: Iterable[tuple[int, Sequence[str]]]) -> Header | None:
    """The row with the most understood headings, if any has enough of them to be a header."""
    best: Header | None = None
    for line, cells in rows:
        columns = find_columns(cells)
        found = len(columns.positions)
        if found >= RECOGNISED_FROM and (best is None or found > len(best.columns.positions)):
            best = Header(line, tuple(cells), columns)
    return best


def no_header(path: Path) -> RosterHeaderNotFound:
    """The error for a file without a header, which names the columns wanted."""
    wanted = "、".join(f"{column.zh} {column.en}" for column in Column if column not in OPTIONAL)
    return RosterHeaderNotFound(path.name, rows=HEADER_WITHIN, columns=wanted)


def picker(columns: Columns) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """A function from a file's row, with one "" appended after the header's width, to our order."""
    places = [columns.positions.get(column, columns.width) for column in Column]
    return operator.itemgetter(*places)
