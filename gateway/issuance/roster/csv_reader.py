"""Rosters in CSV: any delimiter and encoding that spreadsheet programs write."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from gateway.issuance.errors import RosterEncoding, RosterMalformed
from gateway.issuance.roster.encoding import candidates, decode_head, first_bad_byte, line_of
from gateway.issuance.roster.source import HEADER_WITHIN, Header, RawRow, choose_header, no_header, picker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DELIMITERS: Final = (",", "\t", ";", "，")
_HEAD: Final = 1 << 18


def _first_rows(head: str, delimiter: str) -> list[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, row))
            if len(rows) == HEADER_WITHIN:
                break
    except csv.Error:
        pass  # Another delimiter may read further; what was read is judged.
    return rows


@dataclass(slots=True)
class CsvRoster:
    """A roster in CSV, read as a stream."""

    path: Path
    header: Header
    encoding: str
    delimiter: str
    size: int
    consumed: int = 0

    @classmethod
    def open(cls, path: Path) -> Self:
        """Find encoding, delimiter and header.

        Raises:
            RosterHeaderNotFound: no encoding and delimiter show a header.
            RosterEncoding: the header reads well, bytes further down do not.
        """
        with path.open("rb") as file:
            head = file.read(_HEAD)
        best: tuple[int, str, str, Header] | None = None
        for encoding in candidates(path):
            text = decode_head(head, encoding)
            for delimiter in DELIMITERS:
                header = choose_header(_first_rows(text, delimiter))
                if header and (best is None or len(header.columns.positions) > best[0]):
                    best = (len(header.columns.positions), encoding, delimiter, header)
        if best is None:
            raise no_header(path)
        _, encoding, delimiter, header = best
        offset = first_bad_byte(path, encoding)
        if offset is not None:
            raise RosterEncoding(path.name, line=line_of(path, offset), encoding=encoding, offset=offset)
        return cls(path, header, encoding, delimiter, path.stat().st_size)

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header that is not empty.

        Raises:
            RosterMalformed: a quote that is never closed, or a cell longer than 128 kB.
        """
        width = self.header.columns.width
        pick = picker(self.header.columns)
        with self.path.open("rb", buffering=1 << 20) as raw:
            text = io.TextIOWrapper(raw, encoding=self.encoding, newline="")
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            line = 0
            try:
                for row in reader:
                    first, line = line + 1, reader.line_num
                    if first <= self.header.line or not any(row):
                        continue
                    found = len(row)
                    if found == width:
                        row.append("")
                    elif found < width:
                        row.extend([""] * (width + 1 - found))
                    else:
                        # Cells to the right of the header count only where something stands in them.
                        found = max(width, *(place + 1 for place in range(found) if row[place].strip()), 0)
                        row[width] = ""
                    cells = pick(row)
                    if not cells[1] and not "".join(row).strip():
                        continue
                    if not line & 0x3FF:
                        self.consumed = raw.tell()
                    yield RawRow(first, cells, found)
            except csv.Error as error:
                raise RosterMalformed(self.path.name, line=line + 1, why=str(error)) from None
            self.consumed = self.size
