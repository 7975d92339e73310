"""Attesting by itself, in bulk: this province says on the chain which manifests of others it fetched and checked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.hashing import sha256
from gateway.ledger.outbox import Intent, enqueue, of_kind
from gateway.ledger.projection import ANCHORS, ATTESTATIONS
from gateway.ledger.reader import CREDENTIALS, institution_word
from gateway.store.models import ManifestState, OutboxState
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.store.engine import Database
    from node.client.directory import Contracts

KIND = "attest"
TOGETHER = 100
"""Batches of one transaction: about 60,000 gas each."""
_RETRY_SECONDS = 600
"""After this, a batch whose attestation the chain refused is proposed again."""


class Attester:
    """Queues attestations of what this gateway holds and `province` has not attested."""

    def __init__(self, database: Database, contracts: Contracts, province: int, sender: bytes) -> None:
        """Attest for `province`, by the outbox of `sender` (20 bytes), at the registry that `contracts` finds then."""
        self._database = database
        self._contracts = contracts
        self._province = province
        self._sender = sender

    def run(self, block: int) -> int:
        """Queue what is to be attested, as the index stands at `block`, and return how many batches that is."""
        with self._database.read() as connection:
            batches = self._wanted(connection, block)
        if not batches:
            return 0
        target = bytes.fromhex(self._contracts.address(CREDENTIALS)[2:])
        starts = range(0, len(batches), TOGETHER)
        intents = [self._intent(target, batches[start : start + TOGETHER]) for start in starts]
        with self._database.write() as connection:
            enqueue(connection, self._sender, intents, now=int(time.time()))
        return len(batches)

    def _wanted(self, connection: Connection, block: int) -> list[tuple[str, bytes]]:
        ours = select(ATTESTATIONS.c.anchor_id).where(ATTESTATIONS.c.province == self._province)
        query = (
            select(ANCHORS.c.institution, ANCHORS.c.root)
            .where(
                ANCHORS.c.manifest_state == ManifestState.HELD,
                ANCHORS.c.province != self._province,
                ANCHORS.c.id.not_in(ours),
            )
            .order_by(ANCHORS.c.id)
        )
        held = [(row.institution, row.root) for row in connection.execute(query)]
        if not held:
            return []
        # What is on its way, or final in a block that the index has not read yet, must not be asked for twice.
        rested = int(time.time()) - _RETRY_SECONDS
        asked = {
            (institution, bytes.fromhex(root))
            for entry in of_kind(connection, KIND, newer_than_block=block)
            if entry.state is not OutboxState.FAILED or entry.updated_at > rested
            for institution, root in entry.payload["batches"]
        }
        return [batch for batch in held if batch not in asked]

    def _intent(self, target: bytes, batches: list[tuple[str, bytes]]) -> Intent:
        references = [(institution_word(institution), root) for institution, root in batches]
        digest = sha256(b"".join(word + root for word, root in references))
        return Intent(
            kind=KIND,
            dedupe_key=f"{KIND}:{digest.hex()}",
            target=target,
            call=encode_call(load(CREDENTIALS), "attest", references),
            payload={"batches": [[institution, root.hex()] for institution, root in batches]},
        )
