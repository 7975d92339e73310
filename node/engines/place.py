"""What an engine of validators is made of, out of one member's files, and how its supervisor is started and ended."""

from __future__ import annotations

import ipaddress
import socket
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from node.client.errors import NodeError
from node.client.rpc import JsonRpc, RpcError, RpcUnreachable
from node.engines.errors import EngineFailedError, EngineStuckError, PortTakenError
from node.engines.problems import Problem
from node.engines.processes import POLL, Detached, tail
from node.engines.protocol import EngineStatus

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description, MemberNode
    from node.layout import Layout
    from node.local import Local

SUPERVISOR = "node.supervisor"
_ASK = 5.0


class NoNodeHereError(NodeError):
    """local.toml says `province`, and network.toml has no node for it."""

    def __init__(self, path: Path, province: int) -> None:
        super().__init__(
            f"{path} 写的省份是 {province}，但 network.toml 中没有该省的 [member.node]。请核对省份，或先办理加入",
            f"{path} says province {province}, and network.toml has no [member.node] for it. Check the province, or "
            "have it join first",
        )
        self.path = path
        self.province = province


@dataclass(frozen=True, slots=True)
class Place:
    """One member's node of a network with validators.

    Attributes:
        description: the network; local: this machine; layout: the member's folder, absolute.
        own: the node's own row.
    """

    description: Description
    local: Local
    layout: Layout
    own: MemberNode

    @property
    def chain(self) -> Path:
        """The folder in which the client runs."""
        return self.layout.chain

    @property
    def others(self) -> tuple[MemberNode, ...]:
        """The nodes of the other rows, each as this machine reaches it."""
        return tuple(
            self.local.seen(row.province, node)
            for row, node in self.description.nodes
            if row.province != self.local.province
        )

    @property
    def rpc_url(self) -> str:
        """Where the client answers this member's gateway."""
        return f"http://{endpoint(self.local.rpc_host, self.local.rpc_port)}"

    @property
    def log(self) -> Path:
        """What the client says."""
        return self.layout.run / "chain.log"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor says."""
        return self.layout.run / "supervisor.log"

    @property
    def health(self) -> Path:
        """What the supervisor last found."""
        return self.layout.run / "health.json"

    @property
    def supervisor(self) -> Detached:
        """The supervisor of this folder."""
        return supervisor_of(self.layout)

    def client(self, mark: str) -> Detached:
        """Return the client's process; `mark` is the word of its command line that no other process has."""
        return Detached(self.layout.run / "chain.pid", mark)

    @property
    def daemon(self) -> Detached:
        """The Kubo daemon's process."""
        return Detached(self.layout.run / "ipfs.pid", f"--repo-dir={self.layout.ipfs}")

    def supervisor_command(self) -> tuple[str, ...]:
        """Return how the supervisor of this folder is started: nothing of the folder is put before our own modules."""
        words = (f"--dir={self.layout.folder}", self.supervisor.mark)
        return (sys.executable, "-P", "-m", SUPERVISOR, *words)


def place_of(description: Description, local: Local, layout: Layout) -> Place:
    """Return the place of the member that `local` names.

    Raises:
        NoNodeHereError: network.toml has no node for it.
    """
    row = description.row(local.province)
    if row is None or row.node is None:
        raise NoNodeHereError(layout.local, local.province)
    return Place(description, local, type(layout)(layout.folder.resolve()), row.node)


def supervisor_of(layout: Layout) -> Detached:
    """Return the supervisor's process of the folder `layout`, whose path is absolute."""
    path = layout.run / "supervisor.pid"
    return Detached(path, f"--pid-file={path}")


def endpoint(host: str, port: int) -> str:
    """Write an IP address and a port as URLs and listeners do."""
    return f"[{host}]:{port}" if ipaddress.ip_address(host).version == 6 else f"{host}:{port}"  # noqa: PLR2004


def restrictions(place: Place) -> str:
    """Return the networks that peers may come from and be dialled in: one for each other's address."""
    hosts = sorted({ipaddress.ip_address(other.host) for other in place.others}, key=str)
    return ",".join(str(ipaddress.ip_network(host)) for host in hosts) or "127.0.0.1/32"


def require_free_ports(place: Place) -> None:
    """Find the client's ports free: geth that cannot open one of them may go on without it, and without an end.

    Raises:
        PortTakenError: another program listens on one of them.
    """
    local = place.local
    for host, port in (
        (local.rpc_host, local.rpc_port),
        ("127.0.0.1", local.authrpc_port),
        (local.listen, place.own.p2p_port),
    ):
        require_free(host, port)


