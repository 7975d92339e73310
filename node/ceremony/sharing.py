"""The swarm key in a member's folder: made there or opened there, never overwritten, replaced only when asked to.

sealed = make(layout, description, province, genesis_hash, now=time.time())     # swarm-key.json, for everybody
opened = take(layout, content, path, description, province, genesis_hash)       # another member's swarm-key.json

A key that is replaced is kept under keys/retired/. The file that was made or opened last is kept as swarm-key.json: an
older one that is sent again does not bring an old key back (decision 0286).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from node.ceremony import swarm
from node.ceremony.findings import CeremonyError, Finding
from node.ceremony.keys import read_key
from node.ceremony.own import require_own_row
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.keystores import PRIVATE

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.swarm import SealedKey
    from node.description import Description
    from node.layout import Layout


class OtherSwarmKeyError(NodeError):
    """There is a swarm key at `path`, and it is another one."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已有另一个群密钥，未作改动。若各成员确已商定更换，请加 --replace",
            f"{path} holds another swarm key; nothing was changed. If the members agreed to change it, add --replace",
        )
        self.path = path


class SealedKeyHereError(NodeError):
    """There is no swarm key here, but the file at `path`, in which `maker` gives one to this member."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, maker: int) -> None:
        super().__init__(
            f"{path} 是 {maker} 封装的群密钥，尚未打开，未另行生成。请运行 huren-node swarm-key open {path.name}；"
            "若各成员确已商定更换，请加 --replace",
            f"{path} is the swarm key that {maker} sealed, not opened yet, so no other one was made. Run huren-node "
            f"swarm-key open {path.name}; if the members agreed to change it, add --replace",
        )
        self.path = path


def make(
    layout: Layout, description: Description, province: int, genesis_hash: str, *, now: float, replace: bool = False
) -> SealedKey:
    """Seal the swarm key to every member, made where there is none. One process at a time (its caller's lock).

    Args:
        layout: the maker's folder.
        description: the network.
        province: whose folder it is.
        genesis_hash: of block 0, 0x-hex.
        now: seconds since 1970, for the file's date.
        replace: make a new key; the old one is put aside.

    Raises:
        NotOurRowError, NoRowError: what this machine signs, nobody would believe.
        SealedKeyHereError: another member gave out a key, and it was not opened here yet.
        KeyFileError: a key of this machine cannot be used.
    """
    require_own_row(description, layout, province)
    known = _kept(layout, description, genesis_hash)
    if replace:
        _put_aside(layout)
    elif known is not None and not layout.swarm_key.exists():
        raise SealedKeyHereError(layout.sealed_swarm_key, known.maker)
    if not layout.swarm_key.exists():
        _write(layout, secrets.token_bytes(32))
    key = read_key(layout.swarm_key)
    after = known.made if known is not None else None
    sealed = swarm.seal(key, description, genesis_hash, province, read_key(layout.node_key), now, after=after)
    write_whole(layout.sealed_swarm_key, sealed.encode())
    return sealed


def take(
    layout: Layout,
    content: bytes,
    path: Path,
    description: Description,
    province: int,
    genesis_hash: str,
    *,
    replace: bool = False,
) -> bool:
    """Open the swarm key that `content` (of `path`) holds for this member, and return whether it was not here yet.

    Args:
        layout: the member's folder.
        content: of another member's swarm-key.json; path: where it came from, for what is said of it.
        path: as said.
        description: the network.
        province: whose folder it is.
        genesis_hash: of block 0, 0x-hex.
        replace: take it though there is another one, which is put aside.

    Raises:
        CeremonyError: the file cannot be used, or is older than the one that was used last and holds another key.
        OtherSwarmKeyError: there is another key, and `replace` is not set. KeyFileError: a key cannot be used.
    """
    key = swarm.opened(content, path, description, genesis_hash, province, read_key(layout.exchange_key))
    sealed = swarm.read(content, path, description, genesis_hash)
    known = _kept(layout, description, genesis_hash)
    here = read_key(layout.swarm_key) if layout.swarm_key.exists() else None
    if here is not None and here != key and not replace:
        raise OtherSwarmKeyError(layout.swarm_key)
    older = known is not None and sealed.made < known.made
    if known is not None and older and sealed.digest != known.digest:
        raise CeremonyError([_older(path, sealed, layout.sealed_swarm_key, known)])
    if here != key:
        _put_aside(layout)
        _write(layout, key)
    if not older:
        write_whole(layout.sealed_swarm_key, content)
    return here != key


def _kept(layout: Layout, description: Description, genesis_hash: str) -> SealedKey | None:
    """Return the file that was made or opened here last; one that says nothing any more is as good as none."""
    path = layout.sealed_swarm_key
    try:
        return swarm.read(path.read_bytes(), path, description, genesis_hash)
    except (OSError, CeremonyError):
        return None


def _write(layout: Layout, key: bytes) -> None:
    write_whole(layout.swarm_key, f"{key.hex()}\n".encode(), PRIVATE)


def _put_aside(layout: Layout) -> None:
    """Keep the key that is here, if any, under a name that says which it is."""
    if layout.swarm_key.exists():
        mark = hashlib.sha256(read_key(layout.swarm_key)).hexdigest()[:8]
        retired = layout.keys / "retired"
        retired.mkdir(mode=0o700, exist_ok=True)
        layout.swarm_key.rename(retired / f"swarm-{mark}.key")


def _older(path: Path, sealed: SealedKey, kept: Path, known: SealedKey) -> Finding:
    return Finding(
        path,
        "made",
        f"封装于 {sealed.made}，而 {kept} 已有 {known.made} 的另一个密钥：旧文件可能是被人重放的。请索取最新的文件",
        f"was sealed at {sealed.made}, and {kept}, of {known.made}, holds another key: somebody may have sent an old "
        "file again. Ask for the newest",
    )
