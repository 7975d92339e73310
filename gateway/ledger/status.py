"""Suspending, reinstating and revoking, one credential or ten thousand, by the outbox.

    plan = planner.plan(hashes, Status.REVOKED)
    ids = StatusChanger(database, manifests, directory, sender, gas).queue(plan, Status.REVOKED, Reason.ERROR)

The leaves of a batch go into as few transactions as fit: each is one multiproof, planned to use at most `gas` and at
most `CALL_BYTES` of calldata. Asking again changes nothing: a leaf already in that state is not asked for, and a
transaction on its way has the same dedupe key, made of the leaves and of since when they are in their present state.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import AGAINST, HurenError
from gateway.domain.hashing import sha256
from gateway.domain.manifest import cid_of, parse_manifest
from gateway.ledger.outbox import Intent, enqueue
from gateway.ledger.reader import CREDENTIALS, institution_word
from gateway.ledger.values import Reason, Status
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.domain.tree import MerkleTree, Multiproof
    from gateway.ledger.status_plan import BatchChanges, LeafChange, StatusPlan
    from gateway.store.engine import Database
    from node.client.directory import Contracts

KIND = "status"
CALL_BYTES = 120_000
"""Calldata of one transaction at most: geth's pool refuses transactions above 128 KiB."""
# What a transaction was measured to cost (EVM berlin), rounded up; a test holds the model against the chain.
_GAS_BASE = 120_000
_GAS_LEAF = 46_000
_GAS_NODE = 1_500
_GAS_BASE_EACH_PREDECESSOR = 20_000
_GAS_LEAF_EACH_PREDECESSOR = 7_000


class StatusReason(HurenError):
    """A reason that does not go with the status."""

    code = "ledger.status_reason"
    exit_code = AGAINST
    zh = "原因“{value}”不能用于“{status}”"
    en = "the reason {value!r} does not go with {status!r}"
    hint_zh = "恢复不需要原因；暂停和吊销须为 error、withdrawn 或 fraud"
    hint_en = "reinstating takes none; suspending and revoking take error, withdrawn or fraud"


class Manifests(Protocol):
    """Where this gateway's own manifests lie."""

    def get(self, cid: str) -> bytes:
        """The bytes of a CID, checked against it."""


@dataclass(frozen=True, slots=True)
class QueuedChange:
    """A transaction of a change: its outbox entry, and the rows it settles."""

    entry: int
    institution: str
    root: bytes
    rows: tuple[int, ...]


def check_reason(status: Status, reason: Reason) -> None:
    """Refuse what the contract refuses.

    Raises:
        StatusReason: a reason for "valid", none for the others, or "superseded", which a reissue alone sets.
    """
    if reason is Reason.SUPERSEDED or (reason is Reason.NONE) != (status is Status.VALID):
        raise StatusReason(reason.name.lower(), status=status.name.lower())


class StatusChanger:
    """Turns plans into transactions."""

    def __init__(self, database: Database, manifests: Manifests, contracts: Contracts, sender: bytes, gas: int) -> None:
        """Queue for `sender` (20 bytes), each transaction planned for `gas` at most (limits.transaction_gas)."""
        self._database = database
        self._manifests = manifests
        self._target = bytes.fromhex(contracts.address(CREDENTIALS)[2:])
        self._predecessors = contracts.version(CREDENTIALS) - 1
        self._sender = sender
        self._gas = gas

    def queue(self, plan: StatusPlan, status: Status, reason: Reason) -> list[QueuedChange]:
        """Queue the transactions of `plan`, all or none, and return them.

        Raises:
            StatusReason: see `check_reason`.
        """
        check_reason(status, reason)
        made: list[tuple[Intent, BatchChanges, Sequence[LeafChange]]] = []
        for batch in plan.batches:
            tree = parse_manifest(self._manifests.get(cid_of(batch.manifest))).tree
            for leaves, call, gas in self._calls(tree, batch, batch.leaves, status, reason):
                intent = self._intent(batch, leaves, call, status, reason)
                made.append((replace(intent, payload={**intent.payload, "gas": gas}), batch, leaves))
        with self._database.write() as connection:
            ids = enqueue(connection, self._sender, [intent for intent, _, _ in made], now=int(time.time()))
        return [
            QueuedChange(entry, batch.institution, batch.root, tuple(leaf.row for leaf in leaves))
            for entry, (_, batch, leaves) in zip(ids, made, strict=True)
        ]

    def _calls(
        self, tree: MerkleTree, batch: BatchChanges, leaves: Sequence[LeafChange], status: Status, reason: Reason
    ) -> Iterator[tuple[Sequence[LeafChange], bytes, int]]:
        """Yield (leaves, calldata, gas), cut in halves until each fits. Neighbours share siblings, so order is kept."""
        proof = tree.multiproof([leaf.leaf for leaf in leaves])
        call = encode_call(
            load(CREDENTIALS),
            "setStatus",
            institution_word(batch.institution),
            batch.root,
            [(leaf.commitment, leaf.facts) for leaf in leaves],
            list(proof.proof),
            list(proof.flags),
            status,
            reason,
        )
        gas = gas_of(proof, self._predecessors)
        if len(leaves) > 1 and (gas > self._gas or len(call) > CALL_BYTES):
            middle = len(leaves) // 2
            for half in (leaves[:middle], leaves[middle:]):
                yield from self._calls(tree, batch, half, status, reason)
        else:
            yield leaves, call, gas

    def _intent(
        self, batch: BatchChanges, leaves: Sequence[LeafChange], call: bytes, status: Status, reason: Reason
    ) -> Intent:
        seed = [batch.institution.encode(), batch.root, bytes((status, reason))]
        seed += [leaf.leaf + leaf.before.since.to_bytes(8, "big") for leaf in leaves]
        return Intent(
            kind=KIND,
            dedupe_key=f"{KIND}:{sha256(b''.join(seed)).hex()}",
            target=self._target,
            call=call,
            payload={
                "institution": batch.institution,
                "root": batch.root.hex(),
                "status": int(status),
                "reason": int(reason),
                "leaves": len(leaves),
            },
        )


def gas_of(proof: Multiproof, predecessors: int = 0) -> int:
    """Return what changing these leaves is planned to cost: per leaf its state, event and head; per node its hash.

    What a registry never wrote it asks of its `predecessors`, one after the other: the batch once, each leaf by itself.
    """
    base = _GAS_BASE + _GAS_BASE_EACH_PREDECESSOR * predecessors
    leaf = _GAS_LEAF + _GAS_LEAF_EACH_PREDECESSOR * predecessors
    return base + leaf * len(proof.leaves) + _GAS_NODE * len(proof.flags)