def require_free(host: str, port: int) -> None:
    """Find a port free.

    Raises:
        PortTakenError: another program listens on it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(host, port) from error


def status_of(kind: str, pid: int | None, rpc_url: str) -> EngineStatus:
    """Ask the client at `rpc_url` how it is; `pid` is its process, or None."""
    if pid is None:
        return EngineStatus(kind, running=False, answering=False, pid=None, rpc_url=rpc_url)
    try:
        with JsonRpc(rpc_url, timeout=_ASK) as rpc:
            chain_id, genesis, head = rpc.batch(
                [
                    ("eth_chainId", []),
                    ("eth_getBlockByNumber", ["0x0", False]),
                    ("eth_getBlockByNumber", ["latest", False]),
                ]
            )
        return EngineStatus(
            engine=kind,
            running=True,
            answering=True,
            pid=pid,
            rpc_url=rpc_url,
            chain_id=int(chain_id, 16),
            genesis_hash=genesis["hash"],
            block=int(head["number"], 16),
            block_time=int(head["timestamp"], 16),
        )
    except (RpcUnreachable, RpcError, TypeError):  # TypeError: an error or null stands where an answer should
        return EngineStatus(kind, running=True, answering=False, pid=pid, rpc_url=rpc_url)


def start_supervised(kind: str, place: Place, client: Detached, seconds: float) -> EngineStatus:
    """Start the supervisor where it does not run, else let it read the files again; return once the client answers.

    Raises:
        EngineFailedError: the client does not stay alive; EngineStuckError: it does not answer in time.
    """
    layout = place.layout
    layout.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.health.unlink(missing_ok=True)  # what is read below is what the supervisor says from now on
    if place.supervisor.found() is None or not place.supervisor.hang_up():
        place.supervisor.start(place.supervisor_command(), log=place.supervisor_log, folder=layout.folder)
    deadline = time.monotonic() + seconds
    while True:
        found = status_of(kind, client.pid(), place.rpc_url)
        if found.answering and place.health.exists():
            return found
        if (said := _given_up(place.health)) is not None:
            raise EngineFailedError(kind, place.log, said)
        if place.supervisor.pid() is None:
            last = tail(place.supervisor_log)
            raise EngineFailedError(kind, place.supervisor_log, _gone(last))
        if time.monotonic() >= deadline:
            raise EngineStuckError(kind, found.pid or place.supervisor.pid() or 0, seconds)
        time.sleep(POLL * 5)


def _gone(last: str) -> Problem:
    """Say that the supervisor ended while its client was being waited for; `last` is what it said."""
    return Problem(
        f"监护进程已结束（可能已被 huren-node down 停止）：{last}",
        f"its supervisor has ended (brought down meanwhile, perhaps): {last}",
        "",
        "",
    )


def stop_supervised(kind: str, place: Place, client: Detached, seconds: float) -> bool:
    """End the supervisor, which ends its children in order; end those that a killed supervisor left.

    Returns:
        Whether any of them was running.

    Raises:
        EngineStuckError: one of them did not end in time, not even when it was killed.
    """
    ran = False
    for name, process in (("supervisor", place.supervisor), ("ipfs", place.daemon), (kind, client)):
        pid = process.found()
        ran = ran or pid is not None
        if not process.terminate(seconds=seconds):
            process.kill()  # what has not ended by then hangs: its data are as after a power cut, which it survives
            if not process.terminate(seconds=seconds):
                raise EngineStuckError(name, pid or 0, seconds)
    return ran


def stop_undescribed(layout: Layout, seconds: float) -> bool:
    """End the supervisor of a folder whose files no longer say what runs there; return whether there was one.

    It ends what it started, whatever became of the files since.

    Raises:
        EngineStuckError: it did not end in time.
    """
    supervisor = supervisor_of(layout)
    pid = supervisor.found()
    if pid is not None and not supervisor.terminate(seconds=seconds):
        raise EngineStuckError("supervisor", pid, seconds)
    return pid is not None


def _given_up(health: Path) -> Problem | None:
    """Return why the client does not stay alive, where the supervisor says so."""
    try:
        programs = orjson.loads(health.read_bytes())["programs"]
    except (OSError, orjson.JSONDecodeError, KeyError):
        return None
    for program in programs:
        if program["name"] == "chain" and program["failing"]:
            return Problem(**program["problem"])
    return None
