"""Transactions as they go over the wire: legacy type with chain id, gas price 0 (consortium networks are free of fees).

Source: EIP-155 (chain id in the signature), Ethereum JSON-RPC.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import Said, cause_of
from gateway.ledger.calls import ChainCalls, block_ref, revert_of
from gateway.ledger.errors import ChainUnavailable
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from node.client.abi import ContractRevert

_ALREADY_THERE = ("already known", "known transaction", "already imported", "nonce too low", "replacement transaction")
"""How nodes say that they have this transaction, or have mined one with its nonce: the receipt decides."""
BEHIND_SECONDS = 60
"""How old the newest block may be where blocks tell the time. A node that is behind (its disk was lost, it was cut off)
knows neither what has been done nor what a contract would say now: whoever asked it would refuse, or repeat."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """What the sender must know before it acts: its own next nonce, what is final, how large a block may be.

    `head` is the newest block's hash: while it is the same, nothing that was mined has become anything else.
    """

    next_nonce: int
    latest: int
    head: bytes
    final: int
    final_nonce: int
    gas_limit: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction, ready to be kept and sent."""

    nonce: int
    raw: bytes
    hash: bytes


def chain_state(calls: ChainCalls, sender: str) -> ChainState:
    """Return the chain as `sender` (0x hex) finds it.

    Raises:
        ChainUnavailable: no answer, or the node's newest block is so old that its answers are not the chain's.
    """
    final = calls.final_block()
    latest, latest_nonce, final_nonce = calls.requests(
        [
            ("eth_getBlockByNumber", ["latest", False]),
            ("eth_getTransactionCount", [sender, "latest"]),
            ("eth_getTransactionCount", [sender, hex(final.number)]),
        ]
    )
    for answer in (latest, latest_nonce, final_nonce):
        if answer is None or isinstance(answer, RpcError):
            raise ChainUnavailable(cause_of(answer))
    newest = block_ref(latest)
    age = int(time.time()) - newest.time
    if calls.deployment.finality.wall_clock and age > BEHIND_SECONDS:
        raise ChainUnavailable(
            Said(f"最新区块是 {age} 秒前的，链已停止或节点落后", f"the newest block is {age} s old: halted, or behind")
        )
    try:
        return ChainState(
            next_nonce=int(latest_nonce, 16),
            latest=newest.number,
            head=newest.hash,
            final=final.number,
            final_nonce=int(final_nonce, 16),
            gas_limit=int(latest["gasLimit"], 16),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ChainUnavailable(cause_of([latest_nonce, final_nonce, latest])) from error


def sign(account: LocalAccount, chain_id: int, nonce: int, target: bytes, call: bytes, gas: int) -> Signed:
    """Sign a legacy transaction of `account`."""
    signed = account.sign_transaction(
        {
            "nonce": nonce,
            "gasPrice": 0,
            "gas": gas,
            "to": target,
            "value": 0,
            "data": call,
            "chainId": chain_id,
        }
    )
    return Signed(nonce, bytes(signed.raw_transaction), bytes(signed.hash))


def send(calls: ChainCalls, raws: Sequence[bytes]) -> list[str]:
    """Send signed transactions in one request; return per transaction what the node objects to, "" where nothing."""
    answers = calls.requests([("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in raws])
    return [_objection(answer) for answer in answers]


def replay(calls: ChainCalls, sender: str, target: bytes, call: bytes, block: int) -> ContractRevert | None:
    """Return why a call that reverted in `block` did: tried on the state before that block, then on the one after."""
    what = {"from": sender, "to": "0x" + target.hex(), "data": "0x" + call.hex()}
    for answer in calls.requests([("eth_call", [what, hex(at)]) for at in (max(block - 1, 0), block)]):
        revert = revert_of(answer) if isinstance(answer, RpcError) else None
        if revert is not None:
            return revert
    return None


def _objection(answer: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(answer, RpcError) or any(words in answer.message.lower() for words in _ALREADY_THERE):
        return ""
    return str(answer)
