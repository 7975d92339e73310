"""The receipts of a block: the root over them, which the header commits to, computed anew from what a node serves.

    receipts_root(rpc.call("eth_getBlockReceipts", "0x10")) == header.receipts_root

A log that was left out, added or altered among them gives another root. Sources: Ethereum Yellow Paper, section 4.3.1;
EIP-658 (status), EIP-2718 (typed receipts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.errors import CANNOT, DomainError
from gateway.domain.rlp import Item, encode, integer
from gateway.domain.trie import Trie

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ReceiptMalformed(DomainError):
    """What a node gave as a transaction's receipt is none."""

    code = "block_receipts.malformed"
    exit_code = CANNOT
    zh = "交易回执格式不正确：{value}"
    en = "not a transaction's receipt: {value}"
    hint_zh = "节点的回答不可用；请换一个节点"
    hint_en = "the node's answer cannot be used; ask another node"


def receipts_root(receipts: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the root of a block's receipts (JSON-RPC objects, in the order of their transactions): 32 bytes.

    Raises:
        ReceiptMalformed: a field lacks or is not what it should be.
    """
    return Trie({encode(integer(number)): _encoded(receipt) for number, receipt in enumerate(receipts)}).root


def _encoded(receipt: Mapping[str, Any]) -> bytes:
    try:
        outcome = bytes.fromhex(receipt["root"][2:]) if receipt.get("root") else integer(int(receipt["status"], 16))
        logs: list[Item] = [_log(log) for log in receipt["logs"]]
        content: list[Item] = [
            outcome,
            integer(int(receipt["cumulativeGasUsed"], 16)),
            bytes.fromhex(receipt["logsBloom"][2:]),
            logs,
        ]
        kind = integer(int(receipt.get("type") or "0x0", 16))
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiptMalformed(f"{type(error).__name__}: {error}") from error
    return kind + encode(content)


def _log(log: Mapping[str, Any]) -> Item:
    topics: list[Item] = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    return [bytes.fromhex(log["address"][2:]), topics, bytes.fromhex(log["data"][2:])]
