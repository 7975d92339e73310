"""Files made to harm: each ends in findings or in one error that says what to do, soon, and never in a traceback."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roster_rows import HEADER, ROW

from gateway.issuance import errors
from gateway.issuance.roster import xlsx_reader
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.reader import open_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Judge = Callable[..., tuple[list[Any], list[Any]]]

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"
STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def row(**changes: str) -> list[str]:
    return [changes.get(column.name, value) for column, value in ROW.items()]


def table(*rows: Sequence[str]) -> bytes:
    return "".join(",".join(cells) + "\r\n" for cells in rows).encode()


def workbook() -> bytes:
    """A good roster whose texts are shared strings, as spreadsheet programs write them."""
    book = openpyxl.Workbook()
    for cells in (HEADER, row()):
        book.worksheets[0].append(cells)
    saved = io.BytesIO()
    book.save(saved)
    texts = [*HEADER, *row()]
    cell = "".join
    sheet = cell(
        f'<row r="{line}">' + cell(f'<c t="s"><v>{start + at}</v></c>' for at in range(len(ROW))) + "</row>"
        for line, start in ((1, 0), (2, len(ROW)))
    )
    shared = cell(f"<si><t>{escape(text)}</t></si>" for text in texts)
    types = part(saved.getvalue(), TYPES).replace(b"</Types>", STRINGS_TYPE.encode() + b"</Types>")
    return rebuilt(
        saved.getvalue(),
        {
            TYPES: types,
            SHEET: f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>".encode(),
            STRINGS: f"<sst {MAIN}>{shared}</sst>".encode(),
        },
    )


def rebuilt(book: bytes, parts: dict[str, bytes]) -> bytes:
    """The same workbook with other parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts.get(name) or old.read(name))
    return made.getvalue()


