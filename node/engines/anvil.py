"""The embedded engine: anvil (Foundry), one process, its whole state in one file; for trials, development and tests.

It has no consensus: one process makes the blocks, each final at once. Its clock may run behind the wall clock, so that
a trial can live through notice periods, and never ahead of it.
"""

from __future__ import annotations

import platform
import shutil
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from node.client.deployment import Finality
from node.client.files import write_whole
from node.client.rpc import JsonRpc
from node.engines import keeper
from node.engines.clock import Clock, ClockFile, Reading, begin, resume
from node.engines.errors import (
    BinaryMissingError,
    EngineFailedError,
    EngineStuckError,
    PortTakenError,
    UnsupportedByEngineError,
)
from node.engines.place import require_free, status_of
from node.engines.problems import Problem
from node.engines.processes import POLL, Detached, tail
from node.engines.state import recover

if TYPE_CHECKING:
    from node.description import AnvilEngine
    from node.engines.protocol import EngineStatus, PeerInfo, Sealed

KIND = "anvil"
STATE = "state.json"
"""The chain, in the engine's folder."""
_PORT_FREE_WITHIN = 2.0
HARDFORK = "berlin"
"""The rules the contracts are compiled for, on every engine of the consortium."""


def binary(named: str | None) -> Path:
    """Return anvil's own program: the one `named`, the one set-up installed in the checkout, or the one on the path.

    It is the native program inside the npm platform package, not the Node.js wrapper around it.

    Raises:
        BinaryMissingError: there is none.
    """
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower()
    )
    package = f"@foundry-rs/anvil-{sys.platform}-{machine}"
    checkout = Path(__file__).resolve().parents[2] / "hardhat-config" / "node_modules" / package / "bin" / KIND
    on_path = shutil.which(KIND)
    looked = [Path(named)] if named else [checkout, *([Path(on_path)] if on_path else [])]
    for candidate in looked:
        if candidate.is_file():
            return candidate
    raise BinaryMissingError(KIND, tuple(str(candidate) for candidate in looked))


