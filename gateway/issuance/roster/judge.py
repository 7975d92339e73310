"""Judging rows: every row, everything that is wrong with it, in one pass over the file.

    judge = RowJudge(header, rules)
    for raw in roster.rows():
        row = judge.judge(raw)          # None where the row has an error
    judge.findings                      # all of them, by line

Memory: the outcomes of the file, its findings, and 200 bytes a row for telling repeated rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.domain.credits import grade_step
from gateway.domain.crosswalk import Crosswalk, crosswalk
from gateway.domain.errors import HurenError
from gateway.domain.identifiers import DocumentType, LearnerDocument, check_resident_number
from gateway.domain.spreadsheet import is_formula
from gateway.issuance.roster import reasons
from gateway.issuance.roster.columns import OPTIONAL, Column
from gateway.issuance.roster.dates import DateJudge, remember
from gateway.issuance.roster.findings import Finding, Severity
from gateway.issuance.roster.normalise import (
    code_text,
    document_type,
    grade,
    person_name,
    plain_text,
)
from gateway.issuance.roster.offerings import OfferingJudge, Remark, converted, error
from gateway.issuance.roster.replacing import ReplacesItself
from gateway.issuance.roster.rows import Row

if TYPE_CHECKING:
    import datetime as dt

    from gateway.issuance.ports import InstitutionBook
    from gateway.issuance.roster.source import Header, RawRow

CERTIFICATE_NUMBER: Final = r"[0-9A-Z][0-9A-Z./-]{3,63}"
"""What a certificate number looks like unless the centre says more exactly."""
_LOW: Final = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are judged by."""

    province: int
    """The gateway's own province, GB/T 2260."""
    today: dt.date
    """In UTC+8."""
    book: InstitutionBook
    certificate_number: str = CERTIFICATE_NUMBER
    """A regular expression for the whole certificate number."""
    crosswalk: Crosswalk = field(default_factory=crosswalk)


