"""The first pass over a roster: every row judged, the good and new ones spooled for the second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.issuance.errors import RosterEmpty
from gateway.issuance.report import Progress, Stage
from gateway.issuance.roster.judge import RowJudge, Rules
from gateway.issuance.spool import SpooledRow

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.issuance.assess import Assessor
    from gateway.issuance.roster.findings import Finding
    from gateway.issuance.roster.rows import Offering, Row
    from gateway.issuance.roster.source import RosterSource
    from gateway.issuance.row_keys import RowKeys
    from gateway.issuance.spool import Spool

CHUNK: Final = 4_096
"""Rows that are looked up, and spooled, at a time."""


@dataclass(slots=True)
class JudgedRoster:
    """What the first pass found."""

    rows: int = 0
    already: int = 0
    bad: int = 0
    findings: list[Finding] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)
    """What the spooled rows' ``offering`` counts in."""

    @property
    def good(self) -> int:
        """Rows without an error."""
        return self.rows - self.bad

    @property
    def has_errors(self) -> bool:
        """Whether anything stands in the way of any row, or of the file."""
        return any(finding.is_error for finding in self.findings)


def judge_roster(
    roster: RosterSource,
    path: Path,
    rules: Rules,
    assessor: Assessor,
    row_keys: RowKeys,
    spool: Spool,
    progress: Progress,
) -> JudgedRoster:
    """Judge every row; rows that are good and not issued yet end up in ``spool``.

    Raises:
        RosterUnreadable: the file stops being a table part of the way, or has no rows.
    """
    judge = RowJudge(roster.header, rules)
    result = JudgedRoster(findings=judge.findings)
    if not judge.usable:
        return result
    numbers: dict[int, int] = {}
    chunk: list[Row] = []

    def flush() -> None:
        progress(Stage.JUDGING, roster.consumed, roster.size)
        made = [row_keys.of_row(row) for row in chunk]
        assessed = assessor.assess(chunk, [(key, digest) for key, digest, _ in made])
        result.already += assessed.issued
        result.bad += len(assessed.findings)
        result.findings += assessed.findings
        spooled = []
        for at in assessed.fresh:
            row, (key, digest, number) = chunk[at], made[at]
            offering = numbers.get(id(row.offering))
            if offering is None:
                # The judge may forget an offering and make it anew; this list keeps each alive, so ids stay theirs.
                offering = numbers[id(row.offering)] = len(result.offerings)
                result.offerings.append(row.offering)
            spooled.append(
                SpooledRow(
                    offering,
                    row.name,
                    row.document_type.value,
                    row.number,
                    row.grade,
                    row.awarded_on.toordinal(),
                    number,
                    key,
                    digest,
                    row.line,
                    0 if row.valid_until is None else row.valid_until.toordinal(),
                    assessed.replaced.get(at, b""),
                )
            )
        spool.append(spooled)
        chunk.clear()

    for raw in roster.rows():
        result.rows += 1
        row = judge.judge(raw)
        if row is not None:
            chunk.append(row)
            if len(chunk) == CHUNK:
                flush()
    if not result.rows:
        raise RosterEmpty(path.name)
    flush()
    result.bad += judge.bad_rows
    result.findings.sort(key=lambda finding: finding.line)
    return result
