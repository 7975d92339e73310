"""How a newcomer shows, before it is a validator, that its node follows the chain.

A client tells its peers nothing that can be relied on of how far it is. So the newcomer sends itself a transaction of
no value, from the very address that it will seal with, which names the newest block that its node knows: whoever has
that block, and finds the transaction soon after it, knows that the holder of the key has a synced node (decision 0267).
It had one then: so a sign soon counts no more, and is given again while the newcomer waits (decision 0292).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.client.rpc import RpcError
from node.client.transactions import transact

if TYPE_CHECKING:
    from node.client.rpc import JsonRpc

MARK: Final = b"huren.presence/1"
SECONDS: Final = 7_200
"""For so long after its block a sign counts, by the chain's clock: members vote on different machines, not in a minute;
a node that was there in the morning may have lost its disk since."""
RENEWED: Final = 3_600
"""A sign that is older the newcomer gives again when it runs its plan."""
DISTANCE: Final = 100
"""A sign is in a block at most so many after the one that it names."""
_NUMBER: Final = 8
_HASH: Final = 32


def announce(rpc: JsonRpc, chain_id: int, node_key: bytes, newest: int, *, seconds: float) -> int:
    """Send the sign as the holder of `node_key` (32 bytes); return the block that it is in.

    Args:
        rpc: the newcomer's own node.
        chain_id: of the chain.
        node_key: of the newcomer.
        newest: the number of the newest final block that the node knows.
        seconds: how long to wait for a block.

    Raises:
        NotMinedError, RpcUnreachable: no block came in `seconds`.
    """
    from eth_account import Account  # noqa: PLC0415 - half a second of every command that announces nothing

    account = Account.from_key(node_key)
    data = message(newest, bytes.fromhex(_block(rpc, newest)["hash"][2:]))
    return transact(rpc, account, chain_id, account.address, data, call="huren.presence", seconds=seconds).block


def message(number: int, block_hash: bytes) -> bytes:
    """Return what a sign says: its mark, the block's number (8 bytes, big-endian) and hash (32)."""
    return MARK + number.to_bytes(_NUMBER, "big") + block_hash


def said(data: bytes) -> tuple[int, bytes] | None:
    """Return the number and hash of the block that a sign names; None where `data` is none."""
    if len(data) != len(MARK) + _NUMBER + _HASH or not data.startswith(MARK):
        return None
    return int.from_bytes(data[len(MARK) : -_HASH], "big"), data[-_HASH:]


def age(rpc: JsonRpc, address: str, *, block_seconds: int) -> int | None:
    """Return how many seconds ago, by the chain's clock, the holder of `address` gave the sign; None: not lately."""
    head = _block(rpc, int(rpc.call("eth_blockNumber"), 16))
    last = int(head["number"], 16)
    where = _last_sent(rpc, address, max(0, last - SECONDS // block_seconds), last)
    if where is None:
        return None
    block = _block(rpc, where, whole=True)
    passed = int(head["timestamp"], 16) - int(block["timestamp"], 16)
    given = any(_holds(rpc, one, where) for one in block["transactions"] if one["from"].lower() == address)
    return passed if given and passed <= SECONDS else None


def _holds(rpc: JsonRpc, transaction: dict[str, Any], where: int) -> bool:
    named = said(bytes.fromhex(transaction["input"][2:]))
    if named is None or not 0 <= where - named[0] <= DISTANCE:
        return False
    return bytes.fromhex(_block(rpc, named[0])["hash"][2:]) == named[1]


def _block(rpc: JsonRpc, number: int, *, whole: bool = False) -> dict[str, Any]:
    """Return a block that this node has; `whole`: with its transactions.

    Raises:
        RpcError: the node does not tell it.
    """
    [found] = rpc.batch([("eth_getBlockByNumber", [hex(number), whole])])
    if isinstance(found, RpcError):
        raise found
    block: dict[str, Any] = found
    return block


def _last_sent(rpc: JsonRpc, address: str, first: int, last: int) -> int | None:
    """Return the block in first + 1 .. last with the newest transaction of `address`, found by its count."""
    count = _sent(rpc, address, last)
    if not count or (_sent(rpc, address, first) or 0) >= count:
        return None
    while last - first > 1:
        middle = (first + last) // 2
        if (_sent(rpc, address, middle) or 0) >= count:
            last = middle
        else:
            first = middle
    return last


def _sent(rpc: JsonRpc, address: str, block: int) -> int | None:
    """Return how many transactions `address` had sent at `block`; None where the node keeps its state no more."""
    try:
        return int(rpc.call("eth_getTransactionCount", address, hex(block)), 16)
    except RpcError:
        return None
