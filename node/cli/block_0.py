"""Block 0 as this folder holds it, for the commands that bind something to a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from node.client.errors import NodeError

if TYPE_CHECKING:
    from pathlib import Path

    from node.layout import Layout


class GenesisFileError(NodeError):
    """genesis.json at `path` cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"创世文件 {path} 无法使用（{why}）。请先运行 huren-node network assemble，或向其他成员索取",
            f"cannot use {path} ({why}). Run huren-node network assemble first, or ask another member for it",
        )
        self.path = path


def hash_of_block_0(layout: Layout) -> str:
    """Return the hash of the block 0 that this folder holds.

    Raises:
        GenesisFileError: it holds none.
    """
    from node.genesis import genesis_hash  # noqa: PLC0415 - it takes a second to import, and not every command needs it

    try:
        return genesis_hash(orjson.loads(layout.genesis.read_bytes()))
    except OSError as error:
        raise GenesisFileError(layout.genesis, error.strerror or "unreadable") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GenesisFileError(layout.genesis, str(error)) from error
