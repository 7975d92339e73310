"""Sending a transaction and waiting for what became of it: for acts of law, one at a time, not for the outbox.

Transactions are legacy ones with a chain id (EIP-155) and gas price 0, which every engine of the consortium mines.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from node.client.abi import decode_revert
from node.client.errors import NodeError
from node.client.hashing import checksummed
from node.client.reverts import ContractReverted
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from node.client.rpc import JsonRpc

REVERTED = 3
"""The JSON-RPC code of a call that a contract refused (EIP-1474 leaves it open; every engine uses 3)."""
RECEIPT_POLL = 0.05
WAIT = 120.0


class NotMinedError(NodeError):
    """The transaction was accepted, but no block held it within the time allowed. It may still come."""

    def __init__(self, transaction: str, seconds: float) -> None:
        super().__init__(
            f"交易 {transaction} 在 {seconds:.0f} 秒内未被打包，可能稍后生效，请勿重复操作前先查询",
            f"transaction {transaction} was not mined in {seconds:.0f} s; it still may be: look before acting again",
        )
        self.transaction = transaction
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction: hash, block, block hash, gas used, address created (if any), logs."""

    transaction: str
    block: int
    block_hash: str
    gas_used: int
    created: str | None
    logs: list[dict[str, Any]] = field(repr=False)


def estimate(rpc: JsonRpc, sender: str, to: str | None, data: bytes, *, call: str) -> int:
    """Return the gas to offer: the node's estimate and a quarter more, within the block's limit.

    `call` names the call in the error.

    Raises:
        ContractReverted: the call would revert, and why.
    """
    transaction = {"from": sender, "data": "0x" + data.hex(), **({"to": to} if to else {})}
    needed, block = rpc.batch([("eth_estimateGas", [transaction]), ("eth_getBlockByNumber", ["latest", False])])
    if isinstance(needed, RpcError):
        raise reverted(call, needed) from needed
    if isinstance(block, RpcError):
        raise block
    gas = int(needed, 16)
    return max(gas, min(gas + gas // 4, int(block["gasLimit"], 16)))


def reverted(call: str, error: RpcError) -> NodeError:
    """Return the contract's own reason where `error` holds one, else `error` itself."""
    data = error.data if isinstance(error.data, str) else None
    if error.code == REVERTED or data is not None:
        return ContractReverted(call, decode_revert(data))
    return error


def submit(rpc: JsonRpc, account: LocalAccount, chain_id: int, to: str | None, data: bytes, *, gas: int) -> str:
    """Sign and send one transaction with the account's next nonce, and return its hash (0x-hex) without waiting."""
    nonce = int(rpc.call("eth_getTransactionCount", account.address, "pending"), 16)
    return submit_with_nonce(rpc, account, chain_id, to, data, gas=gas, nonce=nonce)


def submit_with_nonce(
    rpc: JsonRpc, account: LocalAccount, chain_id: int, to: str | None, data: bytes, *, gas: int, nonce: int
) -> str:
    """Sign and send one transaction with the nonce given, and return its hash (0x-hex) without waiting."""
    fields: dict[str, Any] = {
        "nonce": nonce,
        "gasPrice": 0,
        "gas": gas,
        "value": 0,
        "data": data,
        "chainId": chain_id,
        "to": checksummed(to) if to else b"",
    }
    signed = account.sign_transaction(fields)
    return cast("str", rpc.call("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex()))


def wait(rpc: JsonRpc, transaction: str, *, seconds: float = WAIT) -> Receipt | None:
    """Wait until `transaction` is in a block; return its receipt, or None where it was mined and reverted.

    Raises:
        NotMinedError: no block held it within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = rpc.call("eth_getTransactionReceipt", transaction)
        except RpcError:
            found = None  # geth, right after a start: "transaction indexing is in progress"
        if found is not None:
            return _receipt(found)
        if time.monotonic() >= deadline:
            raise NotMinedError(transaction, seconds)
        time.sleep(RECEIPT_POLL)


def _receipt(found: dict[str, Any]) -> Receipt | None:
    if int(found["status"], 16) != 1:
        return None
    return Receipt(
        transaction=found["transactionHash"],
        block=int(found["blockNumber"], 16),
        block_hash=found["blockHash"],
        gas_used=int(found["gasUsed"], 16),
        created=found["contractAddress"].lower() if found.get("contractAddress") else None,
        logs=found["logs"],
    )


def transact(
    rpc: JsonRpc, account: LocalAccount, chain_id: int, to: str, data: bytes, *, call: str, seconds: float = WAIT
) -> Receipt:
    """Send one call and wait for its receipt. `call` names it in errors, such as "accredit".

    Raises:
        ContractReverted: the contract refuses it (nothing was sent) or refused it in the block.
        NotMinedError: no block held it within `seconds`.
    """
    gas = estimate(rpc, account.address, to, data, call=call)
    receipt = wait(rpc, submit(rpc, account, chain_id, to, data, gas=gas), seconds=seconds)
    if receipt is None:
        # Between the estimate and the block something changed: asked again, the contract says what.
        estimate(rpc, account.address, to, data, call=call)
        raise ContractReverted(call, decode_revert(None))
    return receipt
