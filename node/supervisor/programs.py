"""The two programs of a member, as the supervisor sees them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from node.engines.protocol import Command
from node.ipfs import KuboNotReadyError
from node.supervisor.keeping import joined, words_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from node.engines.processes import Detached
    from node.engines.protocol import Attendant, ChainClient
    from node.ipfs import Kubo

_CONNECT_EVERY = 30.0


def started_before(process: Detached, configuration: Iterable[Path], argv: tuple[str, ...]) -> bool:
    """Say whether the living `process` was started before `configuration` was last written, or with other words.

    Its words are those that were written down at its start: a program may have put others in their place.
    """
    if process.pid() is None:
        return False
    try:
        since = process.pid_file.stat().st_mtime_ns
        words = words_file(process).read_bytes()
        changed = [path.stat().st_mtime_ns for path in configuration if path.exists()]
    except OSError:
        return False
    return words != joined(argv) or any(moment > since for moment in changed)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain client."""

    client: ChainClient
    attendant: Attendant

    @property
    def name(self) -> str:
        """What it is called in health.json and metrics."""
        return "chain"

    @property
    def process(self) -> Detached:
        """Its process."""
        return self.client.process

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.client.log

    def stale(self) -> bool:
        """Render; say whether the running process was started with another configuration."""
        self.client.render()
        return started_before(self.process, self.client.configuration, self.command().argv)

    def prepare(self) -> None:
        """Render, and let the client take the genesis."""
        self.client.prepare()

    def command(self) -> Command:
        """Return how it is started."""
        return self.client.command()

    def tend(self, pid: int) -> tuple[str, ...] | None:
        """Tell it what it must be told after every start."""
        return self.attendant.tend(pid)


@dataclass(slots=True)
class Daemon:
    """The Kubo daemon; connected to the others after its start, and again while some are lacking."""

    kubo: Kubo
    process: Detached
    log: Path
    clock: Callable[[], float] = time.monotonic
    _connected: int = field(default=0, init=False)
    _again_at: float = field(default=0.0, init=False)

    @property
    def name(self) -> str:
        """What it is called in health.json and metrics."""
        return "ipfs"

    def stale(self) -> bool:
        """Render; say whether the running daemon was started with another configuration."""
        self.kubo.render()
        repository = self.kubo.place.repository
        files = (repository / "config", repository / "swarm.key")
        return started_before(self.process, files, self.command().argv)

    def prepare(self) -> None:
        """Render, and check the program's version."""
        self.kubo.prepare()

    def command(self) -> Command:
        """Return how it is started."""
        command = self.kubo.command()
        return Command(tuple(command.argv), command.folder, dict(command.environment))

    def tend(self, pid: int) -> tuple[str, ...] | None:
        """Connect it to the others once it answers, and to those lacking every half minute."""
        if pid == self._connected and self.clock() < self._again_at:
            return ()
        first = pid != self._connected
        try:
            found = self.kubo.ready(seconds=0.5)
        except KuboNotReadyError:
            return None
        self._connected = pid
        self._again_at = self.clock() + _CONNECT_EVERY
        return (f"answers, connected to {len(found.peers)} of {found.expected} others",) if first else ()
