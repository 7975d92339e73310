"""``huren audit findings``: what asks for a second look, as of a block.

Exit codes: 0 nothing at or above the level; 1 something; 2 it could not be looked for; 64 usage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.audit.findings.values import Severity, Thresholds
from gateway.audit.reports.report import ReportBook
from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.audit.findings.values import Findings

_DEFAULTS: Final = Thresholds()
_LEVELS: Final = {level.name.lower(): level for level in Severity}
_STYLES: Final = {Severity.NOTE: None, Severity.WARNING: "yellow", Severity.ALARM: "red"}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("findings", help="疑点：接近上限、逾期、异常接受率等 / what asks for a second look")(findings)


def findings(
    block: Annotated[int | None, typer.Option("--block", min=0, help="截至区块 / as of this block")] = None,
    level: Annotated[
        str, typer.Option("--level", help="达到此级即退出码 1：note、warning、alarm / exit 1 from this level on")
    ] = "warning",
    cap_percent: Annotated[
        int, typer.Option("--cap-percent", min=1, max=100, help="上限已用百分比 / share of a cap used, per cent")
    ] = _DEFAULTS.cap_percent,
    rate_score: Annotated[
        float, typer.Option("--rate-score", min=0.1, help="接受率的修正 z 分数 / modified z-score of acceptance")
    ] = _DEFAULTS.rate_score,
    rate_decisions: Annotated[
        int, typer.Option("--rate-decisions", min=1, help="参与比较的最少决定数 / decisions an institution needs")
    ] = _DEFAULTS.rate_decisions,
    rate_institutions: Annotated[
        int, typer.Option("--rate-institutions", min=3, help="可比较的最少机构数 / institutions a comparison needs")
    ] = _DEFAULTS.rate_institutions,
    officer_days: Annotated[
        int, typer.Option("--officer-days", min=0, help="审核人任职天数 / days in office")
    ] = _DEFAULTS.officer_days,
    unused_days: Annotated[
        int, typer.Option("--unused-days", min=0, help="规则无人使用的天数 / days that a rule was not used")
    ] = _DEFAULTS.unused_days,
    unattested_days: Annotated[
        int, typer.Option("--unattested-days", min=0, help="批次无他省见证的天数 / days that nobody attested a batch")
    ] = _DEFAULTS.unattested_days,
    numbers: Annotated[
        bool,
        typer.Option("--numbers", help="本中心：核对所签证书编号 / a centre: compare the numbers of its certificates"),
    ] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Caps, acceptance, headcounts, deadlines, officers, flagged credentials, manifests, rules: the gravest first."""
    if level not in _LEVELS:
        raise typer.BadParameter(" | ".join(_LEVELS), param_hint="--level")
    limits = Thresholds(
        cap_percent=cap_percent,
        rate_score=rate_score,
        rate_decisions=rate_decisions,
        rate_institutions=rate_institutions,
        officer_days=officer_days,
        unused_days=unused_days,
        unattested_days=unattested_days,
    )
    with opened(config) as gateway:
        at = ReportBook(gateway.database, gateway.calls).block(block)
        own = gateway.audit.number_findings(at.time) if numbers else []
        found = gateway.audit.findings.at(at, limits, own)
    console.emit(found.to_json(), as_json=as_json, text=lambda out: _page(found, out))
    raise typer.Exit(console.Exit.AGAINST if found.above(_LEVELS[level]) else console.Exit.OK)


def _page(found: Findings, out: Console) -> None:
    block = found.block
    counts = {level: sum(one.severity is level for one in found.found) for level in Severity}
    zh = "，".join(f"{level.zh} {number}" for level, number in counts.items())
    en = ", ".join(f"{level.en} {number}" for level, number in counts.items())
    out.print(console.say(zh, en), style="bold", markup=False)
    out.print(f"  block {block.number} · {moment_text(block.time)} · {hex0x(found.digest)}", style="dim", markup=False)
    for one in found.found:
        told = one.to_json()
        out.print(
            f"\n[{console.say(one.severity.zh, one.severity.en)}] {one.code}", style=_STYLES[one.severity], markup=False
        )
        for line in (told["zh"], told["en"], f"→ {told['hintZh']}", f"→ {told['hintEn']}"):
            out.print(f"  {line}", markup=False)
        for kind, ref in one.refs:
            out.print(f"    {kind} {ref}", style="dim", markup=False)
        out.print(f"    {told['since']}", style="dim", markup=False)
