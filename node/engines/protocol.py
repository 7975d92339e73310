"""What every engine offers, whatever program it is: the node's own commands know nothing more of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from node.client.hashing import keccak256

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.deployment import Finality
    from node.engines.place import Place
    from node.engines.processes import Detached


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the engine is.

    Attributes:
        engine: its name; running: whether its process lives; answering: whether its RPC does.
        pid: its process, where it lives; rpc_url: where it is asked.
        chain_id, genesis_hash, block, block_time: what it answered (block_time in seconds since 1970), else None.
        behind_seconds: how far the chain's clock is behind the wall clock, where the engine may lag on purpose.
    """

    engine: str
    running: bool
    answering: bool
    pid: int | None
    rpc_url: str
    chain_id: int | None = None
    genesis_hash: str | None = None
    block: int | None = None
    block_time: int | None = None
    behind_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class PeerInfo:
    """A node that this one is connected to.

    Attributes:
        public_key: its secp256k1 key, 0x and 128 hex digits: who it is.
        address: IP address and port; client: what it calls itself; inbound: whether it dialled us.
    """

    public_key: str
    address: str
    client: str
    inbound: bool

    @property
    def validator(self) -> str:
        """The address it seals with, where it is a validator."""
        return "0x" + keccak256(bytes.fromhex(self.public_key[2:]))[12:].hex()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block and who made it.

    Attributes:
        number, block_hash, time: which block; time in seconds since 1970.
        sealer: the validator that made it; turn: the one whose turn it was, the same where nobody was missed.
    """

    number: int
    block_hash: str
    time: int
    sealer: str
    turn: str


class Engine(Protocol):
    """One engine of one network. Each operation may be called again: what is done already is left as it is."""

    @property
    def kind(self) -> str:
        """Its name in network.toml."""
        ...

    @property
    def rpc_url(self) -> str:
        """Where it answers JSON-RPC."""
        ...

    @property
    def finality(self) -> Finality:
        """When one of its blocks is final."""
        ...

    def render(self) -> tuple[Path, ...]:
        """Write the engine's own configuration from the description; return the files written."""
        ...

    def start(self, *, seconds: float = 30.0) -> EngineStatus:
        """Start it, detached, and return once it answers; at most after `seconds`."""
        ...

    def stop(self, *, seconds: float = 60.0) -> bool:
        """End it cleanly, everything kept; return whether it was running."""
        ...

    def status(self) -> EngineStatus:
        """Say how it is; an engine that does not run is a status, not an error."""
        ...

    def validators(self) -> tuple[str, ...]:
        """Return the addresses in force at the head, ascending; none where there is no consensus."""
        ...

    def peers(self) -> tuple[PeerInfo, ...]:
        """Return the nodes that this one is connected to."""
        ...

    def sealed(self, last: int) -> tuple[Sealed, ...]:
        """Return who made each of the last blocks, oldest first, at most `last` of them and never block 0."""
        ...

    def final_block(self) -> int:
        """Return the number of the newest block that is final."""
        ...

    def syncing(self) -> bool:
        """Say whether it is fetching blocks that others have."""
        ...

    def propose(self, address: str, *, admit: bool) -> None:
        """Vote, from now on, to let the account `address` take part in consensus, or to take it out."""
        ...

    def discard(self, address: str) -> None:
        """Vote on `address` no more."""
        ...

    def proposals(self) -> dict[str, bool]:
        """Return what this node votes for: address, and whether to let it in."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """How a program that the supervisor keeps running is started.

    Attributes:
        argv: its words; no secret is among them. folder: where it runs.
        environment: the whole of it; None for ours.
    """

    argv: tuple[str, ...]
    folder: Path
    environment: dict[str, str] | None = None


class Attendant(Protocol):
    """Tells a running client what it must be told after every start."""

    def tend(self, pid: int) -> tuple[str, ...] | None:
        """Say to the process `pid` what it has not been told yet; return what was done now, in words.

        Called about once a second; what is done already is left as it is. None: it does not answer.
        """
        ...


class ChainClient(Engine, Protocol):
    """An engine whose process the member's supervisor keeps running (geth, Besu)."""

    @property
    def place(self) -> Place:
        """The member's files it is made of."""
        ...

    @property
    def process(self) -> Detached:
        """The client's process."""
        ...

    @property
    def configuration(self) -> tuple[Path, ...]:
        """The rendered files that the process reads at its start: newer than it, they mean that it should restart."""
        ...

    @property
    def log(self) -> Path:
        """What the client says."""
        ...

    def prepare(self) -> None:
        """Do what must be done before each start of the process; may raise what keeps it from starting."""
        ...

    def command(self) -> Command:
        """Return how its process is started."""
        ...

    def attendant(self) -> Attendant:
        """Return who tends it; one for the life of a supervisor."""
        ...

    def sealing(self) -> bool:
        """Say whether it takes its turn at making blocks."""
        ...
