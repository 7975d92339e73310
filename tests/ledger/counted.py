"""A contract that counts, and the outbox that calls it: slot k holds how often call k was executed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_account import Account

from gateway.ledger.calls import ChainCalls
from gateway.ledger.outbox import Intent, counts, enqueue
from gateway.ledger.sender import Sender
from node.client.deployment import Deployment, Finality

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gateway.ledger.settlement import Endings
    from gateway.store.engine import Database
    from tests.ledger.conftest import Chain


# counter[calldata word 0] += 1;  reverts where the word is zero
_RUNTIME = "600035801560105780546001019055005b600080fd"
CREATION = "74" + _RUNTIME + "6000526015600bf3"
CHAIN_ID = 31_337
PATIENCE = 240
"""Seconds that a busy machine may take for what a quiet one does in one."""
ACCOUNT = Account.from_key(b"\x07" * 32)


def deployment(chain: Chain, confirmations: int = 0) -> Deployment:
    finality = Finality(kind="depth" if confirmations else "instant", confirmations=confirmations)
    return Deployment(CHAIN_ID, "test", chain.genesis_hash, 0, finality, {}, {})


class Asked(ChainCalls):
    """Counts requests by method."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(chain.rpc, deployment(chain))
        self.methods: list[str] = []

    def requests(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        self.methods += [method for method, _ in requests]
        return super().requests(requests)


def intent(counter: bytes, number: int) -> Intent:
    return Intent("count", f"count:{number}", counter, number.to_bytes(32, "big"), {"number": number})


def queue(database: Database, counter: bytes, numbers: range) -> list[int]:
    with database.write() as connection:
        return enqueue(connection, bytes.fromhex(ACCOUNT.address[2:]), [intent(counter, n) for n in numbers], now=1)


def sender(
    database: Database, chain: Chain, tmp_path: Path, confirmations: int = 0, endings: Endings | None = None
) -> Sender:
    calls = ChainCalls(chain.rpc, deployment(chain, confirmations))
    return Sender(database, calls, ACCOUNT, locks=tmp_path / "locks", endings=endings)


def executed(chain: Chain, counter: bytes, numbers: range) -> list[int]:
    requests = [("eth_getStorageAt", ["0x" + counter.hex(), hex(n), "latest"]) for n in numbers]
    return [int(answer, 16) for answer in chain.rpc.batch(requests)]


def states(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {state: number for state, number in counts(connection).items() if number}
