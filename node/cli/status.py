"""`huren-node status`: how one node is, or all of a trial's; once, or again and again.

Exit codes, for scripts: 0 healthy, 1 degraded (each reason has a name), 2 down.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from node.cli.chain import moment, show
from node.cli.console import AllOption, Dir
from node.client import terminal
from node.client.errors import NodeError
from node.client.rpc import JsonRpc
from node.client.terminal import Exit, JsonFlag, say
from node.description import read
from node.engines.factory import client_at, engine_at
from node.health.branches import alarm_of, fork_of
from node.health.observing import Observer
from node.ipfs import kubo_of
from node.layout import Layout
from node.members import chosen, is_embedded
from node.network import Network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from node.health.reading import Alarm, ChainReading, Reading

_EVERY = 2.0
_STANDS = 10.0
"""Seconds after its last block from which on a chain is taken to stand, for the comparison."""

CompareOption = Annotated[
    list[str] | None,
    typer.Option(
        "--compare",
        help="与这些节点比较链头（RPC 地址，可多次给出） / compare newest blocks with these nodes, too",
        metavar="URL",
    ),
]
WatchFlag = Annotated[bool, typer.Option("--watch", "-w", help="每两秒刷新，Ctrl-C 结束 / refresh every two seconds")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("status")(status)


def status(
    folder: Dir,
    everyone: AllOption = False,
    watch: WatchFlag = False,
    compare: CompareOption = None,
    as_json: JsonFlag = False,
) -> None:
    """查看节点状态；退出码 0 正常、1 有告警、2 停止 / Say how the node is; exit code 0 well, 1 alarms, 2 down."""
    layout = Layout(folder)
    if is_embedded(layout):
        _embedded(layout, as_json=as_json)
        return
    members = chosen(layout, everyone=everyone)
    observers = [(one, _observer(one)) for one in members]
    while True:
        readings = [observer.observe() for _, observer in observers]
        fork = _compared(readings, members, compare or ())
        alone = len(readings) == 1 and not everyone
        payload = _payload(layout, readings, fork, alone=alone)
        if watch and not as_json:
            terminal.out.clear()
        _print(payload, layout, readings, fork, as_json=as_json)
        if not watch:
            break
        time.sleep(_EVERY)
    alarms = [alarm for reading in readings for alarm in reading.alarms] + ([fork] if fork else [])
    if alarms:
        raise typer.Exit(Exit.CANNOT if any(alarm.down for alarm in alarms) else Exit.AGAINST)


def _observer(layout: Layout) -> Observer:
    client = client_at(layout)
    place = client.place
    return Observer(place, client, kubo_of(place.description, place.local, place.layout))


def _compared(readings: Sequence[Reading], members: Sequence[Layout], urls: Sequence[str]) -> Alarm | None:
    """Ask the nodes for their branches where the chain stands, or where a person wants it compared.

    While it goes on, two blocks of one height and weight are nothing: the next one decides.
    """
    ages = [reading.chain.head_age for reading in readings if reading.chain is not None]
    if not ages or min(ages) < _STANDS or (len(members) == 1 and not urls):
        return None
    with ExitStack() as stack:
        named = {str(one.province): client_at(at).rpc_url for one, at in zip(readings, members, strict=True)}
        named |= {url: url for url in urls}
        nodes = {name: stack.enter_context(JsonRpc(url, timeout=5.0)) for name, url in named.items()}
        fork = fork_of(nodes)
    return alarm_of(fork) if fork is not None and fork.deadlocked else None


def _payload(layout: Layout, readings: Sequence[Reading], fork: Alarm | None, *, alone: bool) -> dict[str, Any]:
    chain = next((reading.chain for reading in readings if reading.chain is not None), None)
    common: dict[str, Any] = {
        "answering": all(reading.chain is not None for reading in readings),
        "block": None if chain is None else chain.height,
        "block_time": None if chain is None else chain.head_time,
        "deployed": layout.deployment.exists(),
        "chair": chair_of(layout),
        "deadlock": None if fork is None else _told(fork),
    }
    if alone:
        return common | readings[0].to_json()
    return common | {"members": {str(reading.province): reading.to_json() for reading in readings}}


def _told(alarm: Alarm) -> dict[str, str]:
    return {
        "code": alarm.code,
        "zh": alarm.zh,
        "en": alarm.en,
        "hintZh": alarm.hint_zh,
        "hintEn": alarm.hint_en,
    }


def _print(
    payload: Mapping[str, Any], layout: Layout, readings: Sequence[Reading], fork: Alarm | None, *, as_json: bool
) -> None:
    description = read((layout if layout.description.exists() else layout.member(readings[0].province)).description)
    names = {row.province: say(row.name_zh, row.name_en) for row in description.member}

    def text(out: Console) -> None:
        out.print(
            _one(readings[0], description.name) if len(readings) == 1 else _all(readings, description.name, names)
        )
        for reading in readings:
            for alarm in reading.alarms:
                _say_alarm(out, alarm, "" if len(readings) == 1 else f"{reading.province} ")
        if fork is not None:
            _say_alarm(out, fork, "")

    terminal.emit(payload, as_json=as_json, text=text)


def _say_alarm(out: Console, alarm: Alarm, who: str) -> None:
    mark = say("停止", "DOWN") if alarm.down else say("告警", "alarm")
    out.print(f"{who}{mark} [{alarm.code}] {say(alarm.zh, alarm.en)}", markup=False, style="red")
    out.print(f"  → {say(alarm.hint_zh, alarm.hint_en)}", markup=False)


_WHAT = (
    "引擎 / engine",
    "进程 / processes",
    "区块 / block",
    "距今 / age",
    "终局区块 / final block",
    "距今 / its age",
    "节点 / peers",
    "验证者 / validators",
    "缺席 / missed",
    "出块 / seals",
    "区块延迟 / block delay",
    "IPFS 节点 / peers",
    "IPFS 固定 / pins",
    "磁盘剩余 / disk free",
)
_COLUMNS = (
    "省份\nprovince",
    "区块\nblock",
    "距今\nage",
    "终局\nfinal",
    "节点\npeers",
    "验证者\nvalidators",
    "出块\nseals",
    "缺席\nmissed",
    "IPFS\npeers",
    "磁盘\ndisk",
)


def _one(reading: Reading, title: str) -> Table:
    """One node: what, and how."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for _ in ("what", "value"):
        table.add_column(overflow="fold")
    for what, value in zip(_WHAT, _rows(reading), strict=True):
        table.add_row(what, "—" if value is None else str(value))
    return table


