"""``huren audit trace``: everything that ever happened to a credential, on one page.

Exit codes: 0 known, and the record agrees with the heads; 1 unknown, or the record was altered; 2 it could not
be looked for (no index, manifests lacking); 64 usage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.verify import read_file
from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x
from gateway.domain.receipt import Certificate
from gateway.verification.service import parse_hash

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.audit.traces.values import Trace, TracedEvent

_PARTS: Final = {
    "anchor": "存证 / anchored",
    "status": "状态 / status",
    "institution": "机构 / institution",
    "officer": "审核人 / officer",
    "key": "密钥 / key",
    "agreement": "协议 / agreement",
    "transfer": "转换 / transfer",
    "claim": "成果 / claim",
}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("trace", help="一份凭证的全部经历 / everything that ever happened to a credential")(trace)


def trace(
    what: Annotated[
        str,
        typer.Argument(
            help="凭证哈希 0x… 或证书文件 / a credential hash 0x…, or a file, which tells the claim too",
            metavar="HASH|FILE",
        ),
    ],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Anchoring, attestations, statuses, successors, transfers, claims: in the order of the chain, from the index."""
    with opened(config) as gateway:
        if what.lower().startswith("0x"):
            leaf, claim = parse_hash(what), None
        else:
            certificate = Certificate.parse(read_file(what))
            leaf = certificate.leaf().leaf
            own = (certificate.credential.uscc_text, certificate.receipt.facts.outcome)
            claim = (gateway.audit.trace_record.canonical(*own), certificate.receipt.facts.claim)
        found = gateway.audit.tracer.trace(leaf, claim)
    console.emit(found.to_json(), as_json=as_json, text=lambda out: _page(found, out))
    raise typer.Exit(_code(found))


def _code(found: Trace) -> console.Exit:
    if not found.known:
        return console.Exit.CANNOT if found.searched.manifests_lacking else console.Exit.AGAINST
    return console.Exit.OK if found.intact else console.Exit.AGAINST


def _page(found: Trace, out: Console) -> None:
    out.print(hex0x(found.leaf), style="bold", markup=False)
    out.print(console.say(found.verdict.kind.zh, found.verdict.kind.en), markup=False)
    out.print(f"  block {found.block.number} · {moment_text(found.block.time)}", style="dim", markup=False)
    if not found.known:
        _unknown(found, out)
        return
    for batch in found.batches:
        officer = hex0x(batch.officer)
        words = ("有权", "in force") if batch.officer_in_force else ("无权", "not in force")
        out.print(
            "  "
            + console.say(f"存证时审核人 {officer} {words[0]}", f"at the anchor its officer {officer} was {words[1]}"),
            markup=False,
        )
    for leaf in found.predecessors:
        out.print("  " + console.say(f"取代了 {hex0x(leaf)}", f"took the place of {hex0x(leaf)}"), markup=False)
    for leaf in found.successors:
        out.print("  " + console.say(f"由 {hex0x(leaf)} 取代", f"superseded by {hex0x(leaf)}"), markup=False)
    for fate in found.fates:
        where = f" {fate.transfer}" if fate.transfer else ""
        out.print(
            "  " + console.say(f"成果{fate.words[0]}{where}", f"the outcome is {fate.words[1]}{where}"), markup=False
        )
    for one in found.events:
        out.print(_told(one), markup=False)
    if not found.intact:
        out.print(
            console.say(
                "记录与链头不符：索引数据被改动，请重建（huren index rebuild）",
                "the record does not agree with the heads: the index was altered; huren index rebuild",
            ),
            style="red",
            markup=False,
        )


def _told(one: TracedEvent) -> str:
    """An event over the whole width: in columns of a narrow terminal a page of them runs over many."""
    told, mark = one.told, "✓" if one.checked else "✗"
    when = moment_text(one.event.time) or "—"
    by = f"{told.who_zh} / {told.who_en} {hex0x(one.event.actor)}"
    return f"\n{mark} {one.event.block} · {when} · {_PARTS[told.part]} · {by}\n  {told.zh}\n  {told.en}"


def _unknown(found: Trace, out: Console) -> None:
    """Nobody knows it: say to how much it is unknown."""
    looked = found.searched
    zh = (
        f"未查到。已查：{looked.batches} 个批次，其中 {looked.manifests_held} 份清单已核验、"
        f"{looked.manifests_malformed} 份不合规、{looked.manifests_lacking} 份缺失；"
        f"{looked.status_changes} 次状态变更；{looked.transfers} 项转换"
    )
    en = (
        f"nothing is known of it. Looked through: {looked.batches} batches, of whose manifests {looked.manifests_held} "
        f"are checked, {looked.manifests_malformed} malformed, {looked.manifests_lacking} lacking; "
        f"{looked.status_changes} changes of status; {looked.transfers} transfers"
    )
    out.print(f"{zh}\n{en}", markup=False)
