"""Receipts of transactions, few or by the thousand.

A node that is asked for one receipt reads the whole block it lies in. Whoever wants a thousand of one block asks for
the block's (eth_getBlockReceipts) instead: one reading, not a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import cause_of
from gateway.ledger.errors import ChainUnavailable
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.calls import ChainCalls

MANY = 16
"""From so many on it pays to ask for a block's receipts."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a transaction was mined, and whether the contract went along."""

    block: int
    succeeded: bool
    gas_used: int


def receipts(calls: ChainCalls, hashes: Sequence[bytes]) -> list[Receipt | None]:
    """Return the receipts of transactions, None where there is none (pending, dropped, or replaced).

    Raises:
        ChainUnavailable: no answer; also while a node that has just started is still indexing its transactions (geth).
    """
    found: dict[bytes, Receipt | None] = {}
    missing = list(hashes)
    while len(missing) >= MANY:
        before = len(found)
        found |= _of_its_block(calls, missing[0], set(missing))
        missing = [digest for digest in missing if digest not in found]
        if len(found) - before < MANY:
            break  # they lie scattered, or the node gives no receipts by the block
    answers = calls.requests([("eth_getTransactionReceipt", ["0x" + digest.hex()]) for digest in missing])
    found |= {digest: _receipt(answer) for digest, answer in zip(missing, answers, strict=True)}
    return [found[digest] for digest in hashes]


def _of_its_block(calls: ChainCalls, digest: bytes, wanted: set[bytes]) -> dict[bytes, Receipt | None]:
    """The receipts of all of `wanted` that lie in the block of `digest`; none where it has none itself."""
    [answer] = calls.requests([("eth_getTransactionReceipt", ["0x" + digest.hex()])])
    first = _receipt(answer)
    if first is None:
        return {}
    [block] = calls.requests([("eth_getBlockReceipts", [hex(first.block)])])
    if not isinstance(block, list):
        return {digest: first}
    try:
        of_block = {bytes.fromhex(each["transactionHash"][2:]): each for each in block}
    except (KeyError, TypeError, ValueError) as error:
        raise ChainUnavailable(cause_of(block, "eth_getBlockReceipts")) from error
    return {ours: _receipt(of_block[ours]) for ours in wanted & of_block.keys()}


def _receipt(answer: Any) -> Receipt | None:  # noqa: ANN401 - JSON
    if isinstance(answer, RpcError):
        raise ChainUnavailable(cause_of(answer, "eth_getTransactionReceipt"))
    try:
        if answer is None or answer["blockNumber"] is None:
            return None
        return Receipt(int(answer["blockNumber"], 16), answer["status"] == "0x1", int(answer["gasUsed"], 16))
    except (KeyError, TypeError, ValueError) as error:
        raise ChainUnavailable(cause_of(answer, "eth_getTransactionReceipt")) from error
