"""``huren audit``: the regional office's commands; each module below registers its own.

Exit codes: 0 done, nothing wrong; 1 something is missing, altered or asks for a second look; 2 it could not be checked
now; 64 usage.
"""

from __future__ import annotations

from typing import Final

import typer

from gateway.cli import (
    audit_completeness,
    audit_findings,
    audit_open,
    audit_reports,
    audit_sample,
    audit_trace,
    audit_transfers,
)

HELP: Final = "审计：完整性、清单、报告、疑点、抽查 / audit: completeness, lists, reports, findings, samples"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    audit_completeness.register(group)
    audit_trace.register(group)
    audit_findings.register(group)
    audit_sample.register(group)
    audit_open.register(group)
    audit_transfers.register(group)
    audit_reports.register(group)
    app.add_typer(group, name="audit")