@dataclass(frozen=True, slots=True)
class Anvil:
    """anvil as `settings` describe it, its files in `folder`."""

    settings: AnvilEngine
    chain_id: int
    folder: Path

    @property
    def kind(self) -> str:
        """Its name in network.toml."""
        return KIND

    @property
    def rpc_url(self) -> str:
        """Where it answers JSON-RPC; on this machine alone."""
        return f"http://{self.settings.host}:{self.settings.port}"

    @property
    def finality(self) -> Finality:
        """One process makes the blocks: there is nothing to wait for."""
        return Finality(kind="instant", confirmations=0)

    @property
    def state(self) -> Path:
        """The chain, as anvil writes it."""
        return self.folder / STATE

    @property
    def kept(self) -> Path:
        """The last whole copy of the chain."""
        return self.folder / "state.kept.json"

    @property
    def log(self) -> Path:
        """What anvil says."""
        return self.folder / "anvil.log"

    @property
    def clock(self) -> ClockFile:
        """How far the chain's clock is behind, and whose chain it is."""
        return ClockFile(self.folder / "clock.json", self.chain_id)

    @property
    def _engine(self) -> Detached:
        return Detached(self.folder / "anvil.pid", str(self.state))

    @property
    def _keeper(self) -> Detached:
        return Detached(self.folder / "keeper.pid", str(self.kept))

    def arguments(self, genesis: int) -> list[str]:
        """Return anvil's command line; `genesis` is the time of block 0 (seconds since 1970).

        It makes no blocks until it has been told the time: anvil starts its clock at the time of block 0, and block 0
        must be the same at every start, or its state would hold two of them.
        """
        settings = self.settings
        return [
            *(str(binary(settings.binary)), "--host", settings.host, "--port", str(settings.port)),
            *("--chain-id", str(self.chain_id), "--hardfork", HARDFORK, "--accounts", "0"),
            *("--gas-price", "0", "--base-fee", "0", "--gas-limit", str(settings.block_gas_limit)),
            *("--no-mining", "--timestamp", str(genesis)),
            *("--state", str(self.state), "--state-interval", str(settings.state_seconds)),
            *("--cache-path", str(self.folder / "cache"), "--no-cors", "--no-request-size-limit", "--quiet"),
            *(["--preserve-historical-states"] if settings.preserve_historical_states else []),
        ]

    def render(self) -> tuple[Path, ...]:
        """Write down the command line that `start` uses, for a person to read."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "anvil.json"
        words = {"arguments": self.arguments(self._reading().genesis)}
        write_whole(path, orjson.dumps(words, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), 0o600)
        return (path,)

    def start(self, *, seconds: float = 30.0) -> EngineStatus:
        """Start it where it does not run, with the keeper of its state beside it; return once it answers.

        Raises:
            BinaryMissingError, PortTakenError, EngineFailedError, EngineStuckError: it does not run.
            ChainStateDamagedError, WrongChainError: what is on the disk is not this chain.
        """
        if self._engine.found() is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._require_free_port()
            recover(self.state, self.kept)
            genesis = self._reading().genesis
            self.render()
            self._engine.start(self.arguments(genesis), log=self.log, folder=self.folder)
        pid = self._wait_until_it_answers(seconds)
        self._make_blocks()
        if self._keeper.found() is None:
            interval = str(self.settings.state_seconds)
            script = str(Path(keeper.__file__).resolve())
            # The state by its name alone: by its whole path the engine is known, and the keeper must not pass for it.
            argv = [sys.executable, script, str(pid), self.state.name, str(self.kept), interval]
            self._keeper.start(argv, log=self.log, folder=self.folder)
        return self.status()

    def stop(self, *, seconds: float = 60.0) -> bool:
        """End anvil cleanly: it writes its state, and the keeper copies that and ends too.

        Raises:
            EngineStuckError: it did not end in time.
        """
        pid = self._engine.found()
        if not self._engine.terminate(seconds=seconds):
            raise EngineStuckError(KIND, pid or 0, seconds)
        deadline = time.monotonic() + seconds
        while (watching := self._keeper.found()) is not None:
            if time.monotonic() >= deadline:
                raise EngineStuckError("keeper", watching, seconds)
            time.sleep(POLL)
        (self.folder / "keeper.pid").unlink(missing_ok=True)
        return pid is not None

    def status(self) -> EngineStatus:
        """Say how it is; nothing is started or changed."""
        found = status_of(KIND, self._engine.pid(), self.rpc_url)
        if found.block_time is None:
            return found
        return replace(found, behind_seconds=max(0, int(time.time()) - found.block_time))

    def advance(self, seconds: int | None) -> int:
        """Move the chain's clock forward by `seconds`, or up to the wall clock where None; return its time then.

        Raises:
            BeyondWallClockError: that would be later than now; nothing is moved.
        """
        with JsonRpc(self.rpc_url) as rpc:
            return Clock(rpc, self.clock).advance(seconds)

    def validators(self) -> tuple[str, ...]:
        """Return none: one process makes the blocks."""
        return ()

    def peers(self) -> tuple[PeerInfo, ...]:
        """Return none: it is alone."""
        return ()

    def sealed(self, last: int) -> tuple[Sealed, ...]:  # noqa: ARG002 - the protocol's
        """Return none: its blocks carry no seals."""
        return ()

    def final_block(self) -> int:
        """Return the newest block: each is final at once."""
        with JsonRpc(self.rpc_url) as rpc:
            return int(rpc.call("eth_blockNumber"), 16)

    def syncing(self) -> bool:
        """There is nobody to fetch blocks from."""
        return False

    def propose(self, address: str, *, admit: bool) -> None:
        """Refuse: one process makes the blocks.

        Raises:
            UnsupportedByEngineError: always.
        """
        raise UnsupportedByEngineError(
            KIND,
            f"{'admit' if admit else 'retire'} {address}",
            "它只有一个进程，没有验证者；成员资格由联盟合约的动议决定",
            "it is one process without validators; who is a member, the Consortium decides by motion",
        )

    def discard(self, address: str) -> None:
        """Vote on `address` no more: it never did."""

    def proposals(self) -> dict[str, bool]:
        """Return none: it votes on nobody."""
        return {}

    def _reading(self) -> Reading:
        """Return what is kept of the clock; for a new chain, begin one."""
        kept = self.clock.read()
        if kept is None:
            kept = begin(self.settings.start_days_ago, now=int(time.time()))
            self.clock.write(kept)
        return kept

    def _make_blocks(self) -> None:
        """Set the clock and let it make blocks, unless it does already."""
        with JsonRpc(self.rpc_url) as rpc:
            if rpc.call("anvil_getIntervalMining") is not None:
                return
            last = int(rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003 - JSON-RPC
            rpc.call("evm_setTime", resume(self._reading(), last, now=int(time.time())))
            rpc.call("evm_setIntervalMining", self.settings.block_seconds)

    def _require_free_port(self) -> None:
        """Find the port free; a killed engine's threads may hold it for a moment after the process has ended."""
        deadline = time.monotonic() + _PORT_FREE_WITHIN
        while True:
            try:
                return require_free(self.settings.host, self.settings.port)
            except PortTakenError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(POLL)

    def _wait_until_it_answers(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while (pid := self._engine.pid()) is not None:
            if self.status().answering:
                return pid
            if time.monotonic() >= deadline:
                raise EngineStuckError(KIND, pid, seconds)
            time.sleep(POLL)
        raise EngineFailedError(KIND, self.log, Problem.plain(tail(self.log)))
