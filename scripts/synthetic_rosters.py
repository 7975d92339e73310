"""Synthetic rosters of any size: persons who do not exist, with valid check digits, the same for the same seed.

python scripts/synthetic_rosters.py 100000 > roster.csv

write_roster(path, 100_000, province=310000, institution="123100004250004560", seed=7)
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from typing import TYPE_CHECKING

from gateway.domain.identifiers import uscc_check_character

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = (
    "序号,姓名,身份证号,成果编码,成果名称,成果类别,等级框架,等级,学分,学时,成绩,取得日期,证书编号,"
    "发证机构统一社会信用代码\r\n"
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文辉建国志红玲海燕春梅林宁浩然子涵嘉怡晓晨思雨萱"
OUTCOMES = (
    ("SOU-PM-118", "现代物业管理", "学历", "区域", "5", "4", "72"),
    ("SOU-DB-210", "数据库应用", "学历", "区域", "6", "3.5", "63"),
    ("SOU-ACC-101", "基础会计", "学历", "区域", "5", "4", "72"),
    ("SOU-ECO-4", "电子商务师（四级）", "职业", "OUC", "4", "6", "144"),
    ("SOU-CAL-07", "社区书法", "社区文化", "区域", "2", "1", "24"),
)
UNGRADED = 0.05
"""Share of rows with 合格 instead of a grade."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH = dt.date(1960, 1, 1).toordinal()
_FIRST_AWARD = dt.date(2024, 1, 1).toordinal()


def resident_number(province: int, index: int, first: int = 0) -> str:
    """The number (GB 11643) of the synthetic person ``index``: each index has another one, up to 16 million."""
    day, order = divmod(first + index, 1000)
    birth = dt.date.fromordinal(_FIRST_BIRTH + day)
    digits = f"{province:06d}{birth:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def institution_code(province: int, index: int = 0) -> str:
    """A unified social credit code (GB 32100) of the synthetic institution ``index`` of a province."""
    digits = f"12{province:06d}{index:09d}"
    return digits + uscc_check_character(digits)


def roster_lines(rows: int, *, province: int, institution: str, seed: int, first: int = 0) -> Iterator[bytes]:
    """The lines (UTF-8) of a roster: the header, then ``rows`` good rows, one outcome of one person each."""
    chosen = random.Random(seed)  # noqa: S311 - the same seed must give the same roster
    yield HEADER.encode()
    for index in range(rows):
        code, name, category, framework, level, credits_, hours = OUTCOMES[chosen.randrange(len(OUTCOMES))]
        person = chosen.choice(SURNAMES) + "".join(chosen.choices(GIVEN, k=chosen.choice((1, 2, 2))))
        grade = "合格" if chosen.random() < UNGRADED else f"{min(100.0, max(0.0, chosen.gauss(78, 9))):.1f}"
        awarded = dt.date.fromordinal(_FIRST_AWARD + chosen.randrange(600)).isoformat()
        certificate = f"S{chosen.randrange(10**9):09d}{first + index:012d}"
        yield (
            f"{index + 1},{person},{resident_number(province, index, first)},{code},{name},{category},{framework},"
            f"{level},{credits_},{hours},{grade},{awarded},{certificate},{institution}\r\n"
        ).encode()


def write_roster(path: Path, rows: int, *, province: int, institution: str, seed: int, first: int = 0) -> None:
    """Write a roster file of synthetic persons."""
    with path.open("wb") as file:
        file.writelines(roster_lines(rows, province=province, institution=institution, seed=seed, first=first))


def main() -> None:
    """Write a roster of as many rows as the first argument says to standard output."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    institution = sys.argv[2] if sys.argv[2:] else institution_code(310000)
    sys.stdout.buffer.writelines(roster_lines(rows, province=310000, institution=institution, seed=7))


if __name__ == "__main__":
    main()
