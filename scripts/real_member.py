"""One province's node of a trial of real nodes, and what can happen to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stage import HUREN_NODE, Done, run

from node import local as local_files
from node.client.rpc import JsonRpc, RpcError, RpcUnreachable
from node.engines.factory import client_at
from node.health.branches import fork_of
from node.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from node.engines.processes import Detached
    from node.engines.protocol import ChainClient
    from node.health.branches import Fork
    from node.local import Local

_SECONDS = 120.0
_WELL = 300.0
"""Seconds that a network may take to be well again."""
_PATIENCE = 25.0
"""Seconds without a new block everywhere before it is looked whether the nodes stand on two branches."""


@dataclass(frozen=True, slots=True)
class Head:
    """A chain's newest block: its number, hash and time (seconds since 1970), and the difficulty of all its blocks."""

    number: int
    hash: str
    time: int
    difficulty: int


@dataclass(frozen=True, slots=True)
class Member:
    """The node of ``province``, its files in ``folder``."""

    province: int
    folder: Path

    @property
    def layout(self) -> Layout:
        """Where its files lie."""
        return Layout(self.folder)

    @property
    def local(self) -> Local:
        """This machine's settings."""
        return local_files.read(self.layout.local)

    @property
    def engine(self) -> ChainClient:
        """Its chain client."""
        return client_at(self.layout)

    @property
    def rpc_url(self) -> str:
        """Where the client answers the gateway."""
        return f"http://127.0.0.1:{self.local.rpc_port}"

    def run(self, *words: str, ok: tuple[int, ...] = (0,)) -> Done:
        """``huren-node …`` on this folder."""
        return run(HUREN_NODE, words[0], "--dir", str(self.folder), *words[1:], ok=ok)

    def up(self) -> None:
        """Start the node."""
        self.run("up", "--json")

    def down(self) -> None:
        """End it cleanly."""
        self.run("down", "--json", ok=(0, 1, 2))

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        """Ask its client, as the gateway does.

        Raises:
            RpcUnreachable: no answer.
        """
        with JsonRpc(self.rpc_url, timeout=20.0) as rpc:
            return rpc.call(method, *params)

    def head(self) -> Head:
        """Return its newest block."""
        return self.block("latest")

    def block(self, which: int | str) -> Head:
        """Return one of its blocks."""
        found = self.ask("eth_getBlockByNumber", hex(which) if isinstance(which, int) else which, False)  # noqa: FBT003
        difficulty = int(found.get("totalDifficulty", "0x0"), 16)
        return Head(int(found["number"], 16), found["hash"], int(found["timestamp"], 16), difficulty)

    def found(self) -> Head | None:
        """Return its newest block, None where its client does not answer."""
        try:
            return self.head()
        except (RpcUnreachable, RpcError):
            return None

    def peers(self) -> int:
        """How many nodes its client is connected to."""
        return int(self.ask("net_peerCount"), 16)

    def process(self, name: str) -> Detached:
        """One of its processes: supervisor, chain (the client) or ipfs (the Kubo daemon)."""
        client = self.engine
        known = {"supervisor": client.place.supervisor, "chain": client.process, "ipfs": client.place.daemon}
        return known[name]

    def pid(self, name: str = "chain") -> int:
        """Return the process id.

        Raises:
            ProcessLookupError: it does not run.
        """
        found = self.process(name).pid()
        if found is None:
            raise ProcessLookupError(f"{self.province}: {name} does not run")
        return found

    def running(self) -> Iterator[int]:
        """The process ids of all that runs, the supervisor's first."""
        for name in ("supervisor", "chain", "ipfs"):
            found = self.process(name).pid()
            if found is not None:
                yield found

    def kill(self) -> None:
        """Kill all of it with -9 at once, as a machine that loses its power."""
        for pid in list(self.running()):
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _SECONDS
        while list(self.running()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.province}: still there after kill -9")
            time.sleep(0.05)

    def signal(self, number: int, name: str = "chain") -> None:
        """Send a signal to one of its processes."""
        os.kill(self.pid(name), number)

    def lose_disk(self) -> None:
        """Delete every block, state and document that it holds: all but its papers and keys. It does not run."""
        shutil.rmtree(self.layout.chain)
        shutil.rmtree(self.layout.ipfs)


def forked(members: Collection[Member]) -> Fork | None:
    """Return where the members' chains part, None where they do not."""
    with contextlib.ExitStack() as stack:
        asked = {member: JsonRpc(member.rpc_url, timeout=20.0) for member in members}
        return fork_of({str(member.province): stack.enter_context(rpc) for member, rpc in asked.items()})


def untangle(members: Collection[Member]) -> bool:
    """Let one side go back where two branches of equal difficulty stand against each other; return whether they did.

    That is what `huren-node status` says to do. It happens after partitions, and where all nodes of a network begin at
    once: a client takes no block of the others' before it seals itself, so that two may begin beside the other two.
    """
    fork = forked(members)
    if fork is None or not fork.deadlocked:
        return False
    provinces = fork.branches[0].nodes
    for member in members:
        if str(member.province) in provinces:
            member.run("rewind", "--to", str(fork.common), "--yes", "--json")
    return True


def moving(members: Iterable[Member], seconds: float = _WELL) -> None:
    """Wait until every node has a block that none had at first, all on one chain; untangle them where they never would.

    Raises:
        TimeoutError: they do not within ``seconds``.
    """
    members = list(members)
    known = [head.number for member in members if (head := member.found()) is not None]
    newest = max(known, default=0)
    deadline, patience = time.monotonic() + seconds, time.monotonic() + _PATIENCE
    while True:
        heads = [member.found() for member in members]
        numbers = [head.number for head in heads if head is not None]
        if len(numbers) == len(members) and min(numbers) > newest:
            lowest = min(numbers) - 3  # above block 0, which all have from the beginning
            if lowest > 0 and len({member.block(lowest).hash for member in members}) == 1:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not above block {newest} after {seconds:.0f} s: {heads}")
        if time.monotonic() > patience:
            untangle(members)
            patience = time.monotonic() + _PATIENCE
        time.sleep(0.3)
