"""What the chain holds of a centre since a block: the transactions of its accounts, the batches of its province."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from gateway.domain import rlp
from gateway.domain.errors import cause_of
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.reader import CREDENTIALS, institution_text
from gateway.store.models import Batch
from node.client.abi import decode_log, event_topic, interface
from node.client.artifact import CONTRACTS, load
from node.client.hashing import keccak256
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

_TOGETHER: Final = 100
"""Blocks asked for in one request."""
_SELECTOR: Final = 4


@dataclass(frozen=True, slots=True)
class OnChain:
    """A transaction of one of our accounts in a final block: what it does, and as it was signed (legacy; else None)."""

    sender: bytes
    nonce: int
    target: bytes
    call: bytes
    raw: bytes | None
    hash: bytes
    function: str


@dataclass(frozen=True, slots=True)
class LostBatch:
    """A batch that this province anchored and whose rows the database lacks: `leaves` credentials, in `block`."""

    institution: str
    root: bytes
    leaves: int
    block: int


def sent_since(calls: ChainCalls, known: Mapping[bytes, int], first: int, last: int) -> list[OnChain]:
    """Return the transactions of our accounts in blocks first..last, in the order of the chain.

    Args:
        calls: the chain.
        known: by account (20 bytes), the nonce after the highest that its outbox has given out.
        first: the block after the last one of before.
        last: the newest final block. Blocks are read until all nonces beyond the known ones are found.

    Raises:
        ChainUnavailable: no answer.
    """
    nonces = {one: _nonce(calls, one, last) for one in known}
    lacking = {one: nonces[one] - next_one for one, next_one in known.items() if nonces[one] > next_one}
    names = _functions()
    found: list[OnChain] = []
    for start in range(first, last + 1, _TOGETHER):
        if not lacking:
            break
        numbers = range(start, min(start + _TOGETHER, last + 1))
        answers = calls.requests([("eth_getBlockByNumber", [hex(number), True]) for number in numbers])
        for block in answers:
            if block is None or isinstance(block, RpcError):
                raise ChainUnavailable(cause_of(block, "eth_getBlockByNumber"))
            for told in block["transactions"]:
                sender = bytes.fromhex(told["from"][2:])
                if sender not in known:
                    continue
                one = _transaction(sender, told, names)
                found.append(one)
                if sender in lacking and one.nonce >= known[sender]:
                    lacking[sender] -= 1
                    lacking = {account: number for account, number in lacking.items() if number}
    return found


def lost_batches(
    calls: ChainCalls, database: Database, province: int, first: int, final: BlockRef
) -> tuple[LostBatch, ...]:
    """Return the batches that `province` anchored from block `first` on and the database has no rows of.

    Raises:
        ChainUnavailable: no answer.
    """
    artifact = load(CREDENTIALS)
    topics = [event_topic(artifact, "Anchored"), "0x" + province.to_bytes(32, "big").hex()]
    wanted = {
        "address": list(calls.listing().ever(CREDENTIALS)),
        "fromBlock": hex(min(first, final.number)),
        "toBlock": hex(final.number),
        "topics": topics,
    }
    events = [decode_log(artifact, log) for log in calls.request("eth_getLogs", wanted)]
    with database.read() as connection:
        rows = connection.execute(select(Batch.institution, Batch.root)).all()
    known = {(institution, bytes(root)) for institution, root in rows}
    anchored = [(institution_text(event.args["institution"]), event) for event in events]
    return tuple(
        LostBatch(institution, event.args["root"], event.args["leafCount"], event.block)
        for institution, event in anchored
        if (institution, event.args["root"]) not in known
    )


def _nonce(calls: ChainCalls, account: bytes, block: int) -> int:
    return int(calls.request("eth_getTransactionCount", "0x" + account.hex(), hex(block)), 16)


def _transaction(sender: bytes, told: dict[str, Any], names: dict[bytes, str]) -> OnChain:
    """Make the signed bytes again (EIP-155, legacy) and hold them against the hash; none where they do not fit.

    An outbox signs legacy transactions alone: one of another type is somebody else's work with our key.
    """
    numbers = [_integer(told[name]) for name in ("nonce", "gasPrice", "gas")]
    call = bytes.fromhex(told["input"][2:])
    target = bytes.fromhex((told["to"] or "0x")[2:])
    signature = [_integer(told[name]) for name in ("v", "r", "s")]
    raw = rlp.encode([*numbers, target, _integer(told["value"]), call, *signature])
    digest = bytes.fromhex(told["hash"][2:])
    function = names.get(call[:_SELECTOR], "0x" + call[:_SELECTOR].hex())
    signed = raw if keccak256(raw) == digest else None
    return OnChain(sender, int(told["nonce"], 16), target, call, signed, digest, function)


def _integer(text: str) -> bytes:
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _functions() -> dict[bytes, str]:
    """The names of the contracts' functions by their selectors."""
    found = {name: interface(load(name)).selectors for name in CONTRACTS}
    return {
        bytes(selector): f"{name}.{signature.partition('(')[0]}"
        for name, selectors in found.items()
        for selector, signature in selectors.items()
    }
