"""`huren-node up | status | down | advance`: the process that runs the chain."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from filelock import FileLock, Timeout

from node.cli.console import Dir, sheet
from node.client.errors import NodeError
from node.client.terminal import Exit, JsonFlag
from node.description import read
from node.layout import Layout
from node.network import Network, engine_of
from node.network import up as start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.engines.protocol import EngineStatus

_LOCK_WAIT = 60.0


class BusyError(NodeError):
    """Another command is changing this network."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            f"另一个命令正在操作 {layout.folder}，请稍后再试",
            f"another command is changing {layout.folder}; try again when it is done",
        )
        self.layout = layout


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Hold the network's lock: one command at a time changes it. The lock goes with the process that holds it.

    Raises:
        BusyError: another command holds it for longer than a minute.
    """
    layout.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(layout.lock, timeout=_LOCK_WAIT):
            yield
    except Timeout as error:
        raise BusyError(layout) from error


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("up")(up)
    app.command("status")(status)
    app.command("down")(down)
    app.command("advance")(advance)


def up(folder: Dir, as_json: JsonFlag = False) -> None:
    """启动链（后台运行），已在运行则不变 / Start the chain in the background; leave it where it runs already."""
    layout = Layout(folder)
    description = read(layout.description)
    with alone(layout):
        network, found = start(description, layout, engine_of(description, layout))
    _show(found, title=f"{network.name} 运行中 / runs", as_json=as_json)


def status(folder: Dir, as_json: JsonFlag = False) -> None:
    """查看链的状态；未运行时退出码为 1 / Say how the chain is; exit code 1 where it does not run."""
    layout = Layout(folder)
    description = read(layout.description)
    found = engine_of(description, layout).status()
    chair = _chair(layout) if found.answering else None
    _show(found, title=description.name, as_json=as_json, deployed=layout.deployment.exists(), chair=chair)
    if not found.answering:
        raise typer.Exit(Exit.AGAINST)


def down(folder: Dir, as_json: JsonFlag = False) -> None:
    """停止链并保存全部数据 / Stop the chain, everything kept."""
    layout = Layout(folder)
    description = read(layout.description)
    with alone(layout):
        ran = engine_of(description, layout).stop()
    what = "已停止 / stopped" if ran else "本来就没有运行 / it was not running"
    sheet({"stopped": ran}, [(description.name, what)], title="", as_json=as_json)


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
    description = read(layout.description)
    engine = engine_of(description, layout)
    step = None if now else seconds if seconds is not None else (days or 0) * 86_400
    with alone(layout):
        reached = engine.advance(step)
    _show(engine.status(), title=f"链时间 / the chain's time: {_moment(reached)}", as_json=as_json)


def _chair(layout: Layout) -> dict[str, Any] | None:
    """Return the province that chairs now and its names, or None where no consortium is there, or answers."""
    from node.client.deployment import Deployment  # noqa: PLC0415 - what asks the chain takes a second to import
    from node.client.rpc import JsonRpc  # noqa: PLC0415
    from node.motions import Motions  # noqa: PLC0415

    if not layout.deployment.exists():
        return None
    try:
        deployment = Deployment.load(layout.deployment)
        with JsonRpc(Network.load(layout.network).rpc_url) as rpc:
            code = Motions(rpc, deployment).chair()
            named = deployment.provinces[code]
            return {"province": code, "zh": named.name_zh, "en": named.name_en}
    except (NodeError, KeyError):  # away just now, or a member that this deployment file does not name
        return None


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _show(
    found: EngineStatus, *, title: str, as_json: bool, deployed: bool | None = None, chair: dict[str, Any] | None = None
) -> None:
    payload: dict[str, Any] = asdict(found)
    if deployed is not None:
        payload["deployed"] = deployed
        payload["chair"] = chair
    running = "是 / yes" if found.answering else "进程在，无应答 / a process, no answer" if found.running else "否 / no"
    rows: list[tuple[str, object]] = [
        ("引擎 / engine", found.engine),
        ("运行 / runs", running),
        ("进程 / process", found.pid),
        ("RPC", found.rpc_url),
        ("链编号 / chain id", found.chain_id),
        ("区块 / block", found.block),
        ("链时间 / chain time", _moment(found.block_time)),
        ("落后真实时间 / behind the wall clock", None if found.behind_seconds is None else f"{found.behind_seconds} s"),
    ]
    if deployed is not None:
        rows.append(("已部署合约 / contracts deployed", "是 / yes" if deployed else "否 / no"))
    if chair is not None:
        rows.append(("轮值省份 / chair", f"{chair['zh']} / {chair['en']}"))
    sheet(payload, rows, title=title, as_json=as_json)
