"""`huren-node up | down | advance | rewind`: the processes that run the chain."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import AllOption, Dir, sheet
from node.client.errors import NodeError
from node.client.hands import YesOption
from node.client.terminal import Exit, JsonFlag, note
from node.description import read
from node.engines.anvil import Anvil
from node.engines.errors import UnsupportedByEngineError
from node.engines.factory import client_at, engine_at
from node.engines.geth import Geth
from node.engines.problems import problem_of_error
from node.ipfs import kubo_of
from node.layout import Layout
from node.members import alone, chosen, is_embedded, start, start_all, stop, stop_all

if TYPE_CHECKING:
    from node.engines.protocol import EngineStatus


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("up")(up)
    app.command("down")(down)
    app.command("advance")(advance)
    app.command("rewind")(rewind)


def up(folder: Dir, everyone: AllOption = False, as_json: JsonFlag = False) -> None:
    """启动节点（后台）；已在运行则重读配置 / Start the node in the background, or let it read its files anew."""
    layout = Layout(folder)
    meant = chosen(layout, everyone=everyone)
    if meant == (layout,):
        network, found = start(layout)
        _tell_of_ipfs(layout)
        show(found, title=f"{network.name} 运行中 / runs", as_json=as_json)
        return
    networks = start_all(layout)
    for one in meant:
        _tell_of_ipfs(one)
    members = [one.folder.name for one in meant]
    payload = {
        "name": networks[0].name,
        "network": str(layout.network),
        "members": {name: network.rpc_url for name, network in zip(members, networks, strict=True)},
    }
    rows = [(name, network.rpc_url) for name, network in zip(members, networks, strict=True)]
    sheet(payload, rows, title=f"{networks[0].name} 已出块 / makes blocks", as_json=as_json)


def _tell_of_ipfs(layout: Layout) -> None:
    """Say what keeps the IPFS daemon from being started. The chain goes on without it, and a key may come later."""
    if is_embedded(layout):
        return
    place = client_at(layout).place
    lacking = kubo_of(place.description, place.local, place.layout).lacking()
    if lacking is not None:
        why = problem_of_error(lacking)
        note(f"IPFS 无法启动：{why.zh}，然后再次 up", f"the IPFS daemon cannot be started: {why.en}, then run up again")


def down(folder: Dir, everyone: AllOption = False, as_json: JsonFlag = False) -> None:
    """停止节点并保存全部数据 / Stop the node, everything kept."""
    layout = Layout(folder)
    members = chosen(layout, everyone=everyone)
    ran = (stop(layout),) if members == (layout,) else stop_all(layout)
    name = _name(layout)
    words = {True: "已停止 / stopped", False: "本来就没有运行 / it was not running"}
    if len(ran) == 1:
        sheet({"stopped": ran[0]}, [(name, words[ran[0]])], title="", as_json=as_json)
        return
    stopped = {one.folder.name: did for one, did in zip(members, ran, strict=True)}
    rows = [(member, words[did]) for member, did in stopped.items()]
    sheet({"stopped": any(ran), "members": stopped}, rows, title=name, as_json=as_json)


def _name(layout: Layout) -> str:
    """Return the network's name, or the folder's where its description cannot be read: it was stopped all the same."""
    try:
        return read(layout.description).name
    except NodeError:
        return str(layout.folder)


def rewind(
    folder: Dir,
    to: Annotated[int, typer.Option("--to", min=0, help="共同区块 / the common block", metavar="BLOCK")],
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """放弃某区块之后的分支（解除同难度僵局） / Give up the branch above a block: the cure of a deadlock."""
    layout = Layout(folder)
    engine = engine_at(layout)
    if not isinstance(engine, Geth):
        raise UnsupportedByEngineError(
            engine.kind, "rewind", "它的区块不会分叉", "its blocks do not part into branches"
        )
    if not yes:
        note(f"未办理：核对共同区块 {to} 后请加 --yes", f"not done: check that {to} is the common block and say --yes")
        raise typer.Exit(Exit.AGAINST)
    with alone(layout):
        engine.rewind(to)
        found = engine.status()
    show(found, title=f"已放弃区块 {to} 之后的分支 / gave up the branch above block {to}", as_json=as_json)


def advance(
    folder: Dir,
    days: Annotated[int | None, typer.Option("--days", min=0, help="前移几天 / days to move on")] = None,
    seconds: Annotated[int | None, typer.Option("--seconds", min=0, help="前移几秒 / seconds to move on")] = None,
    now: Annotated[bool, typer.Option("--now", help="前移到真实时间 / move up to the wall clock")] = False,
    as_json: JsonFlag = False,
) -> None:
    """把试用链的时间前移，不会超过真实时间 / Move a trial chain's clock on, never beyond the wall clock."""
    if [days, seconds].count(None) + (not now) != 2:  # noqa: PLR2004 - exactly one of three is given
        raise typer.BadParameter("--days、--seconds、--now 三者选一 / give one of --days, --seconds, --now")
    layout = Layout(folder)
    engine = engine_at(layout)
    if not isinstance(engine, Anvil):
        raise UnsupportedByEngineError(
            engine.kind, "advance", "真实节点的时间就是真实时间", "real nodes keep the wall clock's time"
        )
    step = None if now else seconds if seconds is not None else (days or 0) * 86_400
    with alone(layout):
        reached = engine.advance(step)
    show(engine.status(), title=f"链时间 / the chain's time: {moment(reached)}", as_json=as_json)


def moment(seconds: int | None) -> str | None:
    """Write a time (seconds since 1970) in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def show(
    found: EngineStatus,
    *,
    title: str,
    as_json: bool,
    deployed: bool | None = None,
    chair: dict[str, Any] | None = None,
    code: Exit | None = None,
) -> None:
    """Print how an engine's process is."""
    payload: dict[str, Any] = asdict(found)
    if deployed is not None:
        payload["deployed"] = deployed
        payload["chair"] = chair
    if code is not None:
        payload["exit_code"] = int(code)
    running = "是 / yes" if found.answering else "进程在，无应答 / a process, no answer" if found.running else "否 / no"
    rows: list[tuple[str, object]] = [
        ("引擎 / engine", found.engine),
        ("运行 / runs", running),
        ("进程 / process", found.pid),
        ("RPC", found.rpc_url),
        ("链编号 / chain id", found.chain_id),
        ("区块 / block", found.block),
        ("链时间 / chain time", moment(found.block_time)),
        ("落后真实时间 / behind the wall clock", None if found.behind_seconds is None else f"{found.behind_seconds} s"),
    ]
    if deployed is not None:
        rows.append(("已部署合约 / contracts deployed", "是 / yes" if deployed else "否 / no"))
    if chair is not None:
        rows.append(("轮值省份 / chair", f"{chair['zh']} / {chair['en']}"))
    sheet(payload, rows, title=title, as_json=as_json)
