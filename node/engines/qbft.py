"""What a Besu that runs QBFT answers, read (EIP-650's descendant; Besu's proposers go round by one a block)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from node.engines.protocol import Sealed

if TYPE_CHECKING:
    from collections.abc import Sequence


def validators(answer: Sequence[str]) -> tuple[str, ...]:
    """Read qbft_getValidatorsByBlockNumber: ascending, lower-case hex."""
    return tuple(sorted(address.lower() for address in answer))


def sealed(blocks: Sequence[dict[str, Any]], members: Sequence[str]) -> tuple[Sealed, ...]:
    """Return who proposed each block but the first, which says only whose turn it was after it.

    Args:
        blocks: consecutive blocks as JSON-RPC tells them, oldest first; `miner` is the proposer.
        members: the validators, ascending.
    """
    return tuple(
        Sealed(
            number=int(block["number"], 16),
            block_hash=str(block["hash"]),
            time=int(block["timestamp"], 16),
            sealer=str(block["miner"]).lower(),
            turn=next_proposer(str(before["miner"]).lower(), members) or str(block["miner"]).lower(),
        )
        for before, block in itertools.pairwise(blocks)
    )


def next_proposer(last: str, members: Sequence[str]) -> str | None:
    """Return whose turn is after `last` proposed: the next greater address, or the first; None without members."""
    if not members:
        return None
    return next((member for member in members if member > last), members[0])
