"""One member's folder, or all of a trial's on one machine: brought up, found, brought down."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from node.client.errors import NodeError
from node.client.rpc import RpcError, RpcUnreachable
from node.description import AnvilEngine, read
from node.engines.factory import client_at, engine_at
from node.engines.place import stop_undescribed
from node.layout import Layout
from node.network import Network
from node.network import up as bring_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.engines.protocol import ChainClient, EngineStatus

_LOCK_WAIT = 60.0
_POLL = 0.25
_ENDS_WITHIN = 150.0
BLOCKS_WITHIN = 120.0
"""Seconds for a trial's nodes to find each other and make a block."""


class BusyError(NodeError):
    """Another command is changing this network."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            f"另一个命令正在操作 {layout.folder}，请稍后再试",
            f"another command is changing {layout.folder}; try again when it is done",
        )
        self.layout = layout


class NoBlocksError(NodeError):
    """The nodes of a trial run and made no block within `seconds`."""

    def __init__(self, layout: Layout, seconds: float) -> None:
        super().__init__(
            f"{layout.folder} 的节点都在运行，但 {seconds:.0f} 秒内没有出块。请运行 huren-node status --all",
            f"the nodes of {layout.folder} run and made no block within {seconds:.0f} s. Run huren-node status --all",
        )
        self.layout = layout
        self.seconds = seconds


class NoMembersError(NodeError):
    """`--all` was asked for in a folder with no members' folders in it."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            f"{layout.members} 中没有成员目录。单个节点请不要加 --all",
            f"there are no members' folders in {layout.members}. For one node, leave out --all",
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


def _busy(layout: Layout) -> bool:
    """Say whether another command holds the network's lock just now."""
    try:
        with FileLock(layout.lock, timeout=0):
            return False
    except Timeout:
        return True


def chosen(layout: Layout, *, everyone: bool) -> tuple[Layout, ...]:
    """Return the folders that a command is about: this one, or those of all members.

    The folder of a trial of real nodes is nobody's own, so there all are meant, whether it is said or not.

    Raises:
        NoMembersError: all were asked for, and there are none.
    """
    members = layout.every_member()
    if everyone and not members:
        raise NoMembersError(layout)
    return members if everyone or (members and not layout.local.exists()) else (layout,)


def start(layout: Layout) -> tuple[Network, EngineStatus]:
    """Bring up the one node of `layout` and write its network.json.

    Raises:
        BusyError; NodeError: whatever keeps it from running.
    """
    with alone(layout):
        return bring_up(read(layout.description), layout, engine_at(layout))


def start_all(layout: Layout) -> tuple[Network, ...]:
    """Bring up all members of a trial, wait until they make blocks, and write the trial's own network.json.

    Those that run already take their files anew one after the other, so that the chain goes on.

    Raises:
        NodeError: whatever keeps one of them from running; NoBlocksError: they do not make blocks.
    """
    members = chosen(layout, everyone=True)
    running = [one for one in members if client_at(one).place.supervisor.pid() is not None]
    new = [one for one in members if one not in running]
    with ThreadPoolExecutor(max_workers=max(1, len(new))) as pool:
        found = {one: network for one, (network, _) in zip(new, pool.map(start, new), strict=True)}
    for one in running:
        found[one] = start(one)[0]
    wait_for_blocks(layout, [client_at(one) for one in members])
    networks = tuple(found[one] for one in members)
    networks[0].save(layout.network)
    return networks


def stop(layout: Layout) -> bool:
    """Bring down the one node of `layout`; return whether it was running.

    What runs can be ended even where the folder's files can no longer be read. An `up` that still waits for the node
    is not waited for: it finds the supervisor gone, and says so.

    Raises:
        EngineStuckError: it does not end; NodeError: nothing is known of what runs here.
    """
    if not layout.folder.is_dir():
        read(layout.description)  # says that there is none; the lock would make the folder
    absolute = Layout(layout.folder.resolve())
    ran = _busy(layout) and stop_undescribed(absolute, seconds=_ENDS_WITHIN)
    with alone(layout):
        try:
            engine = engine_at(layout)
        except NodeError:
            if not (stop_undescribed(absolute, seconds=_ENDS_WITHIN) or ran):
                raise
            return True
        return engine.stop() or ran


def stop_all(layout: Layout) -> tuple[bool, ...]:
    """Bring down all members of a trial; return of each whether it was running."""
    members = chosen(layout, everyone=True)
    with ThreadPoolExecutor(max_workers=len(members)) as pool:
        return tuple(pool.map(stop, members))


def wait_for_blocks(layout: Layout, clients: list[ChainClient], *, seconds: float = BLOCKS_WITHIN) -> None:
    """Wait until every validator among `clients` takes its turn, and the chain has grown since.

    Raises:
        NoBlocksError: not within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not all(_takes_part(one) for one in clients):
        _pause(layout, deadline, seconds)
    height = _height(clients[0])
    while _height(clients[0]) <= height:
        _pause(layout, deadline, seconds)


def _pause(layout: Layout, deadline: float, seconds: float) -> None:
    if time.monotonic() >= deadline:
        raise NoBlocksError(layout, seconds)
    time.sleep(_POLL)


def _takes_part(client: ChainClient) -> bool:
    try:
        return client.sealing() or client.place.own.validator not in client.validators()
    except (RpcUnreachable, RpcError):
        return False


def _height(client: ChainClient) -> int:
    return client.status().block or 0


def is_embedded(layout: Layout) -> bool:
    """Say whether the network of `layout` is one process (anvil), with no supervisor beside it."""
    return isinstance(read(layout.description).engine, AnvilEngine)
