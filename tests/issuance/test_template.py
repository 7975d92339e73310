"""The corrected-file template: every row with its findings, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.spreadsheet import escaped, is_formula
from gateway.issuance.roster.reader import open_roster
from gateway.issuance.roster.template import write_template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Judge = Callable[..., tuple[list[Any], list[Any]]]


@pytest.fixture
def dirty(judge: Judge, rosters: Path) -> tuple[Any, list[Any]]:
    path = rosters / "zhejiang-dirty.csv"
    return open_roster(path), judge(path, 330000)[1]


def test_the_csv_template_holds_every_row_and_its_findings(dirty: tuple[Any, list[Any]], tmp_path: Path) -> None:
    roster, findings = dirty
    write_template(roster, findings, tmp_path / "t.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert len(rows) == 40
    with_findings = [row["序号"] for row in rows if row["问题 Findings"]]
    assert with_findings == ["3", "5", "7", "9", "11", "13", "15", "16", "19", "21", "23", "25", "27", "29", "31"]
    assert "校验码应为" in rows[2]["问题 Findings"]
    assert "check character" in rows[2]["问题 Findings"]


def test_a_formula_is_never_written_unescaped_into_csv(dirty: tuple[Any, list[Any]], tmp_path: Path) -> None:
    roster, findings = dirty
    write_template(roster, findings, tmp_path / "t.csv")
    for row in csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in ("=", "@", "+", "\t", "\r")]
    assert "'=HYPERLINK" in (tmp_path / "t.csv").read_text("utf-8-sig")


def test_a_formula_is_written_as_text_into_xlsx(dirty: tuple[Any, list[Any]], tmp_path: Path) -> None:
    roster, findings = dirty
    write_template(roster, findings, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    assert '=HYPERLINK("x","y")' in [cell.value for cell in cells]
    assert sheet.max_row == 41


def test_a_template_sent_back_unmended_has_the_same_errors(
    dirty: tuple[Any, list[Any]], judge: Judge, tmp_path: Path
) -> None:
    roster, findings = dirty
    for name in ("t.csv", "t.xlsx"):
        write_template(roster, findings, tmp_path / name)
        again = judge(tmp_path / name, 330000)[1]
        was = {(f.sequence, f.code) for f in findings if f.is_error and f.sequence != "31"}
        assert {(f.sequence, f.code) for f in again if f.is_error and f.sequence != "31"} == was
        # The row that lacked cells now has empty ones: each of them is named.
        assert {f.columns[0].name for f in again if f.sequence == "31"} >= {"HOURS", "AWARDED_ON", "INSTITUTION"}


@given(st.text(max_size=40))
def test_escaped_text_begins_with_nothing_that_a_spreadsheet_runs(text: str) -> None:
    written = escaped(text)
    assert written == text or written == "'" + text
    if written[:1] in ("=", "@", "\t", "\r", "+", "-"):
        assert written.lstrip("+-").replace(".", "", 1).isdecimal()


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "'=1", " =1", "＝1"]
)
def test_what_a_spreadsheet_might_run_is_a_formula(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["-2", "+3.5", "3.5", "欧阳春嘉", "2024-01-15", ""])
def test_numbers_and_names_are_no_formulas(text: str) -> None:
    assert not is_formula(text)
