"""The other rosters: GB18030, a byte order mark, a workbook with English headings and real dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.crosswalk import Category

if TYPE_CHECKING:
    from pathlib import Path

Judge = Callable[..., tuple[list[Any], list[Any]]]

# The generator of these rosters let 31 grades run over 100, which the ledger cannot hold: every such row is named.
FILES = {
    "shanghai-courses-2024.csv": (310000, 1500, [22, 169, 246, 525, 566, 889, 1012, 1024, 1057, 1079, 1137, 1226]),
    "anhui-mixed-2024.csv": (340000, 900, [39, 97, 267, 863]),
    "anhui-mixed-2024.xlsx": (340000, 300, [39, 97, 267]),
    "jiangsu-administrative-service-clerks-2024.csv": (
        320000,
        2400,
        [87, 181, 496, 499, 604, 724, 800, 876, 1381, 1429, 1461, 1667, 2139, 2225, 2326],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_good_but_those_graded_over_100(name: str, judge: Judge, rosters: Path) -> None:
    province, count, over = FILES[name]
    rows, findings = judge(rosters / name, province)
    assert [(int(f.sequence), f.code) for f in findings] == [(n, "grade.form") for n in over]
    assert all(float(f.value) > 100 for f in findings)
    assert [int(row.sequence) for row in rows] == [n for n in range(1, count + 1) if n not in over]


def test_a_roster_in_gb18030_is_read_as_chinese(judge: Judge, rosters: Path) -> None:
    rows, _ = judge(rosters / "jiangsu-administrative-service-clerks-2024.csv", 320000)
    assert rows[0].name == "谢萱丽"
    assert {row.offering.outcome_name for row in rows} == {
        "行政服务办事员（四级/中级工）",
        "行政服务办事员（三级/高级工）",
    }
    # Jiangsu's seven levels onto the region's ten: 4 stays 4, 5 becomes 6.
    assert Counter((row.offering.framework_level, row.offering.level) for row in rows).keys() == {("4", 4), ("5", 6)}


def test_a_workbook_and_a_csv_of_the_same_roster_give_the_same_rows(judge: Judge, rosters: Path) -> None:
    book, _ = judge(rosters / "anhui-mixed-2024.xlsx", 340000)
    plain, _ = judge(rosters / "anhui-mixed-2024.csv", 340000)
    assert [row[1:] for row in book] == [row[1:] for row in plain[: len(book)]]


def test_categories_and_credits_come_out_as_the_ledger_holds_them(judge: Judge, rosters: Path) -> None:
    rows, _ = judge(rosters / "shanghai-courses-2024.csv", 310000)
    assert {row.offering.category for row in rows} == {Category.ACADEMIC}
    assert {row.offering.credits for row in rows} == {400, 350}
