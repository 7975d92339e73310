"""Reports as files: JSON, CSV, XLSX, Parquet and, of a month, PDF; each with a signature beside it if a key is given.

files = ReportFiles(book)
files.write(Path("2026-10.pdf"), book.at(block), month=month, language="both", signer=signer)
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.audit.lists.tables import write_tables
from gateway.audit.monthly.document import monthly_pdf
from gateway.audit.monthly.words import BOTH
from gateway.audit.reports.errors import MonthMissing, UnknownForm
from gateway.audit.reports.signing import Statement, signature_path
from gateway.audit.reports.tables import about, tables_of
from node.client.files import write_whole

if TYPE_CHECKING:
    from gateway.audit.reports.report import ReportBook
    from gateway.audit.reports.values import Report
    from gateway.domain.proof import Signer

FORMS: Final = ("json", "csv", "xlsx", "parquet", "pdf")


class ReportFiles:
    """Writes the reports of one gateway's index, and makes them again for whoever checks one."""

    def __init__(self, book: ReportBook) -> None:
        """Write reports of `book`."""
        self.book = book

    def content(self, report: Report, form: str, *, month: int | None, language: str | None) -> bytes:
        """The bytes of a file of the report of all months: the same at every gateway.

        Args:
            report: of all months.
            form: one of `FORMS`.
            month: of which month the file is; None for all.
            language: of a PDF: zh, en or both.

        Raises:
            UnknownForm: another form.
            MonthMissing: a PDF is of a month.
            MonthAhead: the month had not begun at the block.
            FontsMissing: a PDF cannot be set.
        """
        if form not in FORMS:
            raise UnknownForm(form, known="、".join(f".{known}" for known in FORMS))
        if form == "pdf":
            if month is None:
                raise MonthMissing
            return monthly_pdf(report, month, language or BOTH)
        shown = self.shown(report, form, month)
        if form == "json":
            return shown.canonical
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"report.{form}"
            write_tables(path, tables_of(shown), about(shown))
            return path.read_bytes()

    @staticmethod
    def shown(report: Report, form: str, month: int | None) -> Report:
        """The report whose hash a file states: of the month, but of all months in a PDF, which shows the trend too."""
        return report if month is None or form == "pdf" else report.of_month(month)

    def write(
        self,
        path: Path,
        report: Report,
        *,
        month: int | None = None,
        language: str | None = None,
        signer: Signer | None,
    ) -> list[Path]:
        """Write the file that `path` names, and its signature; return what was written.

        Raises:
            As `content`; OSError: a file cannot be written.
        """
        form = path.suffix.lower().removeprefix(".")
        language = (language or BOTH) if form == "pdf" else None
        content = self.content(report, form, month=month, language=language)
        write_whole(path, content)
        if signer is None:
            return [path]
        statement = Statement.of(content, self.shown(report, form, month), form=form, month=month, language=language)
        write_whole(signature_path(path), statement.signed_by(signer))
        return [path, signature_path(path)]
