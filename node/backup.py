"""What of a member's folder goes into its backup, and what comes back.

    back_up(layout, path, recipients, now=now)
    restore(path, secret, into, digest=None)

Everything below the folder, sealed to the recipients: keys first of all. The chain's data and the Kubo repository stay
out, since the other members hold both and a new folder fetches them; only the embedded engine, which has no other
members, has its state included, whole as of the last second. A trial's passphrase is included, a real one is nobody's
to find here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from node.client.archive import reading, writing
from node.client.archive.values import Source
from node.client.errors import NodeError
from node.description import AnvilEngine, read
from node.engines.anvil import STATE
from node.engines.keeper import whole
from node.local import read as read_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from node.client.archive.values import Contents
    from node.layout import Layout

KIND: Final = "node"
_OF_OTHERS: Final = frozenset({"chain", "ipfs", "run"})
"""Folders of a member that the others hold as well, or that mean nothing elsewhere."""


class StateBetweenTwoError(NodeError):
    """The embedded chain's state at `path` is being written, and there is no kept copy of it yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"链数据 {path} 正在写入，尚无完整副本。请几秒后重试",
            f"the chain's state {path} is being written, and there is no whole copy yet. Try again in a few seconds",
        )
        self.path = path


def back_up(layout: Layout, path: Path, recipients: Sequence[bytes], *, now: int) -> Contents:
    """Write a backup of the member's folder to `path`; what runs there goes on.

    Args:
        layout: the folder.
        path: where the backup goes; mode 0600, never over another file.
        recipients: X25519 public keys, 32 bytes each.
        now: seconds since 1970.

    Raises:
        NodeError, OSError: nothing was written.
    """
    description = read(layout.description)
    embedded = isinstance(description.engine, AnvilEngine)
    facts = {
        "network": description.name,
        "chainId": description.chain_id,
        "engine": description.engine.kind,
        "province": read_local(layout.local).province if layout.local.exists() else None,
        "chain": "included" if embedded else "fetched from the other members",
    }
    return writing.write(path, recipients, KIND, facts, _sources(layout, path, trial=description.trial), now=now)


def restore(path: Path, secret: bytes, into: Path, *, digest: str | None = None) -> Contents:
    """Restore the backup of a member's folder into the new folder `into`, whole or not at all.

    Raises:
        node.client.archive.errors.ArchiveError: it is not whole, not for this key, not a node's.
    """
    return reading.restore(path, secret, into, KIND, digest=digest)


def _sources(layout: Layout, path: Path, *, trial: bool) -> Iterator[Source]:
    never = {path.resolve()} if trial else {path.resolve(), layout.passphrase.resolve()}
    yield from _below(layout.folder, "", never)
    state = layout.chain / STATE
    if state.exists():
        yield Source(f"chain/{STATE}", lambda: _whole(state))
        clock = layout.chain / "clock.json"
        if clock.exists():
            yield Source("chain/clock.json", clock)


def _below(folder: Path, prefix: str, never: set[Path]) -> Iterator[Source]:
    member = (folder / "network.toml").exists()
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or (member and entry.name in _OF_OTHERS) or entry.resolve() in never:
            continue
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/", never)
        elif entry.is_file():
            yield Source(prefix + entry.name, entry)


def _whole(state: Path) -> bytes:
    """The state as anvil last wrote it whole: of the file itself, or of its kept copy while that is being written."""
    for candidate in (state, state.with_name(f"{state.stem}.kept{state.suffix}")):
        content = whole(candidate)
        if content is not None:
            return content
    raise StateBetweenTwoError(state)