class RowJudge:
    """Judges the rows of one file, in order."""

    def __init__(self, header: Header, rules: Rules) -> None:
        self.findings: list[Finding] = []
        self.bad_rows = 0
        self._rules = rules
        self._columns = header.columns
        self._width = header.columns.width
        self._offerings = OfferingJudge(rules.crosswalk, rules.province, rules.book)
        self._certificate = re.compile(rules.certificate_number + r"\Z", re.ASCII)
        self._dates = DateJudge(rules.today)
        self._grades: dict[str, tuple[str | None, tuple[Remark, ...]]] = {}
        self._certificates: dict[int, int] = {}
        self._claims: dict[int, int] = {}
        self._judge_header(header)

    @property
    def usable(self) -> bool:
        """Whether the header lets rows be judged at all."""
        return not self._columns.missing and not self._columns.repeated

    def judge(self, raw: RawRow) -> Row | None:
        """The row, or None where it has an error; whatever was found is in ``findings``."""
        line, cells, found = raw
        sequence = cells[0]
        remarks: list[Remark] = []
        if found != self._width and (odd := self._shape(found)):
            self._note(line, sequence, [odd])
            return None
        judged = self._offerings.judge((*cells[4:11], cells[14]))
        if judged.remarks:
            remarks += judged.remarks
        name = self._name(cells[1], remarks)
        kind, number = self._document(cells[2], cells[3], remarks)
        result, said = self._grades.get(cells[11]) or self._grade(cells[11])
        remarks += said
        awarded, said = self._dates.awarded(cells[12])
        remarks += said
        until, good = self._dates.ends(cells[15], awarded, remarks) if cells[15] else (None, True)
        certificate = self._certificate_number(Column.CERTIFICATE_NUMBER, cells[13], remarks)
        replaces = self._replaces(cells[16], certificate, remarks) if cells[16] else ""
        offering = judged.offering
        row = None
        good = good and certificate is not None and replaces is not None
        if offering and name and number and result is not None and awarded and good:
            whole = (name, kind, number, result, awarded, certificate or "", until, replaces or "")
            row = Row(line, sequence, offering, *whole)
            twice = self._twice(row, judged.key)
            if twice:
                remarks.append(twice)
                row = None
        if remarks:
            self._note(line, sequence, remarks)
        return row

    def _note(self, line: int, sequence: str, remarks: list[Remark]) -> None:
        self.findings += [Finding(line, sequence, *remark) for remark in remarks]
        self.bad_rows += any(remark.severity is Severity.ERROR for remark in remarks)

    def _judge_header(self, header: Header) -> None:
        columns = header.columns
        remarks = [
            Remark((column,), "", Severity.ERROR, reasons.ColumnMissing(f"{column.zh} {column.en}"))
            for column in columns.missing
        ]
        remarks += [
            Remark((column,), "", Severity.ERROR, reasons.ColumnRepeated(f"{column.zh} {column.en}"))
            for column in columns.repeated
        ]
        remarks += [Remark((), heading, Severity.NOTICE, reasons.ColumnUnused(heading)) for heading in columns.unknown]
        self.findings += [Finding(header.line, "", *remark) for remark in remarks]

    def _shape(self, found: int) -> Remark | None:
        """A row of another width than its header; leaving out empty cells at the end is no error."""
        if found > self._width:
            surplus = reasons.CellsSurplus(found, width=self._width)
            return Remark((), str(found), Severity.ERROR, surplus)
        lacking = tuple(
            c for c, place in sorted(self._columns.positions.items()) if place >= found and c not in OPTIONAL
        )
        if not lacking:
            return None
        names = "、".join(f"{column.zh} {column.en}" for column in lacking)
        return Remark(lacking, "", Severity.ERROR, reasons.CellsMissing(found, columns=names))

    def _name(self, cell: str, remarks: list[Remark]) -> str:
        """The learner's name, "" where it is not good."""
        if not cell.strip():
            remarks.append(_empty(Column.NAME, cell))
            return ""
        try:
            if is_formula(cell):
                raise reasons.FormulaInCell(cell)
            name = person_name(cell)
        except HurenError as reason:
            remarks.append(error(Column.NAME, cell, reason))
            return ""
        if name != cell and plain_text(cell) != " ".join(cell.split()):
            remarks += converted(Column.NAME, cell, name)
        return name

    def _document(self, kind_cell: str, cell: str, remarks: list[Remark]) -> tuple[DocumentType, str]:
        """Kind and number of the learner's document; "" where either is not good."""
        kind = DocumentType.RESIDENT
        number = code_text(cell)
        if number == cell and not kind_cell:
            # The common case: a resident number as it should be.
            try:
                check_resident_number(number)
            except HurenError:
                pass
            else:
                return kind, number
        if not number:
            remarks.append(_empty(Column.NUMBER, cell))
            return kind, ""
        try:
            if kind_cell:
                kind = document_type(kind_cell)
            LearnerDocument(kind, number)
        except HurenError as reason:
            at, value = (Column.NUMBER, cell)
            if isinstance(reason, reasons.UnknownDocumentType):
                at, value = (Column.DOCUMENT_TYPE, kind_cell)
            remarks.append(error(at, value, reason))
            return kind, ""
        if number != cell:
            remarks += converted(Column.NUMBER, cell, number)
        return kind, number

    def _grade(self, cell: str) -> tuple[str | None, tuple[Remark, ...]]:
        value: str | None = grade(cell)
        remarks: tuple[Remark, ...] = ()
        try:
            if value:
                grade_step(value)
        except HurenError as reason:
            value, remarks = None, (error(Column.GRADE, cell, reason),)
        else:
            # Writing 86.0 as 86 or Pass as 合格 is no conversion worth a word; full-width digits are.
            if not cell.isascii() and (plain := code_text(cell)) != cell.strip():
                remarks = converted(Column.GRADE, cell, plain)
        return remember(self._grades, cell, (value, remarks))

    def _certificate_number(self, column: Column, cell: str, remarks: list[Remark]) -> str | None:
        """The certificate number, "" where there is none, None where it is not good."""
        number = code_text(cell)
        if number and self._certificate.match(number) is None:
            wrong = reasons.CertificateNumberMalformed(cell, pattern=self._rules.certificate_number)
            remarks.append(error(column, cell, wrong))
            return None
        if number != cell:
            remarks += converted(column, cell, number)
        return number

    def _replaces(self, cell: str, own: str | None, remarks: list[Remark]) -> str | None:
        """The number of the certificate that is replaced, "" where there is none, None where it is not good."""
        number = self._certificate_number(Column.REPLACES, cell, remarks)
        if number and number == own:
            remarks.append(error(Column.REPLACES, cell, ReplacesItself(number)))
            return None
        return number

    def _twice(self, row: Row, offering: int) -> Remark | None:
        """Whether an earlier row of the file has the certificate number, or the person's outcome.

        Rows are told by 64-bit hashes: in a file of a million, one false finding in 37 million files.
        """
        line = row.line
        institution, outcome = row.offering.institution, row.offering.outcome_code
        content = hash((offering, row[3:]))
        certificate = hash((institution, row.certificate_number)) if row.certificate_number else content
        mark = (content & _LOW) << 32 | line
        first = self._certificates.setdefault(certificate, mark)
        if first != mark:
            if first >> 32 == mark >> 32:
                twice = reasons.RowStandsTwice(row.sequence, line=first & _LOW)
                return Remark((), row.certificate_number, Severity.ERROR, twice)
            again = reasons.CertificateNumberTwice(row.certificate_number, line=first & _LOW)
            return error(Column.CERTIFICATE_NUMBER, row.certificate_number, again)
        earlier = self._claims.setdefault(hash((institution, outcome, row.number, row.document_type.value)), line)
        if earlier == line:
            return None
        where = (Column.NUMBER, Column.OUTCOME_CODE)
        return Remark(where, outcome, Severity.ERROR, reasons.OutcomeTwice(outcome, line=earlier))


def _empty(column: Column, cell: str) -> Remark:
    return error(column, cell, reasons.CellEmpty(column=column.zh, column_en=column.en))
