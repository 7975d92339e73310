"""``huren index``: following the chain, making the index anew, and saying where it stands."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened
from gateway.ledger.errors import LedgerError
from gateway.ledger.outbox import counts, failures

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.ledger.indexer import Advance

ReadOnly = Annotated[
    bool,
    typer.Option(
        "--read-only", help="只跟随，不见证、不发送（无需操作员密钥） / neither attest nor send; needs no operator key"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="索引：跟随链上事件 / the index of all provinces' events", no_args_is_help=True, rich_markup_mode=None
    )
    group.command("follow", help="跟随链直至中断 / follow the chain until interrupted")(follow)
    group.command("rebuild", help="清空并重建索引 / empty the index and make it again")(rebuild)
    group.command("status", help="查看索引与发件箱 / where index and outbox stand, and what is lacking")(status)
    app.add_typer(group, name="index")


def follow(
    once: Annotated[bool, typer.Option("--once", help="只跟到最新区块 / up to the newest block, then end")] = False,
    read_only: ReadOnly = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Follow all provinces, take in their manifests, attest what was checked."""
    if once:
        with opened(config) as gateway:
            done = gateway.indexer(attesting=not read_only).advance()
        console.emit(_payload(done), as_json=as_json, text=lambda out: _sentence(done, out))
        return
    stop = threading.Event()
    with opened(config, log_level=None) as gateway, gateway.running(read_only=read_only):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        console.note("正在跟随，按 Ctrl-C 结束", "following; end with Ctrl-C")
        stop.wait()
        payload = _status(gateway)
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(payload, out))


def rebuild(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Make the index again from the chain and the manifests; the answers are the same."""
    began = time.monotonic()
    with opened(config) as gateway:
        done = gateway.indexer(attesting=False).rebuild()
    seconds = time.monotonic() - began
    payload = {**_payload(done), "seconds": round(seconds, 3)}
    console.emit(payload, as_json=as_json, text=lambda out: _sentence(done, out))
    if done.manifests.lacking:
        raise typer.Exit(console.Exit.CANNOT)


def status(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Say where index and outbox stand. Exit 2 where the index is empty or stale."""
    with opened(config) as gateway:
        payload = _status(gateway)
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(payload, out))
    if not payload["fresh"]:
        raise typer.Exit(console.Exit.CANNOT)


def _payload(done: Advance) -> dict[str, Any]:
    return {
        "block": None if done.block is None else done.block.number,
        "events": done.events,
        "manifests": {
            "held": done.manifests.held,
            "malformed": done.manifests.malformed,
            "lacking": done.manifests.lacking,
            "leaves": done.manifests.leaves,
        },
        "attesting": done.attesting,
        "rebuilt": done.rebuilt,
    }


def _sentence(done: Advance, out: Console) -> None:
    block = "—" if done.block is None else done.block.number
    found = done.manifests
    out.print(
        console.say(
            f"至区块 {block}：{done.events} 个事件，核验 {found.held} 份清单（{found.leaves} 份凭证），"
            f"不合规 {found.malformed}，缺 {found.lacking}，待见证 {done.attesting}",
            f"up to block {block}: {done.events} events, {found.held} manifests checked ({found.leaves} credentials), "
            f"{found.malformed} malformed, {found.lacking} lacking, {done.attesting} to be attested",
        )
    )


def _status(gateway: Gateway) -> dict[str, Any]:
    from gateway.bootstrap.readiness import fresh  # noqa: PLC0415 - it takes long to import

    checked = gateway.index.checked()
    try:
        newest: dict[str, Any] = {"block": gateway.reader.final_block().number}
    except LedgerError as error:
        newest = {"block": None, "problem": error.to_json()}
    unheld = gateway.holdings.unheld()
    with gateway.database.read() as connection:
        outbox: dict[str, Any] = dict(counts(connection))
        outbox["failures"] = [
            {"id": entry.id, "kind": entry.kind, "problem": entry.error} for entry in failures(connection, 20)
        ]
    age = None if checked is None else abs(int(time.time()) - checked[1])
    return {
        "index": None if checked is None else {"block": checked[0].number, "confirmedSecondsAgo": age},
        "chain": newest,
        "fresh": fresh(gateway),
        "lacking": gateway.holdings.lacking(),
        "leaves": len(gateway.leaves),
        "unheld": [
            {
                "institution": batch.institution,
                "root": "0x" + batch.root.hex(),
                "province": batch.province,
                "cid": batch.cid,
                "leaves": batch.leaf_count,
                "state": batch.state.value,
                "problem": batch.finding,
            }
            for batch in unheld
        ],
        "outbox": outbox,
    }


def _sheet(payload: dict[str, Any], out: Console) -> None:
    index, chain = payload["index"], payload["chain"]["block"]
    held = "—" if index is None else f"{index['block']} ({index['confirmedSecondsAgo']} s)"
    out.print(
        console.say(
            f"索引至区块 {held}，链上最新 {chain or '无法读取'}", f"index at {held}, chain at {chain or 'unreachable'}"
        )
    )
    out.print(console.say(f"已索引凭证 {payload['leaves']} 份", f"{payload['leaves']} credentials indexed"))
    states = ", ".join(f"{state} {number}" for state, number in payload["outbox"].items() if state != "failures")
    out.print(console.say(f"发件箱：{states}", f"outbox: {states}"))
    if payload["unheld"]:
        rows = table("机构 / institution", "批次 / root", "省份 / province", "状态 / state", "原因 / why")
        for batch in payload["unheld"]:
            problem = batch["problem"] or {}
            why = f"{problem.get('zh', '')} {problem.get('en', '')}"
            rows.add_row(batch["institution"], batch["root"], str(batch["province"]), batch["state"], why)
        out.print(rows)
    for failure in payload["outbox"]["failures"]:
        problem = failure["problem"] or {}
        out.print(f"✗ {failure['kind']} #{failure['id']}: {problem.get('zh')} / {problem.get('en')}", style="red")
