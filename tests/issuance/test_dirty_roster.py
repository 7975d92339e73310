"""The roster of Zhejiang, with everything wrong in it that centres get wrong: found all at once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Judge = Callable[..., tuple[list[Any], list[Any]]]

EXPECTED = {
    # by 序号, as the centre counts its rows
    "3": (["NUMBER"], "identifier.resident.check", "error"),
    "5": (["NUMBER"], "identifier.number.spreadsheet", "error"),
    "7": (["AWARDED_ON"], "row.date.day", "error"),
    "9": (["CREDITS"], "credits.range", "error"),
    "11": (["INSTITUTION"], "identifier.uscc.check", "error"),
    "13": (["NAME"], "row.cell.empty", "error"),
    "15": (["NUMBER"], "row.normalised", "notice"),
    "16": ([], "row.twice", "error"),
    "19": (["CATEGORY"], "crosswalk.category", "error"),
    "21": (["GRADE"], "grade.form", "error"),
    "23": (["LEVEL"], "crosswalk.level", "error"),
    "25": (["NAME"], "row.cell.formula", "error"),
    "27": (["AWARDED_ON"], "row.date.future", "error"),
    "29": (["CREDITS"], "credits.decimals", "error"),
    "31": (["HOURS", "AWARDED_ON", "INSTITUTION"], "row.cells.missing", "error"),
}


def test_every_finding_is_reported_at_once_and_nothing_else(judge: Judge, rosters: Path) -> None:
    _, findings = judge(rosters / "zhejiang-dirty.csv", 330000)
    found = {f.sequence: ([c.name for c in f.columns], f.code, f.severity.value) for f in findings}
    assert found == EXPECTED
    assert len(findings) == len(EXPECTED)


def test_the_other_rows_are_good(judge: Judge, rosters: Path) -> None:
    rows, _ = judge(rosters / "zhejiang-dirty.csv", 330000)
    errors = {int(sequence) for sequence, (_, _, severity) in EXPECTED.items() if severity == "error"} - {16}
    assert [int(row.sequence) for row in rows] == [n for n in range(1, 41) if n not in errors and n != 17]
    # The first of the two rows 16 is the good one; it stands on line 17 of the file.
    assert [row.line for row in rows if row.sequence == "16"] == [17]


def test_a_finding_names_line_value_and_reason_in_both_languages(judge: Judge, rosters: Path) -> None:
    _, findings = judge(rosters / "zhejiang-dirty.csv", 330000)
    level = next(f for f in findings if f.sequence == "23")
    assert (level.line, level.value) == (24, "11")
    assert "11" in level.reason.message("zh")
    assert "11" in level.reason.message("en")
    assert level.reason.message("zh") != level.reason.message("en")
    assert all(f.reason.message("zh") and f.reason.message("en") for f in findings)


def test_full_width_digits_are_accepted_normalised_and_said_so(judge: Judge, rosters: Path) -> None:
    rows, findings = judge(rosters / "zhejiang-dirty.csv", 330000)
    assert next(row.number for row in rows if row.sequence == "15") == "330000197907121037"
    notice = next(f for f in findings if f.sequence == "15")
    assert not notice.is_error
    assert "330000197907121037" in notice.reason.message("zh")


def test_the_second_of_two_equal_rows_is_the_error_and_names_the_first(judge: Judge, rosters: Path) -> None:
    _, findings = judge(rosters / "zhejiang-dirty.csv", 330000)
    twice = next(f for f in findings if f.code == "row.twice")
    assert twice.line == 18
    assert "17" in twice.reason.message("zh")
