"""Hyperledger Besu 26 or later with QBFT: the engine of production, installed by the operator; final at once.

Every option that is passed here is known to Besu 26.4. Operator's calls go over a socket (an early-access option, with
no network address), the gateway's over HTTP on its own machine. Accounts are not listed anywhere: a list would be each
node's own rule, not the consensus', and contracts authorise (decision 0256).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.deployment import Finality
from node.client.rpc import RpcError, RpcUnreachable
from node.description.values import toml_text
from node.engines import qbft
from node.engines.clique import peers as read_peers
from node.engines.errors import GenesisMissingError, ProgramUnusableError, VersionError
from node.engines.ipc import SOCKET, IpcRpc
from node.engines.place import require_free_ports, start_supervised, stop_supervised
from node.engines.problems import problem_of_log
from node.engines.programs import environment, program, run_briefly
from node.engines.protocol import Command
from node.engines.sealer import read_node_key
from node.engines.supervised import SupervisedClient, write_changed
from node.engines.validator_address import validator_address

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import BesuEngine
    from node.engines.processes import Detached
    from node.engines.protocol import EngineStatus, PeerInfo, Sealed

KIND = "besu"
OLDEST = 26
_VERSION = re.compile(r"besu/v?(\d+)(\.[\w.]+)?")
_VERSION_SECONDS = 60.0
_MAX_PEERS = 25
"""Besu's own default, with which the 27th member of a network would be turned away (TOO_MANY_PEERS)."""


@dataclass(frozen=True, slots=True)
class BesuAttendant:
    """Besu needs to be told nothing after a start: it seals as soon as enough others are there."""

    folder: Path

    def tend(self, pid: int) -> tuple[str, ...] | None:  # noqa: ARG002 - the protocol's
        """See whether it answers."""
        try:
            with IpcRpc(self.folder, timeout=5.0) as rpc:
                rpc.call("eth_blockNumber")
        except (RpcUnreachable, RpcError):
            return None
        return ()


