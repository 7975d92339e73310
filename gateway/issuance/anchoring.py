"""From a batch that is fact to its anchor: the outbox entry, its end, and what the chain then holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import update

from gateway.issuance.ports import AnchoredBatch
from gateway.ledger.anchoring import AnchorTerms, anchor_intent
from gateway.ledger.outbox import enqueue
from gateway.store.models import Batch, BatchState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gateway.issuance.ports import BatchDraft, SignedApproval
    from gateway.ledger.settlement import Settlement
    from gateway.ledger.values import Anchor, BlockRef


@dataclass(frozen=True, slots=True)
class OutboxAnchors:
    """Queues anchors in the outbox of one operator."""

    sender: bytes
    """20 bytes: the operator's address."""

    def queue(self, connection: Connection, batch_id: int, draft: BatchDraft, approval: SignedApproval) -> int:
        """Queue ``anchor(batch, approval)``; the same batch asked for twice is one entry, whose id is returned."""
        terms = AnchorTerms(
            draft.institution,
            draft.root,
            draft.manifest,
            draft.leaf_count,
            approval.deadline,
            approval.signatures,
        )
        intent = anchor_intent(terms, batch_id)
        return enqueue(connection, self.sender, [intent], now=int(time.time()))[0]


def settled(connection: Connection, settlement: Settlement) -> None:
    """Tell a batch that its anchor is final, or was refused: the outbox's handler for entries of kind "anchor"."""
    values: dict[str, object]
    if settlement.refusal is None:
        values = {
            "state": BatchState.ANCHORED,
            "anchored_at": int(time.time()),
            "anchored_block": settlement.block,
            "error": None,
        }
    else:
        values = {"state": BatchState.FAILED, "error": settlement.refusal.to_text()}
    connection.execute(update(Batch).where(Batch.id == settlement.payload["batch"]).values(**values))


class AnchorReader(Protocol):
    """Anchors as the chain, or the index of it, tells them, and where the registry was when."""

    def final_block(self) -> BlockRef:
        """The newest final block."""

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:
        """The anchors of (institution, root) pairs at ``block``."""

    def registry_at(self, time: int) -> bytes:
        """The address (20 bytes) of the CredentialRegistry in force at ``time``, seconds."""


class LedgerAnchors:
    """An ``AnchorBook`` that asks the ledger."""

    def __init__(self, reader: AnchorReader, chain_id: int) -> None:
        self._reader = reader
        self.chain_id = chain_id

    def anchored(self, institution: str, root: bytes) -> AnchoredBatch | None:
        """The anchor of a batch, None where it is not final yet.

        Raises:
            ChainUnavailable: the chain does not answer.
        """
        [anchor] = self._reader.anchors([(institution, root)], self._reader.final_block())
        if anchor is None:
            return None
        return AnchoredBatch(anchor.province, anchor.sequence, self._reader.registry_at(anchor.anchored_at))
