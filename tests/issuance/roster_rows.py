"""A good row of a roster, and rosters of rows: what the tests of reading and judging begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.issuance.roster.columns import HEADINGS, Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROW = {
    Column.SEQUENCE: "1",
    Column.NAME: "谢萱丽",
    Column.NUMBER: "320000199408215968",
    Column.OUTCOME_CODE: "JS-ASC-4",
    Column.OUTCOME_NAME: "行政服务办事员（四级/中级工）",
    Column.CATEGORY: "职业",
    Column.FRAMEWORK: "江苏",
    Column.LEVEL: "4",
    Column.CREDITS: "8",
    Column.HOURS: "192",
    Column.GRADE: "74.7",
    Column.AWARDED_ON: "2024/1/15",
    Column.CERTIFICATE_NUMBER: "S589232934905244000001",
    Column.INSTITUTION: "123200004660001235",
}
"""Jiangsu's; learner and number are made up."""
HEADER = [HEADINGS[column][0] for column in ROW]


def csv_bytes(rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A table; a cell that holds the delimiter is quoted, nothing else is escaped."""
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
    return "\r\n".join([*lines, ""]).encode(encoding)


def roster_of(*rows: Mapping[Column, str]) -> bytes:
    """A roster in CSV with the first row's columns under their Chinese headings."""
    return csv_bytes([[HEADINGS[column][0] for column in rows[0]], *(list(row.values()) for row in rows)])
