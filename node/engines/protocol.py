"""What every engine offers, whatever program it is: the node's own commands know nothing more of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from node.client.errors import NodeError

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.deployment import Finality


class UnsupportedByEngineError(NodeError):
    """`engine` cannot do `operation`, by its nature."""

    def __init__(self, engine: str, operation: str, zh: str, en: str) -> None:
        super().__init__(f"引擎 {engine} 不支持 {operation}：{zh}", f"the engine {engine} cannot {operation}: {en}")
        self.engine = engine
        self.operation = operation


class EngineFailedError(NodeError):
    """The engine did not start, or ended; `log` holds its last words."""

    def __init__(self, engine: str, log: Path, last: str) -> None:
        super().__init__(
            f"引擎 {engine} 未能运行，日志 {log} 末尾：{last}", f"the engine {engine} does not run; {log} ends: {last}"
        )
        self.engine = engine
        self.log = log
        self.last = last


class EngineStuckError(NodeError):
    """The process `pid` of the engine did not do what it was asked within `seconds`."""

    def __init__(self, engine: str, pid: int, seconds: float) -> None:
        super().__init__(
            f"引擎 {engine}（进程 {pid}）{seconds:.0f} 秒内没有响应，请查看日志",
            f"the engine {engine} (process {pid}) did not answer within {seconds:.0f} s; see its log",
        )
        self.engine = engine
        self.pid = pid
        self.seconds = seconds


class PortTakenError(NodeError):
    """Another program listens on `port`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"{host}:{port} 已被其他程序占用，请在 network.toml 中改用别的端口",
            f"another program listens on {host}:{port}; choose another port in network.toml",
        )
        self.host = host
        self.port = port


class BinaryMissingError(NodeError):
    """The engine's program is not installed."""

    def __init__(self, engine: str, looked: tuple[str, ...]) -> None:
        where = ", ".join(looked)
        super().__init__(
            f"找不到引擎程序 {engine}（查找过：{where}）。请运行 make setup，或在 network.toml 的 engine.binary 中指明",
            f"no program {engine} (looked at {where}). Run make setup, or name its path in network.toml, engine.binary",
        )
        self.engine = engine
        self.looked = looked


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

    def admit(self, validator: str) -> None:
        """Let the account `validator` take part in consensus."""
        ...

    def retire(self, validator: str) -> None:
        """Take the account `validator` out of consensus."""
        ...
