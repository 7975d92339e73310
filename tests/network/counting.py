"""Counting on the chain what a kill left, and what there is once the same was done again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from anchored import anchored_leaves

from node.client.abi import interface
from node.client.artifact import load
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from pathlib import Path

    from stage import Stage

SEND, RECEIPT = "eth_sendRawTransaction", "eth_getTransactionReceipt"
FEW, MANY = 240, 4_200
"""Rows: of a roster minted in the process itself, and of one minted by workers."""


def selector(function: str, contract: str = "CredentialRegistry") -> str:
    """Of a function of a contract, as a transaction's data begins: hexadecimal."""
    return interface(load(contract)).functions[function].selector.hex()


def issue_words(roster: Path, *more: str) -> tuple[str, ...]:
    """``issue`` as an officer who has looked at the roster types it."""
    return ("issue", str(roster), "--yes", *more)


def next_block(stage: Stage) -> None:
    """Wait until the chain has made another block: what was sent is mined by then."""
    with JsonRpc(stage.rpc_url) as rpc:
        block = int(rpc.call("eth_blockNumber"), 16)
        deadline = time.monotonic() + 30
        while int(rpc.call("eth_blockNumber"), 16) == block:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def after_the_kill(stage: Stage, province: int, before: int) -> int:
    """Leaves more than before, whatever was on its way to the node having come."""
    next_block(stage)
    return len(anchored_leaves(stage)[province]) - before


def assert_once(stage: Stage, province: int, before: int, rows: int) -> str:
    """Exactly ``rows`` leaves more than before are on the chain, each once; returns what was counted."""
    leaves = anchored_leaves(stage)[province]
    assert len(leaves) - before == rows
    assert len(set(leaves)) == len(leaves)
    return f"{rows} of {rows} leaves, each once"
