"""What was observed of one node: values, as health.json and ``status --json`` show them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from node.engines.problems import Problem


@dataclass(frozen=True, slots=True)
class ValidatorReading:
    """A validator over the last blocks.

    Attributes:
        address, province: who; province None where no row of network.toml is it.
        present: whether it is this node or connected to it.
        turns: how many of the last blocks were its turn; missed: how many of these another one sealed; sealed: its own.
    """

    address: str
    province: int | None
    present: bool
    turns: int
    missed: int
    sealed: int


@dataclass(frozen=True, slots=True)
class ChainReading:
    """The chain as this node has it.

    Attributes:
        height, head_hash, head_time, head_age: the newest block; times in seconds (since 1970, and up to now).
        final, final_time, final_age: the newest block that is final.
        peers: connected nodes; provinces: those of them that network.toml has rows for; expected: how many rows others
            have.
        validators: those in force; needed: how many must be there for blocks to be made.
        sealing: whether this node takes its turn; validator: whether it is one; syncing: whether it fetches blocks.
        delay: seconds between a block's own time and the moment it was first seen here, the median over the last blocks
            of others; negative where blocks come from the future. None until enough were seen.
        gathered: seconds for which enough validators have been there without a break, as the supervisor has seen it;
            None where they are not there, or nobody watches.
    """

    height: int
    head_hash: str
    head_time: int
    head_age: float
    final: int
    final_time: int
    final_age: float
    peers: int
    provinces: tuple[int, ...]
    expected: int
    validators: tuple[ValidatorReading, ...]
    needed: int
    sealing: bool
    validator: bool
    syncing: bool
    delay: float | None = None
    gathered: float | None = None

    @property
    def present(self) -> int:
        """How many validators are there, this node among them."""
        return sum(one.present for one in self.validators)


@dataclass(frozen=True, slots=True)
class IpfsReading:
    """The Kubo daemon: whether it answers and why not, peers, pins, and the bytes of its repository."""

    answering: bool
    peers: int
    expected: int
    strangers: int
    pins: int
    blocks: int
    size: int
    problem: str


@dataclass(frozen=True, slots=True)
class ProgramReading:
    """A program under supervision: see `node.supervisor.keeping.Kept`.

    Attributes:
        name: chain or ipfs; pid, since: its process and since when it is known to run (seconds since 1970).
        restarts: starts after it had ended by itself; ends: in a row, none of which had lived long enough.
        failing: whether these are so many that it is said; problem: why it last ended, until it has settled again.
    """

    name: str
    pid: int | None
    since: float | None
    restarts: int
    ends: int
    failing: bool
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One node at one moment.

    Attributes:
        at: when, seconds since 1970; province, engine, block_seconds: what it is.
        supervisor: the supervisor's process, or None; programs: what it says of them.
        written_age: seconds since it last wrote down what it found, None where it has not, or does not run.
        metrics_problem: why it does not answer Prometheus; empty where it does, or does not run.
        chain_pid: the client's process; chain: None where it does not answer; ipfs: None where none is run.
        disk_free, disk_size: bytes of the disk that the folder is on.
    """

    at: float
    province: int
    engine: str
    block_seconds: int
    supervisor: int | None
    programs: tuple[ProgramReading, ...]
    chain_pid: int | None
    chain: ChainReading | None
    ipfs: IpfsReading | None
    disk_free: int
    disk_size: int
    written_age: float | None = None
    metrics_problem: str = ""
    alarms: tuple[Alarm, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is not as it should be: a name for machines, whether the node is down, sentences and the cure."""

    code: str
    down: bool
    zh: str
    en: str
    hint_zh: str
    hint_en: str
