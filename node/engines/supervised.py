"""What geth and Besu share as a supervisor's child: where it answers, how it is asked, what it is given to read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.files import write_whole
from node.client.keystores import PRIVATE
from node.engines.ipc import IpcRpc
from node.engines.place import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from node.engines.place import Place
    from node.engines.processes import Detached
    from node.engines.protocol import EngineStatus


@dataclass(frozen=True, slots=True)
class SupervisedClient(ABC):
    """A chain client of a network with validators, at `place`."""

    place: Place

    @property
    @abstractmethod
    def kind(self) -> str:
        """Its name in network.toml."""

    @property
    @abstractmethod
    def process(self) -> Detached:
        """Its process."""

    @property
    def rpc_url(self) -> str:
        """Where it answers this member's gateway."""
        return self.place.rpc_url

    @property
    def log(self) -> Path:
        """What it says."""
        return self.place.log

    def status(self) -> EngineStatus:
        """Say how it is."""
        return status_of(self.kind, self.process.pid(), self.rpc_url)

    def syncing(self) -> bool:
        """Say whether it is fetching blocks.

        Its progress is an answer to be read: geth tells one of block 0, too, whose transactions it never indexes.
        """
        with self._rpc() as rpc:
            told = rpc.call("eth_syncing")
        return told is not False and int(told["currentBlock"], 16) < int(told["highestBlock"], 16)

    def _rpc(self) -> IpcRpc:
        return IpcRpc(self.place.chain)


def write_changed(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write those of `files` (contents by path; the owner's alone) that are not so yet; return them."""
    changed = {path: text.encode() for path, text in files.items()}
    changed = {path: content for path, content in changed.items() if not path.exists() or path.read_bytes() != content}
    for path, content in changed.items():
        write_whole(path, content, PRIVATE)
    return tuple(changed)
