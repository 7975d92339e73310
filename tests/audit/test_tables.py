"""Tables as files: what is in them comes out again, nothing runs in a spreadsheet, and the bytes are the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
import tracemalloc
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit.lists import tables
from gateway.audit.lists.tables import FORMS, Column, Kind, Table, write_tables
from gateway.audit.reports.errors import UnknownForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COLUMNS = (
    Column("name", "名称", "name"),
    Column("many", "数量", "how many", Kind.WHOLE),
    Column("median", "中位数", "median", Kind.NUMBER),
    Column("credits", "学分", "credits", Kind.CREDITS),
    Column("at", "时间", "time", Kind.TIME),
)
ABOUT = {"block": "4711", "report": "0xab"}
FORMULAS = ('=HYPERLINK("x")', "+1+1", "-cmd", "@SUM(A1)", "\t=1", "＝1+1")
SOME: tuple[Sequence[Any], ...] = (
    ("上海开放大学", 3, 12.5, 375, 1_767_225_600),
    (None, None, None, None, None),
    *((text, 0, 1.0, 0, 0) for text in FORMULAS),
)


def written(path: Path, rows: Iterable[Sequence[Any]], *more: Table) -> bytes:
    write_tables(path, [Table("first", ("第一", "first"), COLUMNS, rows), *more], ABOUT)
    return path.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_are_the_same_bytes_at_another_time(tmp_path: Path, form: str) -> None:
    first = written(tmp_path / f"a{form}", SOME)
    time.sleep(2.1)  # a ZIP tells times in steps of two seconds
    assert written(tmp_path / f"b{form}", SOME) == first


def test_csv_holds_every_value_and_marks_what_looks_like_a_formula_as_text(tmp_path: Path) -> None:
    text = written(tmp_path / "a.csv", SOME).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [column.name for column in COLUMNS]
    assert rows[1] == ["上海开放大学", "3", "12.5", "3.75", "2026-01-01T08:00:00+08:00"]
    assert rows[2] == ["", "", "", "", ""]
    assert [row[0] for row in rows[3:]] == ["'" + text for text in FORMULAS]


def test_xlsx_holds_typed_cells_no_formula_and_no_moment_of_its_making(tmp_path: Path) -> None:
    other = Table("second", ("第二", "second"), COLUMNS[:1], [("x",)])
    written(tmp_path / "a.xlsx", SOME, other)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["第一 first", "第二 second"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [f"{column.zh}\n{column.en}" for column in COLUMNS]
    assert [cell.value for cell in sheet[2]] == ["上海开放大学", 3, 12.5, 3.75, "2026-01-01T08:00:00+08:00"]
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == list(FORMULAS)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert book.properties.created == dt.datetime(2000, 1, 1)  # noqa: DTZ001 - as openpyxl gives it
    assert "block: 4711" in book.properties.description
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_parquet_holds_numbers_decimals_and_moments_and_says_what_it_is_of(tmp_path: Path) -> None:
    written(tmp_path / "a.parquet", SOME)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.schema.metadata == {b"huren.block": b"4711", b"huren.report": b"0xab"}
    first, empty, *formulas = table.to_pylist()
    moment = dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert first == {"name": "上海开放大学", "many": 3, "median": 12.5, "credits": Decimal("3.75"), "at": moment}
    assert set(empty.values()) == {None}
    assert [row["name"] for row in formulas] == list(FORMULAS)


@pytest.mark.parametrize("form", FORMS)
def test_no_rows_are_a_table_all_the_same(tmp_path: Path, form: str) -> None:
    assert written(tmp_path / f"a{form}", [])


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_SHEET_ROWS", 3)
    written(tmp_path / "a.xlsx", [(str(number), number, None, None, None) for number in range(7)])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["第一 first", "第一 first 2", "第一 first 3"]
    assert [[row[1].value for row in sheet.iter_rows(min_row=2)] for sheet in book.worksheets] == [
        [0, 1, 2], [3, 4, 5], [6],
    ]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_fails_half_way_leaves_what_was_there(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a{form}"
    before = written(path, SOME)

    def broken() -> Iterable[Sequence[Any]]:
        yield SOME[0]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        written(path, broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_another_suffix_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownForm, match=r"\.csv"):
        written(tmp_path / "a.ods", SOME)


@pytest.mark.parametrize("form", FORMS)
def test_memory_is_bounded_by_a_part_of_the_rows_and_not_by_the_file(tmp_path: Path, form: str) -> None:
    def peak(many: int) -> int:
        rows = ((f"row {number:09d}" * 4, number, None, number, number) for number in range(many))
        table = Table("t", ("表", "table"), COLUMNS, rows)
        tracemalloc.start()
        write_tables(tmp_path / f"a{form}", [table], {})
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is imported is not counted
    few = 1_000 if form == ".xlsx" else 6_000  # a sheet takes long while memory is watched
    assert peak(4 * few) < peak(few) * 1.5 + 100_000


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20))))
def test_whatever_text_is_in_a_row_csv_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    write_tables(path, [Table("t", ("表", "table"), COLUMNS[:1], rows)], {})
    text = path.read_bytes().decode("utf-8-sig")
    found = [row[0] if row else "" for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert [cell.removeprefix("'") for cell in found] == [row[0].removeprefix("'") for row in rows]