@dataclass(frozen=True, slots=True)
class Besu(SupervisedClient):
    """Besu as `settings` describe it, at `place`."""

    settings: BesuEngine

    @property
    def kind(self) -> str:
        """Its name in network.toml."""
        return KIND

    @property
    def finality(self) -> Finality:
        """A block carries the seals of at least two thirds: it is final at once."""
        return Finality(kind="instant", confirmations=0, wall_clock=True)

    @property
    def config(self) -> Path:
        """What Besu reads at its start (TOML; its keys are the names of its options)."""
        return self.place.chain / "besu.toml"

    @property
    def static_nodes(self) -> Path:
        """The peers that it dials."""
        return self.place.chain / "static-nodes.json"

    @property
    def permissions(self) -> Path:
        """The peers that it accepts. One that is dialled and not listed here keeps Besu from starting."""
        return self.place.chain / "permissions.toml"

    @property
    def configuration(self) -> tuple[Path, ...]:
        """The rendered files that the process reads at its start."""
        return (self.config, self.static_nodes, self.permissions, self.place.layout.genesis)

    @property
    def process(self) -> Detached:
        """Besu's process: nobody else has this word on its command line."""
        return self.place.client(f"--config-file={self.config}")

    def render(self) -> tuple[Path, ...]:
        """Write its configuration; return the files that were not so before.

        Raises:
            NodeKeyError: node.key is not this node's. A key file that is absent, Besu would make anew.
        """
        folder = self.place.chain
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        read_node_key(self.place.layout.node_key, self.place.own.validator)
        enodes = [other.enode for other in self.place.others]
        own = self.place.own.enode
        files = {
            self.config: self.config_text(),
            self.static_nodes: json.dumps(enodes, indent=2) + "\n",
            self.permissions: f"nodes-allowlist = {json.dumps([own, *enodes], indent=2)}\n",
        }
        return write_changed(files)

    def options(self) -> dict[str, str | int | bool | list[str]]:
        """Return the options of besu.toml by their names; paths are seen from the client's folder."""
        local, layout = self.place.local, self.place.layout
        return {
            "data-path": ".",
            "genesis-file": str(layout.genesis),
            "network-id": self.place.description.chain_id,
            "node-private-key-file": str(layout.node_key),
            "p2p-host": self.place.own.host,
            "p2p-interface": local.listen,
            "p2p-port": self.place.own.p2p_port,
            "max-peers": max(_MAX_PEERS, len(self.place.others)),
            "discovery-enabled": False,
            "nat-method": "NONE",
            "static-nodes-file": str(self.static_nodes),
            "permissions-nodes-config-file-enabled": True,
            "permissions-nodes-config-file": str(self.permissions),
            "sync-mode": "FULL",
            "sync-min-peers": 1,
            "data-storage-format": "FOREST",
            "min-gas-price": 0,
            "target-gas-limit": self.settings.block_gas_limit,
            "rpc-gas-cap": self.settings.block_gas_limit,
            "rpc-tx-feecap": 0,
            "tx-pool": "sequenced",
            "tx-pool-limit-by-account-percentage": 1,
            "rpc-http-enabled": True,
            "rpc-http-host": local.rpc_host,
            "rpc-http-port": local.rpc_port,
            "rpc-http-api": ["ETH", "NET", "WEB3"],
            "host-allowlist": ["localhost", "127.0.0.1", local.rpc_host],
            "Xrpc-ipc-enabled": True,
            "Xrpc-ipc-path": SOCKET,
            "Xrpc-ipc-apis": ["ETH", "NET", "WEB3", "ADMIN", "QBFT", "PERM", "TXPOOL", "DEBUG"],
            "logging": "INFO",
            "color-enabled": False,
        }

    def config_text(self) -> str:
        """Return besu.toml."""
        return "".join(f"{name} = {_toml(value)}\n" for name, value in self.options().items())

    def command(self) -> Command:
        """Return how Besu is started, in its own folder.

        Raises:
            BinaryMissingError: it is not installed.
        """
        argv = (str(program(KIND, self.place.local.besu)), f"--config-file={self.config}")
        return Command(argv, self.place.chain, environment())

    def prepare(self) -> None:
        """Render, and check the program's version.

        Raises:
            BinaryMissingError, ProgramUnusableError, VersionError: no Besu, none that runs, or one that is too old;
            PortTakenError: a port is taken; GenesisMissingError: no genesis.json.
        """
        self._program()
        require_free_ports(self.place)
        if not self.place.layout.genesis.exists():
            raise GenesisMissingError(self.place.layout.genesis)
        self.render()

    def attendant(self) -> BesuAttendant:
        """Return who sees whether it answers."""
        return BesuAttendant(self.place.chain)

    def start(self, *, seconds: float = 180.0) -> EngineStatus:
        """Start it under its supervisor where it does not run; return once it answers.

        Raises:
            BinaryMissingError, VersionError: no Besu, or one that is too old.
            EngineFailedError, EngineStuckError: it does not run.
        """
        self._program()
        return start_supervised(KIND, self.place, self.process, seconds)

    def stop(self, *, seconds: float = 150.0) -> bool:
        """End the supervisor and with it Besu, everything kept."""
        return stop_supervised(KIND, self.place, self.process, seconds)

    def validators(self) -> tuple[str, ...]:
        """Return the validators in force at the head."""
        with self._rpc() as rpc:
            return qbft.validators(rpc.call("qbft_getValidatorsByBlockNumber", "latest"))

    def peers(self) -> tuple[PeerInfo, ...]:
        """Return the nodes it is connected to."""
        with self._rpc() as rpc:
            return read_peers(rpc.call("admin_peers"))

    def sealed(self, last: int) -> tuple[Sealed, ...]:
        """Return who proposed each of the last blocks."""
        with self._rpc() as rpc:
            head = int(rpc.call("eth_blockNumber"), 16)
            first = max(0, head - last)  # one before the first: whose turn it was follows from it
            asked = [("eth_getBlockByNumber", [hex(number), False]) for number in range(first, head + 1)]
            blocks = [block for block in rpc.batch(asked) if isinstance(block, dict)]
            members = qbft.validators(rpc.call("qbft_getValidatorsByBlockNumber", "latest"))
        return qbft.sealed(blocks, members)

    def final_block(self) -> int:
        """Return the newest block: the tags `finalized` and `safe` are errors, and one block is final."""
        with self._rpc() as rpc:
            return int(rpc.call("eth_blockNumber"), 16)

    def sealing(self) -> bool:
        """Say whether it takes part: a validator that answers does."""
        try:
            return self.place.own.validator in self.validators()
        except (RpcError, RpcUnreachable):
            return False

    def propose(self, address: str, *, admit: bool) -> None:
        """Vote on `address` in every block it proposes, until `discard`.

        Raises:
            MalformedValidatorError: it is no address: Besu would take it.
        """
        with self._rpc() as rpc:
            rpc.call("qbft_proposeValidatorVote", validator_address(address), admit)

    def discard(self, address: str) -> None:
        """Vote on `address` no more: a vote that has passed stays pending otherwise.

        Raises:
            MalformedValidatorError: it is no address.
        """
        with self._rpc() as rpc:
            rpc.call("qbft_discardValidatorVote", validator_address(address))

    def proposals(self) -> dict[str, bool]:
        """Return what it votes for."""
        with self._rpc() as rpc:
            return {str(address).lower(): bool(admit) for address, admit in rpc.call("qbft_getPendingVotes").items()}

    def _program(self) -> Path:
        """Return Besu's program, found to be of the right version."""
        path = program(KIND, self.place.local.besu)
        done = run_briefly([str(path), "--version"], self.place.layout.folder, seconds=_VERSION_SECONDS)
        said = f"{done.stdout}\n{done.stderr}"
        if "java" in said.lower() and major_version(said) is None:  # its launcher's words: no Java, or too old a one
            why = problem_of_log(said, "chain")
            raise ProgramUnusableError(path, f"{why.zh}。{why.hint_zh}", f"{why.en}. {why.hint_en}")
        if (found := major_version(said)) is None or found < OLDEST:
            raise VersionError(KIND, path, said.strip().partition("\n")[0] or "?", f"≥ {OLDEST}")
        return path


def _toml(value: str | int | bool | list[str]) -> str:  # noqa: FBT001 - an option's value
    """Write an option's value; JSON would write 𠮷 as two halves, which TOML knows no name for."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml_text, value))}]"
    return toml_text(value) if isinstance(value, str) else json.dumps(value)


def major_version(said: str) -> int | None:
    """Return the first number of the version in what ``besu --version`` says, or None."""
    found = _VERSION.search(said)
    return int(found.group(1)) if found else None