def _all(readings: Sequence[Reading], title: str, names: Mapping[int, str]) -> Table:
    """Several nodes: one a line, with the turns that each one's validator has missed as it sees them itself."""
    table = Table(*_COLUMNS, title=title, title_justify="left", box=None, pad_edge=False)
    for reading in readings:
        chain, ipfs = reading.chain, reading.ipfs
        first = names.get(reading.province, str(reading.province))
        own = next((one for one in chain.validators if one.province == reading.province), None) if chain else None
        table.add_row(
            first,
            *(
                ("—",) * 6
                if chain is None
                else (
                    str(chain.height),
                    f"{chain.head_age:.0f} s",
                    str(chain.final),
                    f"{len(chain.provinces)}/{chain.expected}",
                    f"{chain.present}/{len(chain.validators)}",
                    _seals(chain),
                )
            ),
            "—" if own is None else f"{own.missed}/{own.turns}",
            "—" if ipfs is None or not ipfs.answering else f"{ipfs.peers}/{ipfs.expected}",
            f"{reading.disk_free / 1e9:.1f} GB",
        )
    return table


def _seals(chain: ChainReading) -> str:
    return say("是", "yes") if chain.sealing else say("同步中", "syncing") if chain.syncing else say("否", "no")


def _rows(reading: Reading) -> tuple[object, ...]:
    chain, ipfs = reading.chain, reading.ipfs
    programs = ", ".join(f"{one.name} {one.pid or '—'}" for one in reading.programs)
    programs = programs or f"chain {reading.chain_pid or '—'}"
    return (
        reading.engine,
        f"supervisor {reading.supervisor or '—'}, {programs}",
        *(_chain_rows(chain) if chain is not None else (None,) * 9),
        None if ipfs is None or not ipfs.answering else f"{ipfs.peers} / {ipfs.expected}",
        None if ipfs is None or not ipfs.answering else f"{ipfs.pins} ({ipfs.size / 1e6:.1f} MB)",
        f"{reading.disk_free / 1e9:.1f} GB",
    )


def _chain_rows(chain: ChainReading) -> tuple[object, ...]:
    missed = ", ".join(f"{one.province or one.address}: {one.missed}/{one.turns}" for one in chain.validators)
    return (
        f"{chain.height} {moment(chain.head_time)}",
        f"{chain.head_age:.0f} s",
        chain.final,
        f"{chain.final_age:.0f} s",
        f"{len(chain.provinces)} / {chain.expected}",
        f"{chain.present} / {len(chain.validators)}（须 / needed {chain.needed}）",
        missed,
        _seals(chain),
        None if chain.delay is None else f"{chain.delay:.1f} s",
    )


def _embedded(layout: Layout, *, as_json: bool) -> None:
    """The one process of an embedded network: it runs and answers, or it does not."""
    description = read(layout.description)
    found = engine_at(layout).status()
    chair = chair_of(layout) if found.answering else None
    show(found, title=description.name, as_json=as_json, deployed=layout.deployment.exists(), chair=chair)
    if not found.answering:
        raise typer.Exit(Exit.CANNOT)


def chair_of(layout: Layout) -> dict[str, Any] | None:
    """Return the province that chairs now and its names, or None where no consortium is there, or answers."""
    from node.client.deployment import Deployment  # noqa: PLC0415 - what asks the chain takes a second to import
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
