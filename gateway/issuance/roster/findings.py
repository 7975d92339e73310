"""A finding: one thing that is wrong with one cell of one row, in words for the person who mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError
    from gateway.issuance.roster.columns import Column


class Severity(StrEnum):
    """Whether a finding stands in the way of issuing its row."""

    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. It shows personal data: it belongs on the screen of whoever sent the roster, in no log."""

    line: int
    """Line of the file (CSV) or row of the sheet (XLSX)."""
    sequence: str
    """The row's own 序号, "" where it has none."""
    columns: tuple[Column, ...]
    """What is wrong where; empty for the row as a whole."""
    value: str
    """The cell as it stands in the file."""
    severity: Severity
    reason: HurenError
    """Code, and message and hint in both languages."""

    @property
    def code(self) -> str:
        """A stable code for machines, for example ``identifier.uscc.check``."""
        return self.reason.code

    @property
    def is_error(self) -> bool:
        """Whether the row cannot be issued as it stands."""
        return self.severity is Severity.ERROR

    def column_names(self, language: str) -> str:
        """The headings concerned, in ``"zh"`` or ``"en"``."""
        if language == "zh":
            return "、".join(column.zh for column in self.columns)
        return ", ".join(column.en for column in self.columns)

    def to_json(self) -> dict[str, Any]:
        """The form of ``--json``."""
        return {
            "line": self.line,
            "sequence": self.sequence,
            "columns": [column.name.lower() for column in self.columns],
            "value": self.value,
            "severity": self.severity.value,
            **self.reason.to_json(),
        }
