"""Dates of rows: as people write them, the award and the last day, and what becomes of a last day."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from roster_rows import ROW, roster_of

from gateway.domain.receipt import Certificate
from gateway.issuance.export import Exporter
from gateway.issuance.ports import AnchoredBatch
from gateway.issuance.records import Records
from gateway.issuance.roster.columns import HEADINGS, Column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Judge = Callable[..., tuple[list[Any], list[Any]]]

WRITTEN = [
    "2024-01-15", "2024/1/15", "2024.1.15", "2024年1月15日", "2024 年 1 月 15 日", "20240115", "45306", " 2024-1-15 ",
    "2024-01-15 00:00:00", "２０２４-01-15",
]  # fmt: skip


@pytest.fixture
def judged(judge: Judge, tmp_path: Path) -> Judge:
    """Judges one row with some cells changed."""

    def one(**cells: str) -> tuple[list[Any], list[Any]]:
        path = tmp_path / "roster.csv"
        path.write_bytes(roster_of(ROW | {Column[name]: text for name, text in cells.items()}))
        return judge(path, 320000)

    return one


@pytest.mark.parametrize("written", WRITTEN)
def test_dates_as_people_write_them(judged: Judge, written: str) -> None:
    [good], findings = judged(AWARDED_ON=written, VALID_UNTIL=written)
    assert good.awarded_on == good.valid_until == dt.date(2024, 1, 15)
    assert not [f for f in findings if f.is_error]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1/15/2024", "row.date.form"),
        ("24-1-15", "row.date.form"),
        ("2024-1", "row.date.form"),
        ("2024-1/15", "row.date.form"),
        ("2024年1月", "row.date.form"),
        ("2023-02-29", "row.date.day"),
        ("20241301", "row.date.day"),
        ("1969-12-31", "award.early"),
        ("2026-03-02", "row.date.future"),
        ("", "row.cell.empty"),
    ],
)
def test_dates_that_are_refused_and_why(judged: Judge, written: str, code: str) -> None:
    rows, findings = judged(AWARDED_ON=written)
    assert rows == []
    assert [(f.code, f.line) for f in findings] == [(code, 2)]


@pytest.mark.parametrize("written", ["", " ", "长期", "长期有效", "永久", "Permanent"])
def test_where_there_is_no_last_day_there_is_none(judged: Judge, written: str) -> None:
    [good], findings = judged(VALID_UNTIL=written)
    assert (good.valid_until, findings) == (None, [])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("三年", "row.date.form"),
        ("2027-02-29", "row.date.day"),
        ("2024-01-14", "row.valid_until.early"),
        ("=TODAY()+365", "row.cell.formula"),
    ],
)
def test_last_days_that_are_refused_and_why(judged: Judge, written: str, code: str) -> None:
    rows, findings = judged(VALID_UNTIL=written)
    assert rows == []
    assert [(f.code, f.columns) for f in findings if f.is_error] == [(code, (Column.VALID_UNTIL,))]


def test_a_last_day_that_is_past_is_issued_and_said(judged: Judge) -> None:
    [good], [finding] = judged(VALID_UNTIL="2026-02-28")
    assert good.valid_until == dt.date(2026, 2, 28)
    assert (finding.code, finding.is_error) == ("row.valid_until.past", False)
    assert judged(VALID_UNTIL="2026-03-01")[1] == []


def test_every_row_with_a_bad_last_day_is_found_though_it_is_judged_once(judge: Judge, tmp_path: Path) -> None:
    bad = ROW | {Column.VALID_UNTIL: "2024-01-14"}
    rows = [bad | {Column.CERTIFICATE_NUMBER: f"S{number:04d}"} for number in range(3)]
    rows.append(rows[0] | {Column.AWARDED_ON: "2024-01-14", Column.CERTIFICATE_NUMBER: "S0009"})
    path = tmp_path / "roster.csv"
    path.write_bytes(roster_of(*rows))
    good, findings = judge(path, 320000)
    assert [row.line for row in good] == [5]
    assert [f.line for f in findings if f.is_error] == [2, 3, 4]


@pytest.mark.parametrize(("mac", "serial"), [(False, 45306), (True, 43844)])
def test_serial_dates_of_both_epochs(judge: Judge, tmp_path: Path, mac: bool, serial: int) -> None:  # noqa: FBT001
    book = openpyxl.Workbook()
    if mac:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    row = {**ROW, Column.AWARDED_ON: serial, Column.VALID_UNTIL: serial}
    for cells in ([HEADINGS[column][1] for column in row], list(row.values())):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    (tmp_path / "book.xlsx").write_bytes(file.getvalue())
    [good], _ = judge(tmp_path / "book.xlsx", 320000)
    assert good.awarded_on == good.valid_until == dt.date(2024, 1, 15)


class Anchored:
    """A chain that has anchored everything."""

    chain_id = 31337
    registry = b"\x22" * 20

    def anchored(self, _institution: str, _root: bytes) -> AnchoredBatch:
        return AnchoredBatch(320000, 1, self.registry)


def test_a_last_day_becomes_the_end_of_the_credential(centre: Callable[[int], Any], tmp_path: Path) -> None:
    jiangsu = centre(320000)
    learners = (("S0001", "320000199408215968", "2029-12-31"), ("S0002", "11010519491231002X", "长期"))
    rows = [
        ROW | {Column.CERTIFICATE_NUMBER: number, Column.NUMBER: learner, Column.VALID_UNTIL: until}
        for number, learner, until in learners
    ]
    path = tmp_path / "roster.csv"
    path.write_bytes(roster_of(*rows))
    assert jiangsu.issuer().issue(path).issued == 2
    exporter = Exporter(Records(jiangsu.database), jiangsu.accounts(), jiangsu.issuer().blobs, Anchored())
    certificates = [Certificate.parse(content) for _, content in exporter.batch(1)]
    ends = {each.credential.document.credential_subject.license_number: each.credential for each in certificates}
    assert ends["S0001"].valid_until == "2029-12-31T23:59:59+08:00"
    assert ends["S0002"].valid_until is None
    assert all(each.leaf().leaf for each in certificates)
    assert jiangsu.issuer().issue(path).issued == 0
    path.write_bytes(roster_of(rows[0] | {Column.VALID_UNTIL: "2030-12-31"}, rows[1] | {Column.VALID_UNTIL: ""}))
    report = jiangsu.issuer().issue(path)
    assert [finding.code for finding in report.findings if finding.is_error] == ["row.certificate_number.issued"]
