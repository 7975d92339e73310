"""What became of a roster, as the command tells it: findings, numbers, batches, anchors, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gateway.cli import console
from gateway.cli.findings import table_of
from gateway.domain.errors import HurenError
from gateway.issuance.report import IssueReport, Outcome
from gateway.ledger.outbox import Submission
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rich.console import Console

MOST_SHOWN: Final = 200
"""Findings that the table shows; all of them are in the template and in JSON."""
_SENTENCES: Final = {
    Outcome.ISSUED: ("已签发 {issued} 份证书", "{issued} certificates issued"),
    Outcome.NOTHING_TO_DO: (
        "没有新的内容：{already} 行此前均已签发",
        "nothing to do: all {already} rows were issued before",
    ),
    Outcome.REFUSED: (
        "未签发：{errors} 处问题，{good} 行合格（--accept-good-rows 仅签发合格行）",
        "nothing issued: {errors} findings, {good} good rows (--accept-good-rows issues those alone)",
    ),
    Outcome.CHECKED: ("检查完毕，可签发 {good} 行", "checked: {good} rows can be issued"),
}
_WHOLE: Final = 10
"""Certificates a second from which on no fraction is told."""
_STATES: Final = {
    OutboxState.QUEUED: "待发送",
    OutboxState.SENT: "已发送",
    OutboxState.MINED: "已入块",
    OutboxState.FINAL: "已最终确认",
    OutboxState.FAILED: "被拒绝",
}


@dataclass(slots=True)
class Aftermath:
    """What came after the rows were issued: they stay issued, whatever it was."""

    anchors: list[Submission] = field(default_factory=list)
    superseded: list[Submission] = field(default_factory=list)
    waiting: int = 0
    """Certificates whose earlier one is not superseded yet, since they are not anchored."""
    files: int | None = None
    trouble: HurenError | None = None

    @property
    def failed(self) -> bool:
        """Whether something was asked for and could not be done."""
        return self.trouble is not None or any(
            entry.state is OutboxState.FAILED for entry in (*self.anchors, *self.superseded)
        )


def anchor_json(entry: Submission) -> dict[str, Any]:
    """An anchor as JSON."""
    return {
        "outbox": entry.id,
        "batch": entry.payload.get("batch"),
        "state": entry.state.value,
        "block": entry.block,
        "transaction": None if entry.tx_hash is None else "0x" + entry.tx_hash.hex(),
        "error": entry.error,
    }


def tell(screen: Console, report: IssueReport, after: Aftermath, template: Path | None) -> None:
    """Tell a person what became of the roster."""
    for line in _about_rows(screen, report):
        screen.print(line, markup=False)
    if template is not None and report.findings:
        screen.print("  " + console.say(f"待改正的名册：{template}", f"to be mended: {template}"), markup=False)
    for line in _about_batches(report, after):
        screen.print(f"  {line}", markup=False)


def tell_lost(told: dict[str, Any] | None, institutions: Collection[str]) -> None:
    """Tell whoever is about to issue that some certificates are good on the chain and unknown here.

    Their rows would be issued a second time. Neither this gateway nor the chain can say which rows: a leaf is salted.

    Args:
        told: what a gateway that was restored from a backup found out since; None where it never was.
        institutions: whose certificates are about to be issued.
    """
    lost = [one for one in (told or {}).get("lost", ()) if one["institution"] in institutions]
    if lost:
        count = f"{sum(one['leaves'] for one in lost):,}"
        console.note(
            f"注意：这些机构在备份之后签发的 {count} 份证书在此没有记录，而链上有效。那时的名册不要再签发"
            "（huren recover 列出各批次）",
            f"mind: {count} certificates of these institutions were issued after the backup, are good on the chain and "
            "unknown here. Do not issue the rosters of that time again (huren recover lists the batches)",
        )


def tell_files(screen: Console, files: int, out: Path) -> None:
    """Tell a person what was written."""
    screen.print(console.say(f"证书文件 {files:,} 份：{out}", f"{files:,} certificate files: {out}"), markup=False)


def _about_rows(screen: Console, report: IssueReport) -> Iterator[str]:
    if report.findings:
        screen.print(table_of(report.findings[:MOST_SHOWN]))
    if (more := len(report.findings) - MOST_SHOWN) > 0:
        yield console.say(
            f"另有 {more:,} 处问题，见 --template 或 --json", f"{more:,} more findings: see --template or --json"
        )
    zh, en = _SENTENCES[report.outcome]
    numbers = {
        "issued": f"{report.issued:,}",
        "already": f"{report.already:,}",
        "errors": f"{report.errors:,}",
        "good": f"{report.good:,}",
    }
    yield console.say(zh.format(**numbers), en.format(**numbers))
    if report.issued:
        rate = report.issued / report.seconds
        shown = f"{rate:,.0f}" if rate >= _WHOLE else f"{rate:.2g}"
        yield "  " + console.say(
            f"{report.seconds:.1f} 秒，每秒 {shown} 份", f"{report.seconds:.1f} s, {shown} a second"
        )
    if report.already and report.outcome is Outcome.ISSUED:
        yield "  " + console.say(f"此前已签发 {report.already:,} 行", f"{report.already:,} rows were issued before")


def _about_batches(report: IssueReport, after: Aftermath) -> Iterator[str]:
    for batch in report.batches:
        named = console.say(f"批次 {batch.id}", f"batch {batch.id}")
        yield f"{named} · {batch.institution} · {batch.leaf_count:,} · 0x{batch.root.hex()}"
    for batch in report.again:
        words = console.say("此前被链拒绝，已重新批准并排队", "refused by the chain before: approved and queued again")
        yield f"{console.say(f'批次 {batch.id}', f'batch {batch.id}')} · {words}"
    for entry in after.anchors:
        number, place = entry.payload.get("batch"), "—" if entry.block is None else entry.block
        zh = f"批次 {number} 存证：{_STATES[entry.state]}，区块 {place}"
        yield console.say(zh, f"anchor of batch {number}: {entry.state.value}, block {place}")
        if entry.error:
            yield "  " + console.say(str(entry.error.get("zh", "")), str(entry.error.get("en", entry.error)))
    good = sum(entry.error is None for entry in after.superseded)
    if after.superseded:
        yield console.say(f"已取代旧证书 {good:,} 份", f"{good:,} earlier certificates superseded")
    for entry in after.superseded:
        if entry.error:
            yield "  " + console.say(str(entry.error.get("zh", "")), str(entry.error.get("en", entry.error)))
    if after.waiting:
        yield console.say(
            f"{after.waiting:,} 份旧证书将在新证书上链后被取代（huren serve 自动办理，或 huren supersede --pending）",
            f"{after.waiting:,} earlier certificates are superseded once the new ones are anchored "
            "(by huren serve, or huren supersede --pending)",
        )
    if after.files is not None:
        yield console.say(f"证书文件 {after.files:,} 份", f"{after.files:,} certificate files")