def part(book: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read(name)


@pytest.fixture(scope="module")
def book() -> bytes:
    return workbook()


def read(path: Path, content: bytes) -> list[tuple[str, ...]]:
    path.write_bytes(content)
    return [raw.cells for raw in open_roster(path).rows()]


def test_the_workbook_that_the_others_are_made_of_is_good(judge: Judge, tmp_path: Path, book: bytes) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(book)
    rows, findings = judge(path, 320000)
    assert (len(rows), findings) == (1, [])


# --- tables


def test_three_hundred_columns_are_read_and_what_is_not_understood_is_left_alone(judge: Judge, tmp_path: Path) -> None:
    extra = [f"备注{number}" for number in range(286)]
    path = tmp_path / "wide.csv"
    path.write_bytes(table(HEADER + extra, row() + ["x"] * 286))
    rows, findings = judge(path, 320000)
    assert len(rows) == 1
    assert {finding.code for finding in findings} == {"roster.column.unused"}


@pytest.mark.parametrize("heading", ["姓名", "Learner name", "学员姓名*"])
def test_a_heading_that_stands_twice_is_named(judge: Judge, tmp_path: Path, heading: str) -> None:
    path = tmp_path / "twice.csv"
    path.write_bytes(table([*HEADER, heading], [*row(), "别人"]))
    _, findings = judge(path, 320000)
    assert [finding.code for finding in findings] == ["roster.column.twice"]


@pytest.mark.parametrize(
    "name", ["谢\0萱", "谢\x1b[31m萱", "谢\u202e萱", "谢\u200b萱", "=1+1", "@SUM(1)", "+1", "-1", "x" * 100_000]
)
def test_no_name_hides_a_control_a_direction_or_a_formula(judge: Judge, tmp_path: Path, name: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(table(HEADER, row(NAME=name)))
    rows, findings = judge(path, 320000)
    assert rows == []
    assert {finding.columns for finding in findings} == {(Column.NAME,)}


@pytest.mark.parametrize("column", [Column.CREDITS, Column.HOURS, Column.GRADE, Column.LEVEL, Column.AWARDED_ON])
@pytest.mark.parametrize("text", ["9" * 5000, "1e999999", "1e-999999", "NaN", "Infinity", "²", "1_0", "-1"])
def test_no_number_is_too_strange_to_be_judged(judge: Judge, tmp_path: Path, column: Column, text: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(table(HEADER, row(**{column.name: text})))
    rows, findings = judge(path, 320000)
    # "²" is the digit 2 to anybody who reads it; it is read so, and said.
    assert findings
    assert (rows == []) != (text == "²" and {finding.code for finding in findings} == {"row.normalised"})


def test_a_cell_of_ten_megabytes_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(errors.RosterMalformed) as caught:
        read(tmp_path / "long.csv", table(HEADER, row(), row(OUTCOME_NAME="x" * 10_000_000)))
    assert caught.value.details["line"] == 3


@pytest.mark.parametrize("content", [b"", b"\0" * 100_000, b"x" * 10_000_000, b"\xff\xfe", b"\n" * 100_000])
def test_what_is_no_table_has_no_header(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(errors.RosterHeaderNotFound):
        read(tmp_path / "roster.csv", content)


def test_two_encodings_in_one_file_are_reported_where_the_second_begins(tmp_path: Path) -> None:
    with pytest.raises(errors.RosterEncoding) as caught:
        read(tmp_path / "mixed.csv", table(HEADER, row()) + "2,谢萱".encode("gb18030"))
    assert caught.value.details["line"] == 3


# --- workbooks


@pytest.mark.parametrize("name", [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", TYPES])
def test_a_part_that_breaks_off_is_said_in_both_languages(tmp_path: Path, book: bytes, name: str) -> None:
    content = part(book, name)
    with pytest.raises(errors.RosterDamaged) as caught:
        read(tmp_path / "roster.xlsx", rebuilt(book, {name: content[: len(content) // 2]}))
    assert "已损坏" in caught.value.message("zh")
    assert "damaged" in caught.value.message("en")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2">', b'<row r="2000000000">'),
        (b'<row r="2">', b'<row r="two">'),
        (b'<row r="2"><c t="s">', b'<row r="2"><c r="!!" t="s">'),
        (b'<row r="2"><c t="s">', b'<row r="2"><c r="ZZZZZZ2" t="s">'),
        (b"<v>14</v>", b"<v>99999</v>"),
        (b"<v>14</v>", b"<v>one</v>"),
        (b'<c t="s"><v>14</v>', b'<c t="n"><v>one</v>'),
        (b'<c t="s"><v>14</v>', b'<c t="d"><v>yesterday</v>'),
    ],
)
def test_a_sheet_that_lies_about_its_cells_is_damaged_not_endless(
    tmp_path: Path, book: bytes, old: bytes, new: bytes
) -> None:
    sheet = part(book, SHEET)
    assert old in sheet
    with pytest.raises(errors.RosterDamaged):
        read(tmp_path / "roster.xlsx", rebuilt(book, {SHEET: sheet.replace(old, new)}))


def test_entities_neither_multiply_nor_fetch_files(tmp_path: Path, book: bytes) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of this machine")
    strings = part(book, STRINGS)
    levels = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' if level else '<!ENTITY e0 "ha">' for level in range(10)
    )
    for declared, used in ((levels, b"&e9;"), (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', b"&x;")):
        doctored = f"<!DOCTYPE sst [{declared}]>".encode() + strings.replace("谢萱丽".encode(), used)
        with pytest.raises(errors.RosterDamaged):
            read(tmp_path / "roster.xlsx", rebuilt(book, {STRINGS: doctored}))


def test_an_archive_that_would_unpack_to_too_much_is_refused_before_it_is(tmp_path: Path, book: bytes) -> None:
    bomb = b"<sst>" + b" " * (xlsx_reader.MOST_RATIO * 100_000)
    with pytest.raises(errors.RosterDamaged, match=r"sharedStrings.xml: \d+ → 25000005"):
        read(tmp_path / "roster.xlsx", rebuilt(book, {STRINGS: bomb}))


@pytest.mark.parametrize("limit", ["MOST_UNPACKED", "MOST_IN_MEMORY"])
def test_the_bounds_are_on_the_whole_and_on_what_is_kept_in_memory(
    tmp_path: Path, book: bytes, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(xlsx_reader, limit, 500)
    with pytest.raises(errors.RosterDamaged):
        read(tmp_path / "roster.xlsx", book)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 20), name=st.sampled_from([None, SHEET, STRINGS, TYPES]))
def test_a_workbook_with_flipped_bytes_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, book: bytes, seed: int, flips: int, name: str | None
) -> None:
    chosen = random.Random(seed)
    content = bytearray(book if name is None else part(book, name))
    for _ in range(flips):
        content[chosen.randrange(4, len(content))] = chosen.randrange(256)
    path = tmp_path_factory.mktemp("flipped") / "roster.xlsx"
    with contextlib.suppress(errors.RosterUnreadable):  # any other error fails the test
        read(path, bytes(content) if name is None else rebuilt(book, {name: bytes(content)}))
