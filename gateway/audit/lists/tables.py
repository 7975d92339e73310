"""Tables as files: CSV, XLSX, Parquet, streamed row by row, and the same bytes for the same rows.

    write_tables(path, [Table("transfers", ("转换", "transfers"), columns, rows)], about={"block": "4711"})

The suffix says which form. No clock, locale or name of a machine enters a file: XLSX and Parquet carry fixed metadata.
Texts run in no spreadsheet program: XLSX cells are typed, and CSV texts that look like formulas are marked as text.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.audit.reports.errors import UnknownForm
from gateway.domain.civil_time import moment_text
from gateway.domain.credits import as_decimal, credits_text
from gateway.domain.jcs import number_text
from gateway.domain.spreadsheet import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Value = str | int | float | None
_AT_ONCE: Final = 5_000
"""Rows of one row group of Parquet, and so what is held in memory."""
_SHEET_ROWS: Final = 1_048_575
"""Rows of one sheet below its heading: XLSX numbers rows up to 2^20."""
_MADE: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed mark, not a time
_WIDTHS: Final = {"text": 20, "whole": 11, "number": 11, "credits": 12, "time": 26}


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    """A whole number."""
    NUMBER = "number"
    """Any number."""
    CREDITS = "credits"
    """Hundredths; shown with two decimals."""
    TIME = "time"
    """Seconds since 1970; shown in UTC+8."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name for programs, and the heading in both languages for people."""

    name: str
    zh: str
    en: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `rows` is read once."""

    name: str
    title: tuple[str, str]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def write_tables(path: Path, tables: Sequence[Table], about: Mapping[str, str]) -> None:
    """Write tables to `path`, whole or not at all. CSV and Parquet hold one table: the first.

    Args:
        path: its suffix is .csv, .xlsx or .parquet.
        tables: in the order of the sheets.
        about: what the file says of itself, where the form has a place for it.

    Raises:
        UnknownForm: another suffix.
        OSError: the file cannot be written.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnknownForm(path.name, known="、".join(FORMS))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    made = Path(temporary)
    try:
        writer(made, tables, about)
        made.chmod(0o644)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def shown(value: Value, kind: Kind) -> Value:
    """A value as a table for people has it."""
    if value is None:
        return None
    if kind is Kind.CREDITS:
        return credits_text(int(value))
    if kind is Kind.NUMBER and not isinstance(value, str):
        return number_text(value)
    return moment_text(int(value)) if kind is Kind.TIME else value


def _write_csv(path: Path, tables: Sequence[Table], about: Mapping[str, str]) -> None:  # noqa: ARG001 - has no place
    table = tables[0]
    kinds = [column.kind for column in table.columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in table.columns])
        for row in table.rows:
            cells = (shown(value, kind) for value, kind in zip(row, kinds, strict=True))
            writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in cells])


def _write_xlsx(path: Path, tables: Sequence[Table], about: Mapping[str, str]) -> None:
    import xlsxwriter  # noqa: PLC0415 - loaded when a file is written

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        comments = "; ".join(f"{name}: {value}" for name, value in about.items())
        book.set_properties({"created": _MADE, "comments": comments})
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4"})
        decimals = book.add_format({"num_format": "#,##0.00"})
        for table in tables:
            for part, rows in enumerate(_parts(table.rows), start=1):
                _sheet(book, table, part, rows, heading, decimals)


def _parts(rows: Iterable[Sequence[Value]]) -> Iterator[Iterable[Sequence[Value]]]:
    """The rows in as many parts as sheets are needed to hold them; one, empty, where there are none."""
    left = iter(rows)
    yield islice(left, _SHEET_ROWS)
    for first in left:
        yield chain([first], islice(left, _SHEET_ROWS - 1))


def _sheet(
    book: Any,  # noqa: ANN401 - xlsxwriter's own
    table: Table,
    part: int,
    rows: Iterable[Sequence[Value]],
    heading: Any,  # noqa: ANN401
    decimals: Any,  # noqa: ANN401
) -> None:
    zh, en = table.title
    sheet = book.add_worksheet(f"{zh} {en}"[:27] + (f" {part}" if part > 1 else ""))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _WIDTHS[column.kind.value])
        sheet.write_string(0, place, f"{column.zh}\n{column.en}", heading)
    kinds = [column.kind for column in table.columns]
    for line, row in enumerate(rows, start=1):
        for place, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            if value is None:
                continue
            if kind is Kind.CREDITS:
                sheet.write_number(line, place, int(value) / 100, decimals)
            elif kind in {Kind.TEXT, Kind.TIME}:
                sheet.write_string(line, place, str(shown(value, kind)))
            else:
                sheet.write_number(line, place, value)


def _write_parquet(path: Path, tables: Sequence[Table], about: Mapping[str, str]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - loaded when a file is written
    import pyarrow.parquet as pq  # noqa: PLC0415 - beside it

    types = {
        Kind.TEXT: pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.CREDITS: pa.decimal128(18, 2),
        Kind.TIME: pa.timestamp("ms", tz="+08:00"),
    }
    table = tables[0]
    fields = [pa.field(column.name, types[column.kind]) for column in table.columns]
    schema = pa.schema(fields, metadata={f"huren.{name}": value for name, value in sorted(about.items())})
    rows = iter(table.rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while part := list(islice(rows, _AT_ONCE)):
            columns = [
                pa.array([_STORED[column.kind](value) for value in values], types[column.kind])
                for column, values in zip(table.columns, zip(*part, strict=True), strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _as_is(value: Value) -> Value:
    return value


_STORED: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.TEXT: _as_is,
    Kind.WHOLE: _as_is,
    Kind.NUMBER: _as_is,
    Kind.CREDITS: lambda value: None if value is None else as_decimal(value),
    Kind.TIME: lambda value: None if value is None else value * 1_000,
}
_WRITERS: Final[dict[str, Callable[[Path, Sequence[Table], Mapping[str, str]], None]]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
FORMS: Final = tuple(_WRITERS)
"""The suffixes of the files that can be written."""
