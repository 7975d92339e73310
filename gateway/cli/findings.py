"""Findings of a roster as a table for the person who mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.issuance.roster.findings import Finding

_SHOWN: Final = 60
"""Characters of a cell that the table shows."""


def shown(text: str) -> str:
    """A cell's text fit for a terminal: nothing that moves the cursor, not too long."""
    plain = "".join(character if character.isprintable() else "�" for character in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def table_of(findings: Sequence[Finding]) -> Table:
    """One row a finding: where it is, what stands there, what is wrong and what to do, in both languages."""
    table = Table(show_lines=True)
    table.add_column("行\nLine", justify="right")
    table.add_column("序号\nNo", justify="right")
    # Folded, never cut: Chinese has no spaces to break at, and the end of a sentence says what to do.
    table.add_column("列\nColumn", overflow="fold", max_width=12)
    table.add_column("内容\nValue", overflow="fold", max_width=20)
    table.add_column("问题\nFinding", overflow="fold")
    for finding in findings:
        reason = finding.reason
        words = [reason.message("zh"), reason.hint("zh"), reason.message("en"), reason.hint("en")]
        table.add_row(
            str(finding.line),
            Text(shown(finding.sequence)),
            Text(f"{finding.column_names('zh')}\n{finding.column_names('en')}"),
            Text(shown(finding.value)),
            Text("\n".join(word for word in words if word), style="red" if finding.is_error else "yellow"),
        )
    return table
