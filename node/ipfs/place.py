"""Where one province's IPFS daemon lives, and who its peers are: plain values, out of the member's files."""

from __future__ import annotations

import ipaddress
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from node.ipfs.errors import KuboMissingError, KuboVersionError

if TYPE_CHECKING:
    from node.description import Description
    from node.ipfs.kubo import Kubo
    from node.layout import Layout
    from node.local import Local

OLDEST = "0.38"
"""The first version with repositories as `node.ipfs.configuration` writes them."""
_PROGRAM = "ipfs"
_NUMBER = re.compile(r"(\d{1,6})\.(\d{1,6})\b", re.ASCII)
_VERSION_SECONDS = 60.0


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


def require_version(path: Path, folder: Path) -> None:
    """Make sure that the program at `path` is a Kubo that reads a repository as it is written here.

    An older one takes no notice of settings that it does not know: before 0.25, its API asks nobody for a token.

    Raises:
        KuboVersionError: it is older, or no Kubo.
    """
    try:
        said = subprocess.run(  # noqa: S603 - the operator's program, and our own words
            [str(path), "version", "--number"],
            capture_output=True,
            cwd=folder,
            env={"IPFS_PATH": str(folder), "HOME": str(folder), "PATH": "/usr/bin:/bin"},
            timeout=_VERSION_SECONDS,
            check=False,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KuboVersionError(path, type(error).__name__, OLDEST) from error
    found = _NUMBER.match(said)
    if found is None or tuple(map(int, found.groups())) < tuple(map(int, OLDEST.split("."))):
        raise KuboVersionError(path, said.strip()[:40], OLDEST)


def multiaddress(host: str, port: int) -> str:
    """Write an IP address and a TCP port as libp2p does."""
    return f"/ip{ipaddress.ip_address(host).version}/{host}/tcp/{port}"
