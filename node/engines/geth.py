"""go-ethereum 1.13 with Clique: a network of real processes for tests and trials. Never production: Clique can halt.

Its configuration says what was measured: no base fee, no discovery, strangers kept out, every state kept (archive), the
operator's own calls over a socket alone. It is started without sealing; its attendant sets it going.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.deployment import Finality
from node.engines import clique
from node.engines.errors import (
    BeyondFinalError,
    ChainDataError,
    GenesisMissingError,
    GenesisRefusedError,
    VersionError,
)
from node.engines.geth_attendant import GethAttendant
from node.engines.ipc import SOCKET
from node.engines.place import (
    endpoint,
    require_free_ports,
    restrictions,
    start_supervised,
    stop_supervised,
)
from node.engines.problems import problem_of_log
from node.engines.programs import environment, program, run_briefly
from node.engines.protocol import Command
from node.engines.sealer import password_of, write_sealer
from node.engines.supervised import SupervisedClient, write_changed
from node.engines.validator_address import validator_address

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from node.description import GethEngine
    from node.engines.processes import Detached
    from node.engines.protocol import EngineStatus, PeerInfo, Sealed

KIND = "geth"
VERSION = "1.13."
"""The last line of go-ethereum that seals by Clique."""
_INIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Geth(SupervisedClient):
    """geth as `settings` describe it, at `place`."""

    settings: GethEngine

    @property
    def kind(self) -> str:
        """Its name in network.toml."""
        return KIND

    @property
    def finality(self) -> Finality:
        """A block is final some blocks later: reorganisations of depth 1 are normal under load, 2 were seen."""
        return Finality(kind="depth", confirmations=self._depth, wall_clock=True)

    @property
    def _depth(self) -> int:
        """Blocks upon one after which it is final: as network.toml says, and never fewer than seal a chain alone.

        So many a half that is cut off can seal alone before nobody there may (EIP-225), and all of them are given up
        when the other half has gone on (decision 0290).
        """
        return max(self.settings.confirmations, clique.majority(len(self.place.description.nodes)))

    @property
    def config(self) -> Path:
        """What geth reads at its start."""
        return self.place.chain / "node.toml"

    @property
    def configuration(self) -> tuple[Path, ...]:
        """The rendered files that the process reads at its start."""
        return (self.config, self.place.layout.genesis)

    @property
    def process(self) -> Detached:
        """Geth's process: nobody else has this word on its command line."""
        return self.place.client(f"--config={self.config}")

    def render(self) -> tuple[Path, ...]:
        """Write node.toml and the keystore entry that it seals with; return the files that were not so before.

        Raises:
            NodeKeyError: node.key is not this node's.
        """
        folder = self.place.chain
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = write_sealer(folder, self.place.layout.node_key, self.place.own.validator)
        return (*written, *write_changed({self.config: self.config_text()}))

    def config_text(self) -> str:
        """Return node.toml: what geth takes from no command line (go-ethereum 1.13, p2p.Config).

        A ratio of 1 leaves no room for peers that dial in, except trusted ones: who has the genesis and an address
        alone stays out. As many peers as there are others: geth fetches blocks once it has all its peers, or after ten
        seconds. Bootstrap nodes that are left out are the public Ethereum's. The socket's name keeps its dot, or geth
        would write the whole path, which may be too long.
        """
        peers = json.dumps([other.enode for other in self.place.others], indent=4)
        listen = endpoint(self.place.local.listen, self.place.own.p2p_port)
        return "\n".join(
            [
                "[Node]",
                f'IPCPath = "./{SOCKET}"',
                "",
                "[Node.P2P]",
                f'ListenAddr = "{listen}"',
                f"MaxPeers = {max(1, len(self.place.others))}",
                "DialRatio = 1",
                "NoDiscovery = true",
                "BootstrapNodes = []",
                "BootstrapNodesV5 = []",
                f"StaticNodes = {peers}",
                f"TrustedNodes = {peers}",
                "",
            ]
        )

    def command(self) -> Command:
        """Return how geth is started, in its own folder.

        Raises:
            BinaryMissingError: it is not installed.
        """
        local, settings, own = self.place.local, self.settings, self.place.own.validator
        argv = (
            str(program(KIND, local.geth)),
            f"--config={self.config}",
            *("--datadir", ".", "--nodekey", str(self.place.layout.node_key)),
            *("--networkid", str(self.place.description.chain_id)),
            *("--syncmode", "full", "--gcmode", "archive", "--history.transactions", "0"),
            *("--nodiscover", "--nat", "none", "--netrestrict", restrictions(self.place)),
            *("--http", "--http.addr", local.rpc_host, "--http.port", str(local.rpc_port)),
            *("--http.api", "eth,net,web3", "--rpc.batch-response-max-size", "250000000"),
            *("--authrpc.addr", "127.0.0.1", "--authrpc.port", str(local.authrpc_port)),
            *("--miner.etherbase", own, "--miner.gaslimit", str(settings.block_gas_limit)),
            *("--rpc.gascap", str(settings.block_gas_limit), "--rpc.txfeecap", "0"),
            *("--unlock", own, "--password", password_of(self.place.chain).name, "--allow-insecure-unlock"),
            *("--txpool.accountslots", "4096", "--txpool.globalslots", "16384"),
            *("--txpool.accountqueue", "4096", "--txpool.globalqueue", "16384", "--txpool.lifetime", "72h"),
            *("--cache", "256", "--verbosity", "3"),
        )
        return Command(argv, self.place.chain, environment())

    def prepare(self) -> None:
        """Render, and let geth take the genesis; a chain that is there is left as it is.

        Raises:
            BinaryMissingError, ProgramUnusableError, VersionError: no program that seals by Clique; PortTakenError:
            another program has one of its ports; GenesisMissingError: no genesis.json; GenesisRefusedError: the chain
            there is another's; ChainDataError: it cannot be opened.
        """
        path = self._program()
        require_free_ports(self.place)
        if not self.place.layout.genesis.exists():
            raise GenesisMissingError(self.place.layout.genesis)
        self.render()
        done = self._run([str(path), "--datadir", ".", "init", str(self.place.layout.genesis)])
        if done.returncode:
            last = _last_line(done.stderr)
            if "genesis" in last and "open database" not in last:
                raise GenesisRefusedError(self.place.chain, last)
            raise ChainDataError(self.place.chain, problem_of_log(done.stderr, "chain"))

    def attendant(self) -> GethAttendant:
        """Return who sets it going."""
        return GethAttendant(self.place.chain, self.place.own.validator, [other.enode for other in self.place.others])

    def start(self, *, seconds: float = 60.0) -> EngineStatus:
        """Start it under its supervisor where it does not run; return once it answers.

        Raises:
            BinaryMissingError, VersionError: no program that seals by Clique.
            EngineFailedError, EngineStuckError: it does not run.
        """
        self._program()
        return start_supervised(KIND, self.place, self.process, seconds)

    def stop(self, *, seconds: float = 150.0) -> bool:
        """End the supervisor and with it geth, everything kept."""
        return stop_supervised(KIND, self.place, self.process, seconds)

    def validators(self) -> tuple[str, ...]:
        """Return the signers in force at the head."""
        with self._rpc() as rpc:
            return clique.validators(rpc)

    def peers(self) -> tuple[PeerInfo, ...]:
        """Return the nodes it is connected to."""
        with self._rpc() as rpc:
            return clique.peers(rpc.call("admin_peers"))

    def sealed(self, last: int) -> tuple[Sealed, ...]:
        """Return who sealed each of the last blocks, recovered from the seal."""
        with self._rpc() as rpc:
            return clique.sealed(rpc, last)

    def final_block(self) -> int:
        """Return the newest block with as many blocks upon it as network.toml asks for."""
        with self._rpc() as rpc:
            return max(0, int(rpc.call("eth_blockNumber"), 16) - self._depth)

    def sealing(self) -> bool:
        """Say whether its sealing is switched on."""
        with self._rpc() as rpc:
            return bool(rpc.call("eth_mining"))

    def propose(self, address: str, *, admit: bool) -> None:
        """Vote on `address` in every block it seals; kept in geth's memory only, and forgotten at its restart.

        Raises:
            MalformedValidatorError: it is no address.
        """
        with self._rpc() as rpc:
            rpc.call("clique_propose", validator_address(address), admit)

    def discard(self, address: str) -> None:
        """Vote on `address` no more.

        Raises:
            MalformedValidatorError: it is no address.
        """
        with self._rpc() as rpc:
            rpc.call("clique_discard", validator_address(address))

    def proposals(self) -> dict[str, bool]:
        """Return what it votes for."""
        with self._rpc() as rpc:
            return {str(address).lower(): bool(admit) for address, admit in rpc.call("clique_proposals").items()}

    def rewind(self, block: int) -> None:
        """Forget every block above `block`: the cure where two branches of equal difficulty stand against each other.

        The others' branch is fetched anew; transactions of the forgotten blocks are sent again by whoever sent them.

        Raises:
            BeyondFinalError: final blocks would be given up, which no two branches have differently; or there is no
                such block yet.
        """
        with self._rpc() as rpc:
            head = int(rpc.call("eth_blockNumber"), 16)
            final = max(0, head - self._depth)
            if not final <= block <= head:
                raise BeyondFinalError(block, final, head)
            if block == head:
                return  # it has been done already, or this node never had the branch
            rpc.call("miner_stop")
            rpc.call("debug_setHead", hex(block))

    def _program(self) -> Path:
        """Return geth's program, found to be of the right version."""
        path = program(KIND, self.place.local.geth)
        found = version_of(self._run([str(path), "version"]).stdout)
        if not found.startswith(VERSION):
            raise VersionError(KIND, path, found or "?", f"{VERSION}x")
        return path

    def _run(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        """Run geth for a short task in its own folder."""
        folder = self.place.chain if self.place.chain.exists() else self.place.layout.folder
        return run_briefly(argv, folder, seconds=_INIT_SECONDS)


def version_of(text: str) -> str:
    """Return the version out of what ``geth version`` says, without what follows the numbers."""
    for line in text.splitlines():
        if line.startswith("Version:"):
            return line.removeprefix("Version:").strip().partition("-")[0]
    return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
