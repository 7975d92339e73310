"""The corrected-file template: the roster as it came, with a column of findings, ready to be mended and sent again.

No text of the roster may run as a formula for whoever opens the file: in XLSX every cell is written as a string; in
CSV a text that begins like a formula gets an apostrophe in front, which makes it text (OWASP, CSV injection). Sent back
as it is, such a cell is still refused.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from gateway.domain.spreadsheet import escaped
from gateway.issuance.roster.columns import FINDINGS_HEADING, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gateway.issuance.roster.findings import Finding
    from gateway.issuance.roster.source import RosterSource

_ILLEGAL: Final = {code: None for code in range(32) if code not in (9, 10, 13)}
_WRONG: Final = PatternFill("solid", fgColor="FFFFC7CE")
_BOLD: Final = Font(bold=True)


def finding_text(findings: Sequence[Finding]) -> str:
    """All findings of one row in one cell: Chinese, then English."""
    parts = [f"{f.reason.message('zh')} / {f.reason.message('en')}" for f in findings]
    return "；".join(parts)


def _rows(roster: RosterSource, findings: Iterable[Finding]) -> Iterator[tuple[tuple[str, ...], list[Finding]]]:
    """Every row of the roster with its own findings, in the columns' order."""
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.line, []).append(finding)
    for raw in roster.rows():
        yield raw.cells, by_line.get(raw.line, [])


def _columns(roster: RosterSource) -> list[Column]:
    """The columns that the template shows: those of the file, and those it lacks."""
    header = roster.header.columns
    return [column for column in Column if column in header.positions or column in header.missing]


def write_template(roster: RosterSource, findings: Iterable[Finding], path: Path) -> None:
    """Write the template: XLSX where the name ends in .xlsx, else CSV in UTF-8 with a byte order mark.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(roster, findings, path)
    else:
        _write_csv(roster, findings, path)


def _write_csv(roster: RosterSource, findings: Iterable[Finding], path: Path) -> None:
    columns = _columns(roster)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(column.zh for column in columns), FINDINGS_HEADING])
        for cells, found in _rows(roster, findings):
            writer.writerow([*(escaped(cells[column]) for column in columns), escaped(finding_text(found))])


def _write_xlsx(roster: RosterSource, findings: Iterable[Finding], path: Path) -> None:
    columns = _columns(roster)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册 Roster")

    def cell(text: str, *, wrong: bool = False, bold: bool = False) -> Any:  # noqa: ANN401 (openpyxl's own)
        made = WriteOnlyCell(sheet, value=text.translate(_ILLEGAL))
        # openpyxl would take a text that begins with "=" for a formula; "@" keeps numbers whole.
        made.data_type = "s"
        made.number_format = "@"
        if wrong:
            made.fill = _WRONG
        if bold:
            made.font = _BOLD
        return made

    sheet.append([cell(text, bold=True) for text in (*(column.zh for column in columns), FINDINGS_HEADING)])
    for cells, found in _rows(roster, findings):
        wrong = {column for finding in found if finding.is_error for column in finding.columns}
        row = [cell(cells[column], wrong=column in wrong) for column in columns]
        sheet.append([*row, cell(finding_text(found), wrong=any(f.is_error for f in found))])
    book.save(path)
