"""``huren trust``: the file that verification with no network starts from; written by any node, compared by phone.

Exit codes: 0 done, 1 it differs from this node's chain, 2 it could not be made, or is no trust file; 64 usage.
"""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.present import FileUnwritable
from gateway.cli.verify import read_trust
from gateway.domain.hashing import hex0x
from gateway.domain.seals import Consensus, majority, quorum
from gateway.verification.offline import summary
from gateway.verification.offline.trust import MOST_MONTHS
from gateway.verification.steps import CHINA
from node.client.files import write_whole

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.domain.validators import Era
    from gateway.verification.offline import Trust

HELP = "信任文件：离线核验所依据，导出、查看、比对 / trust files, for verification with no network: export, show, check"
FileArgument = Annotated[Path, typer.Argument(help="信任文件 / the trust file", metavar="FILE")]
_WIDE = 1_000
"""Headers between two notes of progress."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True)
    app.add_typer(group, name="trust")
    group.command("export", help="从本网关的节点重算并写出信任文件 / write one, recomputed from this gateway's node")(
        export
    )
    group.command("show", help="显示内容与指纹（供电话核对） / what it says, and its fingerprint")(show)
    group.command("check", help="与本网关的节点所见比对 / compare it with what this gateway's node has")(check)


def export(
    out: Annotated[Path, typer.Option("--out", help="写入文件 / where to write", metavar="FILE")] = Path("trust.json"),
    months: Annotated[
        int,
        typer.Option(
            "--months", min=1, max=MOST_MONTHS, help="本月之后的有效月数 / months after this one that it is good for"
        ),
    ] = 3,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Follow every header from the first block on, count the votes, prove the contracts, and write it down."""
    from gateway.verification.trusting import trust_of  # noqa: PLC0415 - it takes long to import

    with opened(config) as gateway:
        trust = trust_of(gateway.calls, months=months, told=_progress)
    try:
        write_whole(out, trust.to_json())
    except OSError as error:
        raise FileUnwritable(str(out), why=error.strerror) from error
    console.emit({"file": str(out), **summary(trust)}, as_json=as_json, text=lambda shown: _sheet(trust, shown))
    if trust.consensus is Consensus.NONE:
        console.note(
            "此链没有验证者签名，信任文件只记下节点一面之词：离线核验会答“暂时无法核验”",
            "nobody seals this chain: the file holds a node's word, and verification answers “cannot check”",
        )


def show(file: FileArgument, as_json: console.JsonFlag = False) -> None:
    """Read a trust file; nothing is asked of anybody."""
    trust = read_trust(file)
    console.emit(summary(trust), as_json=as_json, text=lambda shown: _sheet(trust, shown))


def check(file: FileArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Make the file again from this gateway's node and compare: eras, contracts, first block."""
    from gateway.verification.trusting import differences, trust_of  # noqa: PLC0415 - it takes long to import

    theirs = read_trust(file)
    with opened(config) as gateway:
        ours = trust_of(gateway.calls, expires=theirs.expires, told=_progress)
    differing = differences(theirs, ours, time=int(time.time()))
    payload = {"same": not differing, "differing": differing, "fingerprint": ours.fingerprint}
    console.emit(payload, as_json=as_json, text=lambda shown: _compared(differing, ours, shown))
    raise typer.Exit(console.Exit.AGAINST if differing else console.Exit.OK)


def _progress(at: int, of: int) -> None:
    if at == of or at % _WIDE == 0:
        console.note(f"已核对区块头 {at:,}/{of:,}", f"headers checked: {at:,} of {of:,}")


def _compared(differing: list[str], ours: Trust, shown: Console) -> None:
    if differing:
        names = ", ".join(differing)
        shown.print(
            console.say(f"与本节点所见不同：{names}", f"it differs in: {names}"), style="bold red", markup=False
        )
    else:
        shown.print(console.say("与本节点所见一致", "the same as this node has it"), style="bold green", markup=False)
    shown.print(ours.fingerprint, markup=False)


def _sheet(trust: Trust, shown: Console) -> None:
    first, last = trust.fingerprint[:35], trust.fingerprint[36:]
    lines = [
        console.say(f"网络 {trust.network}，链号 {trust.chain_id}", f"network {trust.network}, chain {trust.chain_id}"),
        console.say("指纹（请电话核对）", "fingerprint, to be compared by phone"),
        f"  {first}",
        f"  {last}",
        console.say(f"有效期至 {_day(trust.expires)} 前", f"good until before {_day(trust.expires)}"),
        console.say(f"首个区块 {hex0x(trust.genesis)}", f"first block {hex0x(trust.genesis)}"),
        _law(trust),
    ]
    for line in lines:
        shown.print(line, markup=False)
    for era in trust.eras:
        _era(era, shown)
    for one in trust.contracts:
        since = _day(one.since)
        shown.print(f"  {one.name} v{one.version}  {hex0x(one.address)}  {since}", markup=False)


def _law(trust: Trust) -> str:
    count = len(trust.validators)
    if trust.consensus is Consensus.NONE:
        return console.say("共识：无（没有验证者签名）", "consensus: none (nobody seals)")
    if trust.consensus is Consensus.QBFT:
        needed = quorum(count)
        return console.say(
            f"共识：QBFT，每块需 {needed}/{count} 签名", f"consensus: QBFT, {needed} of {count} seal a block"
        )
    needed, depth = majority(count), max(trust.confirmations, majority(count))
    return console.say(
        f"共识：Clique，其后 {depth} 块、至少 {needed}/{count} 个验证者",
        f"consensus: Clique, followed by {depth} blocks of {needed} of {count}",
    )


def _era(era: Era, shown: Console) -> None:
    shown.print(console.say(f"自区块 {era.first} 起的验证者：", f"validators from block {era.first} on:"), markup=False)
    for one in era.validators:
        shown.print(f"  {hex0x(one)}", markup=False)
    for vote in era.votes:
        word = console.say("加入", "in") if vote.admit else console.say("退出", "out")
        shown.print(f"    {vote.block}: {hex0x(vote.voter)} → {hex0x(vote.candidate)} {word}", markup=False)


def _day(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d")
