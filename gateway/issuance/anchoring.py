"""From a batch that is fact to its anchor: the outbox entry, and what its end means for the batch."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import update

from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import institution_word
from gateway.ledger.outbox import Intent, enqueue
from gateway.store.models import Batch, BatchState
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.issuance.ports import BatchDraft, SignedApproval
    from gateway.ledger.settlement import Settlement

KIND: Final = "anchor"
"""The outbox's kind of entry for anchoring a batch."""


@dataclass(frozen=True, slots=True)
class OutboxAnchors:
    """Queues anchors in the outbox of one operator."""

    sender: bytes
    """20 bytes: the operator's address."""
    registry: bytes
    """20 bytes: the CredentialRegistry."""

    def queue(self, connection: Connection, batch_id: int, draft: BatchDraft, approval: SignedApproval) -> int:
        """Queue ``anchor(batch, approval)``; the same batch asked for twice is one entry, whose id is returned."""
        word = institution_word(draft.institution)
        call = encode_call(
            load("CredentialRegistry"),
            "anchor",
            (word, draft.root, draft.manifest, draft.leaf_count),
            (approval.deadline, approval.signature),
        )
        payload = {
            "batch": batch_id,
            "institution": draft.institution,
            "root": hex0x(draft.root),
            "manifest": hex0x(draft.manifest),
            "leafCount": draft.leaf_count,
        }
        key = f"{KIND}:{hex0x(self.registry)}:{draft.institution}:{hex0x(draft.root)}"
        return enqueue(
            connection, self.sender, [Intent(KIND, key, self.registry, call, payload)], now=int(time.time())
        )[0]


def settled(connection: Connection, settlement: Settlement) -> None:
    """Tell a batch that its anchor is final, or was refused: the outbox's handler for :data:`KIND`."""
    values: dict[str, object]
    if settlement.refusal is None:
        values = {
            "state": BatchState.ANCHORED,
            "anchored_at": int(time.time()),
            "anchored_block": settlement.block,
            "error": None,
        }
    else:
        values = {"state": BatchState.FAILED, "error": settlement.refusal.to_text()[:1000]}
    connection.execute(update(Batch).where(Batch.id == settlement.payload["batch"]).values(**values))
