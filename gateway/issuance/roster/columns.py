"""The columns of a roster, and the headings by which people name them.

>>> find_columns(["No", "Learner name", "身份证号码*"]).positions[Column.NUMBER]
2
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Column(IntEnum):
    """A column; its value is the cell's place in a raw row, whatever the order in the file."""

    SEQUENCE = 0
    NAME = 1
    DOCUMENT_TYPE = 2
    NUMBER = 3
    OUTCOME_CODE = 4
    OUTCOME_NAME = 5
    CATEGORY = 6
    FRAMEWORK = 7
    LEVEL = 8
    CREDITS = 9
    HOURS = 10
    GRADE = 11
    AWARDED_ON = 12
    CERTIFICATE_NUMBER = 13
    INSTITUTION = 14
    VALID_UNTIL = 15
    REPLACES = 16

    @property
    def zh(self) -> str:
        """The heading in Chinese, as the template writes it."""
        return HEADINGS[self][0]

    @property
    def en(self) -> str:
        """The heading in English, as the template writes it."""
        return HEADINGS[self][1]


HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.SEQUENCE: ("序号", "No", "编号", "Number in list", "Row", "#", "Serial", "Serial number"),
    Column.NAME: ("姓名", "Learner name", "学员姓名", "学习者姓名", "学生姓名", "Name", "Full name", "Learner"),
    Column.DOCUMENT_TYPE: ("证件类型", "Document type", "证件种类", "ID type"),
    Column.NUMBER: (
        "身份证号", "Resident number", "身份证号码", "公民身份号码", "居民身份证号", "居民身份证号码", "证件号",
        "证件号码",
        "ID number", "Document number", "Identity number", "Resident identity number", "National ID",
    ),
    Column.OUTCOME_CODE: (
        "成果编码", "Outcome code", "学习成果编码", "成果代码", "学习成果代码", "课程代码", "Course code", "Code",
    ),
    Column.OUTCOME_NAME: ("成果名称", "Outcome name", "学习成果名称", "课程名称", "证书名称", "Outcome", "Course name"),
    Column.CATEGORY: ("成果类别", "Category", "学习成果类别", "类别", "成果类型", "Outcome category"),
    Column.FRAMEWORK: ("等级框架", "Framework", "资历框架", "框架", "Level framework", "Qualifications framework"),
    Column.LEVEL: ("等级", "Level", "级别", "资历等级"),
    Column.CREDITS: ("学分", "Credits", "Credit", "学分数", "Credits earned"),
    Column.HOURS: ("学时", "Hours", "学时数", "课时", "Learning hours"),
    Column.GRADE: ("成绩", "Grade", "分数", "考核成绩", "Score", "Mark", "Result"),
    Column.AWARDED_ON: (
        "取得日期", "Awarded on", "获得日期", "发证日期", "颁发日期", "Award date", "Date awarded", "Date", "Issued on",
    ),
    Column.CERTIFICATE_NUMBER: (
        "证书编号", "Certificate number", "证书号", "证书号码", "Certificate no", "License number",
    ),
    Column.INSTITUTION: (
        "发证机构统一社会信用代码", "Institution USCC", "统一社会信用代码", "发证机构代码", "机构统一社会信用代码",
        "发证机构信用代码", "USCC", "Institution code", "Credit code", "Institution",
    ),
    Column.VALID_UNTIL: (
        "有效期至", "Valid until", "有效期", "有效期截止", "有效截止日期", "有效期截止日期", "到期日期", "失效日期",
        "Valid to", "Valid through", "Expires on", "Expires", "Expiry date",
    ),
    Column.REPLACES: (
        "替代证书编号", "Replaces certificate", "替代证书", "被替代证书编号", "替换证书编号", "原证书编号", "原证书号",
        "Replaces", "Replaces certificate number", "Supersedes", "Earlier certificate",
    ),
}  # fmt: skip
"""Headings that are understood: the first is Chinese and the second English, as templates write them."""

FINDINGS_HEADING: Final = "问题 Findings"
"""The heading of the corrected-file template's own column, which is not read back."""

OPTIONAL: Final = frozenset(
    {
        Column.SEQUENCE,
        Column.DOCUMENT_TYPE,
        Column.GRADE,
        Column.CERTIFICATE_NUMBER,
        Column.VALID_UNTIL,
        Column.REPLACES,
    }
)
"""Columns that a roster may leave out altogether, and cells that may be empty."""

RECOGNISED_FROM: Final = 4
"""A row is a header from so many understood headings on; a title row above has one or two cells."""

_NOISE: Final = re.compile(r"\([^)]*\)|[\s_\-*:：.、/]+")


def _plain(heading: str) -> str:
    """A heading without remarks in brackets, spaces, stars and case: ``学分（必填）*`` is ``学分``."""
    text = unicodedata.normalize("NFKC", heading).replace("\ufeff", "").lower()
    return _NOISE.sub("", text)


_BY_HEADING: Final[Mapping[str, Column]] = {
    (_plain(heading) or heading): column for column, headings in HEADINGS.items() for heading in headings
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a file keeps each column."""

    positions: Mapping[Column, int]
    """The place in the file's rows of every column that was found."""
    unknown: tuple[str, ...]
    """Headings that nobody here understands; their cells are left alone."""
    repeated: tuple[Column, ...]
    """Columns that two headings claim; the first is read."""
    width: int
    """Cells in the header, up to the last that is not empty."""

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that no heading names and that a roster cannot do without."""
        return tuple(column for column in Column if column not in self.positions and column not in OPTIONAL)


def find_columns(cells: Sequence[str]) -> Columns:
    """Read one row as a header (it is one if ``positions`` has at least :data:`RECOGNISED_FROM`)."""
    positions: dict[Column, int] = {}
    unknown: list[str] = []
    repeated: list[Column] = []
    width = 0
    for place, cell in enumerate(cells):
        if not cell.strip():
            continue
        width = place + 1
        column = _BY_HEADING.get(_plain(cell) or cell)
        if cell.strip() == FINDINGS_HEADING:
            continue
        if column is None:
            unknown.append(cell.strip())
        elif column in positions:
            repeated.append(column)
        else:
            positions[column] = place
    return Columns(positions, tuple(unknown), tuple(repeated), width)
