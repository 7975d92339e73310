"""``huren audit transfers``: the transfers between provinces, by pair, category, month, institution, rule and stage.

Exit codes: 0 done; 2 the index cannot be read now; 64 a filter makes no sense.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.audit.lists.listing import entry_of, listing_table
from gateway.audit.lists.tables import FORMS, write_tables
from gateway.audit.reports.errors import UnknownForm
from gateway.audit.reports.values import block_json
from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.audit_reports import block_of
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.ledger.transfer_asked import Asked, filter_of
from gateway.ledger.transfer_rows import TransferRows

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.ledger.values import BlockRef

_SHOWN: Final = (
    "transfer",
    "stage",
    "institution",
    "targetInstitution",
    "category",
    "quoted",
    "awarded",
    "requestedAt",
)
_HEADS: Final = (
    "转换 / transfer", "阶段 / stage", "来源 / from", "目标 / to", "类别 / category", "报价 / quoted",
    "承认 / awarded", "申请时间 / requested",
)  # fmt: skip


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("transfers", help="转换清单，可导出 / lists of transfers, also as files")(transfers)


def transfers(
    source: Annotated[
        str | None,
        typer.Option("--from-province", help="来源省，六位代码 / source province, six digits", metavar="CODE"),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--to-province", help="目标省，六位代码 / target province, six digits", metavar="CODE")
    ] = None,
    category: Annotated[
        str | None,
        typer.Option("--category", help="成果类别：academic、vocational、culture / the outcome's category"),
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="申请月份，例如 2026-10 / month of the request", metavar="MONTH")
    ] = None,
    first_month: Annotated[
        str | None, typer.Option("--first-month", help="申请月份自 / months from", metavar="MONTH")
    ] = None,
    last_month: Annotated[
        str | None, typer.Option("--last-month", help="申请月份至 / months until", metavar="MONTH")
    ] = None,
    institution: Annotated[
        str | None, typer.Option("--institution", help="来源机构 / source institution", metavar="USCC")
    ] = None,
    target_institution: Annotated[
        str | None, typer.Option("--target-institution", help="目标机构 / target institution", metavar="USCC")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", help="协议标识或其开头 / the agreement's id, or its beginning")
    ] = None,
    rule: Annotated[int | None, typer.Option("--rule", help="协议的第几条规则 / which rule of the agreement")] = None,
    stage: Annotated[
        str | None,
        typer.Option("--stage", help="阶段：requested、accepted、returned、reversed / the stage"),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="退回原因，如 not-equivalent / why it came back, such as expired"),
    ] = None,
    block: Annotated[
        int | None,
        typer.Option("--block", min=0, help="截至哪个区块，默认最新 / as of which block, by default the newest"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写入 .csv、.xlsx 或 .parquet / write a file", metavar="FILE", dir_okay=False),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="屏幕与 JSON 显示几项 / how many are shown without a file")
    ] = 50,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List transfers as of a block; with --out all of them go to a file, however many."""
    asked = Asked(
        source,
        target,
        category,
        month,
        first_month,
        last_month,
        institution,
        target_institution,
        agreement,
        rule,
        stage,
        reason,
    )
    if out is not None and out.suffix.lower() not in FORMS:
        raise UnknownForm(out.name, known="、".join(FORMS))
    with opened(config) as gateway:
        at = block_of(gateway, block)
        where = filter_of(asked, gateway.audit.known, now=at.time, block=at.number)
        rows = TransferRows(gateway.database)
        count = rows.count(where)
        if out is not None:
            about = {"block": str(at.number), "blockHash": "0x" + at.hash.hex(), "chainId": str(gateway.calls.chain_id)}
            write_tables(out, [listing_table(rows.stream(where))], about)
        entries = [] if out is not None else [entry_of(row) for row in rows.page(where, limit=limit)]
    payload: dict[str, Any] = {"block": block_json(at), "count": count}
    payload |= {"transfers": entries} if out is None else {"file": str(out)}
    console.emit(payload, as_json=as_json, text=lambda shown: _list(entries, count, at, out, shown))


def _list(entries: list[dict[str, Any]], count: int, at: BlockRef, file: Path | None, out: Console) -> None:
    if entries:
        rows = table(*_HEADS)
        for entry in entries:
            rows.add_row(*("—" if entry[name] is None else str(entry[name]) for name in _SHOWN))
        out.print(rows)
    when = moment_text(at.time)
    said = console.say(
        f"共 {count:,} 项，截至区块 {at.number}（{when}）", f"{count:,} as of block {at.number} ({when})"
    )
    out.print(said, markup=False)
    if file is not None:
        out.print(f"→ {file}", markup=False)
    elif count > len(entries):
        out.print(console.say("其余请用 --limit 或 --out", "for the rest use --limit or --out"), markup=False)
