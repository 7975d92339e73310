"""Reading: whatever order, encoding, delimiter and spelling people use, the same rows come out."""

from __future__ import annotations

import datetime as dt
import io
import random
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roster_rows import HEADER, ROW, csv_bytes

from gateway.issuance import errors
from gateway.issuance.roster.columns import HEADINGS, Column
from gateway.issuance.roster.reader import digest_of, open_roster
from gateway.issuance.roster.xlsx_reader import cell_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Judge = Callable[..., tuple[list[Any], list[Any]]]


def raw_rows(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in open_roster(path).rows()]


@settings(max_examples=60, deadline=None)
@given(
    order=st.permutations(list(ROW)),
    seed=st.integers(0, 2**32),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
    titles=st.integers(0, 3),
    blanks=st.integers(0, 3),
)
def test_headers_in_any_order_language_encoding_and_delimiter(
    tmp_path_factory: pytest.TempPathFactory,
    order: list[Column],
    seed: int,
    encoding: str,
    delimiter: str,
    titles: int,
    blanks: int,
) -> None:
    chosen = random.Random(seed)
    header = [chosen.choice(HEADINGS[column]) for column in order]
    rows = [["2024 年度名册"]] * titles + [header, [ROW[column] for column in order]] + [[""] * len(order)] * blanks
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    path.write_bytes(csv_bytes(rows, delimiter, encoding))
    [(line, cells)] = raw_rows(path)
    assert line == titles + 2
    assert {column: cells[column] for column in ROW} == ROW


def test_a_missing_column_is_named_before_any_row_is_judged(tmp_path: Path) -> None:
    row = {c: v for c, v in ROW.items() if c not in (Column.NUMBER, Column.LEVEL)}
    path = tmp_path / "roster.csv"
    path.write_bytes(csv_bytes([[HEADINGS[c][0] for c in row], list(row.values())]))
    roster = open_roster(path)
    assert roster.header.columns.missing == (Column.NUMBER, Column.LEVEL)


def test_what_is_no_roster_is_refused_by_name(tmp_path: Path) -> None:
    def opened(name: str, data: bytes) -> None:
        (tmp_path / name).write_bytes(data)
        open_roster(tmp_path / name)

    with pytest.raises(errors.RosterMissing):
        open_roster(tmp_path / "absent.csv")
    with pytest.raises(errors.RosterFormat):
        opened("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    with pytest.raises(errors.RosterFormat):
        opened("a.pdf", b"%PDF-1.7")
    with pytest.raises(errors.RosterFormat):
        opened("broken.xlsx", b"PK\x03\x04" + bytes(100))
    with pytest.raises(errors.RosterHeaderNotFound, match="Learner name"):
        opened("prose.csv", "今天天气很好\n".encode())
    with pytest.raises(errors.RosterHeaderNotFound):
        opened("empty.csv", b"")


def test_damaged_bytes_are_reported_with_their_line(tmp_path: Path) -> None:
    row = list(ROW.values())
    data = csv_bytes([HEADER, row, row])
    at = data.rindex("谢".encode())
    (tmp_path / "damaged.csv").write_bytes(data[:at] + b"\xff" + data[at + 1 :])
    with pytest.raises(errors.RosterEncoding) as raised:
        open_roster(tmp_path / "damaged.csv")
    assert raised.value.details["line"] == 3
    assert raised.value.details["offset"] == at


def test_an_unclosed_quote_is_reported_with_its_line(tmp_path: Path) -> None:
    row = list(ROW.values())
    data = csv_bytes([HEADER, row, ['"unclosed', *row[1:]]])
    (tmp_path / "quote.csv").write_bytes(data)
    with pytest.raises(errors.RosterMalformed) as raised:
        raw_rows(tmp_path / "quote.csv")
    assert raised.value.details["line"] == 3


def test_a_cell_too_many_is_a_finding(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(csv_bytes([HEADER, [*ROW.values(), "甲"]]))
    rows, findings = judge(path, 320000)
    assert rows == []
    assert [f.code for f in findings] == ["row.cells.surplus"]


def test_a_line_break_within_quotes_does_not_shift_the_lines(tmp_path: Path) -> None:
    row = list(ROW.values())
    data = csv_bytes([HEADER, ["1", '"谢\r\n萱丽"', *row[2:]], row])
    (tmp_path / "lines.csv").write_bytes(data)
    assert [line for line, _ in raw_rows(tmp_path / "lines.csv")] == [2, 4]


def test_a_workbook_gives_what_a_person_sees() -> None:
    assert cell_text(77.09999999999999) == "77.1"
    assert cell_text(8.0) == "8"
    assert cell_text(dt.datetime(2024, 9, 5)) == "2024-09-05"  # noqa: DTZ001 (a cell has no zone)
    assert cell_text(None) == ""
    assert cell_text(330106199001011234) == "3.30106199001011E+17"


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_number_that_a_workbook_keeps_as_a_number_is_damaged(judge: Judge, tmp_path: Path) -> None:
    row = {**ROW, Column.NUMBER: 320000199408215968}
    (tmp_path / "book.xlsx").write_bytes(workbook([[HEADINGS[c][1] for c in row], list(row.values())]))
    rows, findings = judge(tmp_path / "book.xlsx", 320000)
    assert rows == []
    assert [f.code for f in findings] == ["identifier.number.spreadsheet"]


def test_a_formula_in_a_workbook_is_refused_not_computed(judge: Judge, tmp_path: Path) -> None:
    row = {**ROW, Column.CREDITS: "=4+4"}
    (tmp_path / "book.xlsx").write_bytes(workbook([[HEADINGS[c][1] for c in row], list(row.values())]))
    _, findings = judge(tmp_path / "book.xlsx", 320000)
    assert [f.code for f in findings] == ["row.cell.formula"]


def test_the_sheet_with_the_header_is_found(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("名册")
    sheet.append([HEADINGS[c][1] for c in ROW])
    sheet.append(list(ROW.values()))
    book.save(tmp_path / "book.xlsx")
    assert len(raw_rows(tmp_path / "book.xlsx")) == 1


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert digest_of(tmp_path / "x").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
