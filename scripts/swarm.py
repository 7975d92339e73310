"""Real Kubo daemons of a private swarm, as the node runs them, for as many provinces as a test wants."""

from __future__ import annotations

import base64
import secrets
import signal
import subprocess
from typing import TYPE_CHECKING, Self

from ports import free_ports

from gateway.documents.ipfs_api import BlockApi
from gateway.domain.manifest import cid_digest
from node.ipfs import Kubo, KuboPlace, SwarmPeer
from node.libp2p import peer_id_of

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 120.0


def block_file(repository: Path, cid: str) -> Path:
    """The file in which a daemon's repository keeps a block: named by the multihash, in base32."""
    name = base64.b32encode(b"\x12\x20" + cid_digest(cid)).decode().rstrip("=")
    return repository / "blocks" / name[-3:-1] / f"{name}.data"


class Daemon:
    """One province's daemon: started, killed, returned; its blocks can be damaged behind its back."""

    def __init__(self, kubo: Kubo) -> None:
        self.kubo = kubo
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Render, start, and wait until it answers and is connected."""
        self.kubo.prepare()
        command = self.kubo.command()
        with (command.folder / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(
                command.argv, env=command.environment, cwd=command.folder, stdout=log, stderr=log
            )
        self.kubo.ready(seconds=_SECONDS)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, cleanly or not, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_SECONDS)
            self._process = None

    def send(self, what: signal.Signals) -> None:
        """Stop it for a while, or let it go on."""
        if self._process is not None:
            self._process.send_signal(what)

    @property
    def token(self) -> str:
        """The gateway's bearer token."""
        return self.kubo.token_file.read_text(encoding="ascii").strip()

    def api(self, *, timeout: float = 30.0) -> BlockApi:
        """Its API, as a gateway asks it."""
        return BlockApi(self.kubo.place.api_url, self.token, timeout=timeout)

    def file_of(self, cid: str) -> Path:
        """The file in which it keeps a block."""
        return block_file(self.kubo.place.repository, cid)


class Swarm:
    """Daemons that know each other; a context."""

    def __init__(self, folder: Path, provinces: int) -> None:
        key = secrets.token_hex(32)
        seeds = [secrets.token_bytes(32) for _ in range(provinces)]
        ports = free_ports(2 * provinces)
        peers = [
            SwarmPeer(peer_id_of(seed), "127.0.0.1", port) for seed, port in zip(seeds, ports[:provinces], strict=True)
        ]
        self.daemons: list[Daemon] = []
        for number, (seed, peer) in enumerate(zip(seeds, peers, strict=True)):
            keys = folder / str(number) / "keys"
            keys.mkdir(parents=True)
            (keys / "ipfs.key").write_text(f"{seed.hex()}\n", encoding="ascii")
            (keys / "swarm.key").write_text(f"{key}\n", encoding="ascii")
            others = tuple(other for other in peers if other is not peer)
            place = KuboPlace(
                folder / str(number) / "ipfs", keys, "127.0.0.1", peer.port, ports[provinces + number], others
            )
            self.daemons.append(Daemon(Kubo(place)))

    def __enter__(self) -> Self:
        try:
            for daemon in self.daemons:
                daemon.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for daemon in self.daemons:
            daemon.end(signal.SIGKILL)
