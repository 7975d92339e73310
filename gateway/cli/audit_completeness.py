"""``huren audit completeness``: whether a node serves every event as it happened, proven by the chain's own digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened

if TYPE_CHECKING:
    from rich.console import Console

MAX_AGE: Final = 900
MAX_BEHIND: Final = 3
_CODES: Final = {
    "complete": console.Exit.OK,
    "consistent with this RPC only": console.Exit.OK,
    "incomplete": console.Exit.AGAINST,
    "altered": console.Exit.AGAINST,
    "cannot check": console.Exit.CANNOT,
}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        "completeness",
        help="证明节点所报事件无缺无改，否则指明 / prove that a node's events lack nothing, or name what is wrong",
    )(completeness)


def completeness(
    rpc: Annotated[
        str | None,
        typer.Option(
            "--rpc",
            metavar="URL",
            help="要核对的节点，默认本网关的节点；另指一个时，本网关的节点为其作证 / the node to check, by default the "
            "gateway's own; of another one, the gateway's own is a witness",
        ),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness",
            "--against",
            metavar="URL",
            help="其他成员的节点，可多次给出 / another member's node, which must have the same block; may be repeated",
        ),
    ] = None,
    max_age: Annotated[
        int,
        typer.Option(
            "--max-age", min=0, metavar="SECONDS", help="最新最终区块至多多旧 / how old the newest block may be"
        ),
    ] = MAX_AGE,
    max_behind: Annotated[
        int,
        typer.Option(
            "--max-behind", min=0, metavar="BLOCKS", help="至多落后其他节点几块 / how far behind a witness it may be"
        ),
    ] = MAX_BEHIND,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Read every event of every contract from a node, and hold them against the heads that the chain proves.

    Exit codes: 0 complete, or consistent with this RPC only; 1 incomplete or altered; 2 it could not be checked.
    """
    from gateway.audit.completeness.check import Bounds  # noqa: PLC0415 - it takes long to import
    from gateway.audit.completeness.report import report  # noqa: PLC0415 - the same

    with opened(config) as gateway:
        bounds = Bounds(max_age, max_behind)
        with gateway.audit.completeness(rpc, witness or (), bounds) as check:
            result = check.run()
        payload = report(result, gateway.deployment.provinces)
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(payload, out))
    if payload["problem"] is not None and not as_json:
        console.note(_problem(payload, "zh", "hintZh"), _problem(payload, "en", "hintEn"))
    code = _CODES[payload["verdict"]]
    if code:
        raise typer.Exit(code)


def _sheet(payload: dict[str, Any], out: Console) -> None:
    sentence = console.say(payload["zh"], payload["en"])
    out.print(sentence, style="green" if _CODES[payload["verdict"]] == console.Exit.OK else "red", markup=False)
    block = payload["block"]
    if block is not None:
        out.print(
            console.say(
                f"截至区块 {block['number']}（{block['hash']}）：{payload['events']} 个事件，"
                f"{len(payload['heads'])} 个摘要已证明，{payload['seconds']} 秒",
                f"up to block {block['number']} ({block['hash']}): {payload['events']} events, "
                f"{len(payload['heads'])} heads proven, {payload['seconds']} s",
            ),
            markup=False,
        )
    for one in payload["witnesses"]:
        out.print(f"  {one['url']}: {_opinion(one)}", markup=False)
    for finding in payload["findings"]:
        out.print(f"✗ {finding['zh']}\n  {finding['en']}", style="red", markup=False)
    if payload["furtherFindings"]:
        further = payload["furtherFindings"]
        out.print(console.say(f"另有 {further} 项", f"and {further} more"), style="red", markup=False)


def _opinion(one: dict[str, Any]) -> str:
    if one["agrees"] is None:
        return console.say(f"未作答（{one['problem']['zh']}）", f"did not say ({one['problem']['en']})")
    if not one["agrees"]:
        return console.say("同一高度是另一区块", "has another block at this height")
    return console.say(f"有同一区块，领先 {one['ahead']} 块", f"has the same block, {one['ahead']} ahead")


def _problem(payload: dict[str, Any], sentence: str, hint: str) -> str:
    problem = payload["problem"]
    return f"{problem[sentence]}；{problem[hint]}" if sentence == "zh" else f"{problem[sentence]}; {problem[hint]}"
