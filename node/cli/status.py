"""`huren-node status`: how one node is, or all of a trial's; once, or again and again.

Exit codes, for scripts: 0 healthy, 1 degraded (each reason has a name), 2 down. Its JSON: docs/status.md.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from node.cli.chain import show
from node.cli.console import AllOption, Dir
from node.cli.readings import one_node, several_nodes
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
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

    from node.health.branches import Fork
    from node.health.reading import Alarm, Reading

_EVERY = 2.0
_ASK = 5.0
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
WatchFlag = Annotated[
    bool,
    typer.Option(
        "--watch",
        "-w",
        help="每两秒刷新，Ctrl-C 结束；--json 时每次一行 / refresh every two seconds; with --json one line each time",
    ),
]


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
        look = partial(_embedded, layout, as_json=as_json, lines=watch)
    else:
        members = chosen(layout, everyone=everyone)
        observers = [_observer(one) for one in members]
        looker = _Looker(layout, members, observers, tuple(compare or ()), everyone=everyone)
        look = partial(looker.look, as_json=as_json, lines=watch)
    code = _again_and_again(look, as_json=as_json) if watch else look()
    if code:
        raise typer.Exit(code)


def _again_and_again(look: Callable[[], Exit], *, as_json: bool) -> Exit:
    """Look every two seconds until interrupted; return what was found last."""
    code = Exit.OK
    try:
        while True:
            if not as_json:
                terminal.out.clear()
            code = look()
            time.sleep(_EVERY)
    except KeyboardInterrupt:
        return code


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks at the nodes of `members`, and at those at `urls` where their chains are to be compared."""

    layout: Layout
    members: Sequence[Layout]
    observers: Sequence[Observer]
    urls: Sequence[str]
    everyone: bool

    def look(self, *, as_json: bool, lines: bool) -> Exit:
        """Look once and print what is found; as one line of JSON each where it is done again and again."""
        readings = [observer.observe() for observer in self.observers]
        compared = _compared(readings, self.members, self.urls)
        fork = alarm_of(compared.fork) if compared and compared.fork and compared.fork.deadlocked else None
        alone = len(readings) == 1 and not self.everyone
        payload = _payload(self.layout, readings, fork, alone=alone)
        if self.urls:
            payload["compared"] = None if compared is None else compared.to_json()
        alarms = [alarm for reading in readings for alarm in reading.alarms] + ([fork] if fork else [])
        code = Exit.OK if not alarms else Exit.CANNOT if any(alarm.down for alarm in alarms) else Exit.AGAINST
        payload["exit_code"] = int(code)
        if as_json and lines:
            typer.echo(orjson.dumps(payload))
        else:
            _print(payload, self.layout, readings, fork, as_json=as_json)
            if self.urls and not as_json:
                terminal.out.print(_told_of(compared), markup=False)
        return code


@dataclass(frozen=True, slots=True)
class _Compared:
    """The nodes that were asked for their chains, and where these part."""

    nodes: tuple[str, ...]
    fork: Fork | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"nodes": list(self.nodes), "fork": None if self.fork is None else asdict(self.fork)}


def _told_of(compared: _Compared | None) -> str:
    if compared is None:
        return say("没有节点应答，无法比较", "no node answers: nothing was compared")
    who = "、".join(compared.nodes)
    if compared.fork is None:
        return say(f"{who}：应答者在同一条链上", f"{', '.join(compared.nodes)}: those that answer are on one chain")
    common = compared.fork.common
    return say(f"{who}：区块 {common} 之后分为不同的分支", f"they part into branches above block {common}")


def _observer(layout: Layout) -> Observer:
    client = client_at(layout)
    place = client.place
    return Observer(place, client, kubo_of(place.description, place.local, place.layout))


def _compared(readings: Sequence[Reading], members: Sequence[Layout], urls: Sequence[str]) -> _Compared | None:
    """Ask the nodes for their branches where the chain stands, or where a person wants it compared.

    While it goes on, two blocks of one height and weight are nothing: the next one decides.
    """
    ages = [reading.chain.head_age for reading in readings if reading.chain is not None]
    if not ages or (not urls and (min(ages) < _STANDS or len(members) == 1)):
        return None
    with ExitStack() as stack:
        named = {str(one.province): client_at(at).rpc_url for one, at in zip(readings, members, strict=True)}
        named |= {url: url for url in urls}
        nodes = {name: stack.enter_context(JsonRpc(url, timeout=_ASK)) for name, url in named.items()}
        fork = fork_of(nodes)
    going_on = min(ages) < _STANDS and fork is not None and fork.deadlocked
    return _Compared(tuple(named), None if going_on else fork)


def _payload(layout: Layout, readings: Sequence[Reading], fork: Alarm | None, *, alone: bool) -> dict[str, Any]:
    chain = next((reading.chain for reading in readings if reading.chain is not None), None)
    common: dict[str, Any] = {
        "answering": all(reading.chain is not None for reading in readings),
        "block": None if chain is None else chain.height,
        "block_time": None if chain is None else chain.head_time,
        "deployed": layout.deployment.exists(),
        "chair": None if chain is None else chair_of(layout),
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
            one_node(readings[0], description.name)
            if len(readings) == 1
            else several_nodes(readings, description.name, names)
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


def _embedded(layout: Layout, *, as_json: bool, lines: bool) -> Exit:
    """The one process of an embedded network: it runs and answers, or it does not."""
    description = read(layout.description)
    found = engine_at(layout).status()
    chair = chair_of(layout) if found.answering else None
    code = Exit.OK if found.answering else Exit.CANNOT
    deployed = layout.deployment.exists()
    if as_json and lines:
        typer.echo(orjson.dumps(asdict(found) | {"deployed": deployed, "chair": chair, "exit_code": int(code)}))
    else:
        show(found, title=description.name, as_json=as_json, deployed=deployed, chair=chair, code=code)
    return code


def chair_of(layout: Layout) -> dict[str, Any] | None:
    """Return the province that chairs now and its names, or None where no consortium is there, or answers."""
    from node.client.deployment import Deployment  # noqa: PLC0415 - what asks the chain takes a second to import
    from node.motions import Motions  # noqa: PLC0415

    if not layout.deployment.exists():
        return None
    try:
        deployment = Deployment.load(layout.deployment)
        with JsonRpc(Network.load(layout.network).rpc_url, timeout=_ASK) as rpc:
            code = Motions(rpc, deployment).chair()
            named = deployment.provinces[code]
            return {"province": code, "zh": named.name_zh, "en": named.name_en}
    except (NodeError, KeyError):  # away just now, or a member that this deployment file does not name
        return None
