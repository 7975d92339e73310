"""The state file of the embedded engine: whole, or mended from the kept copy, or named as damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.errors import NodeError
from node.engines.keeper import whole

if TYPE_CHECKING:
    from pathlib import Path


class ChainStateDamagedError(NodeError):
    """Neither the state file at `path` nor its kept copy is whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"链数据 {path} 及其副本均已损坏。请从备份恢复，或移走该目录以新建一条链",
            f"the chain's state {path} and its copy are both damaged. Restore a backup, or move it away to begin anew",
        )
        self.path = path


def recover(state: Path, kept: Path) -> bool:
    """Make `state` whole, from `kept` if need be, before an engine reads it; return whether `kept` was needed.

    No state at all is a new chain, unless there is a copy: then it is that chain's.

    Raises:
        ChainStateDamagedError: there was a chain, and no whole copy of it.
    """
    if whole(state) is not None:
        return False
    copy = whole(kept)
    if copy is None:
        if not kept.exists() and (not state.exists() or state.stat().st_size == 0):
            state.unlink(missing_ok=True)  # killed before its first block was written: there never was a chain
            return False
        raise ChainStateDamagedError(state)
    fresh = state.with_name(f"{state.name}.new")
    fresh.write_bytes(copy)
    fresh.replace(state)
    return True
