"""Where one province's IPFS daemon lives, and who its peers are: plain values, out of the member's files."""

from __future__ import annotations

import ipaddress
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from node.ipfs.errors import KuboMissingError

if TYPE_CHECKING:
    from node.description import Description
    from node.ipfs.kubo import Kubo
    from node.layout import Layout
    from node.local import Local

_PROGRAM = "ipfs"


@dataclass(frozen=True, slots=True)
class SwarmPeer:
    """Another province's daemon: its peer id, and the IP address and TCP port where it is reached."""

    peer_id: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """As a multiaddress, without the peer id."""
        return multiaddress(self.host, self.port)


@dataclass(frozen=True, slots=True)
class KuboPlace:
    """What one daemon is made of.

    Attributes:
        repository: Kubo's own folder; keys: the folder with ipfs.key, swarm.key and ipfs-token.
        listen, swarm_port: where the other provinces reach it; api_port: its API, on 127.0.0.1 alone.
        peers: the other provinces' daemons; program: its path, None for the one that set-up built or that is on PATH.
    """

    repository: Path
    keys: Path
    listen: str
    swarm_port: int
    api_port: int
    peers: tuple[SwarmPeer, ...]
    program: Path | None = None

    @property
    def api_url(self) -> str:
        """Where its API answers."""
        return f"http://127.0.0.1:{self.api_port}"


def kubo_of(description: Description, local: Local, layout: Layout) -> Kubo:
    """Return the daemon of the member whose folder `layout` is. Nothing is read or written yet."""
    from node.ipfs.kubo import Kubo  # noqa: PLC0415 - the class needs this module's values

    rows = [(member.province, node) for member, node in description.nodes]
    own = next(row.node for row in description.member if row.province == local.province and row.node is not None)
    return Kubo(
        KuboPlace(
            repository=layout.ipfs,
            keys=layout.keys,
            listen=local.listen,
            swarm_port=own.swarm_port,
            api_port=local.ipfs_api_port,
            peers=tuple(
                SwarmPeer(seen.peer_id, seen.host, seen.swarm_port)
                for province, seen in ((province, local.seen(province, node)) for province, node in rows)
                if province != local.province
            ),
            program=None if local.ipfs is None else Path(local.ipfs),
        )
    )


def program(named: Path | None) -> Path:
    """Return the daemon's program: the one named, the one set-up built in the checkout, or the one on PATH.

    Raises:
        KuboMissingError: there is none.
    """
    built = Path(__file__).resolve().parents[2] / ".tools" / "bin" / _PROGRAM
    on_path = shutil.which(_PROGRAM)
    looked = [named] if named else [built, *([Path(on_path)] if on_path else [])]
    for candidate in looked:
        if candidate.is_file():
            return candidate
    raise KuboMissingError(tuple(str(candidate) for candidate in looked))


def multiaddress(host: str, port: int) -> str:
    """Write an IP address and a TCP port as libp2p does."""
    return f"/ip{ipaddress.ip_address(host).version}/{host}/tcp/{port}"
