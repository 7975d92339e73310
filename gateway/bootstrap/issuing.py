"""What a gateway issues with, and what lets corrected certificates take the place of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.backup.errors import NotCaughtUp
from gateway.issuance.anchoring import OutboxAnchors
from gateway.issuance.approval import KeyringApprover
from gateway.issuance.service import Issuer
from gateway.issuance.supersession import Superseder

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.bootstrap import Gateway
    from gateway.issuance.ports import BatchDraft


def issuer_of(gateway: Gateway, ask: Callable[[BatchDraft], bool], officer: str | None) -> Issuer:
    """Make the issuer; ``ask`` shows each batch to the institution's officer before it is approved.

    Raises:
        NotCaughtUp: it was restored from a backup and does not know yet what it issued since.
    """
    settings = gateway.settings
    if gateway.catching_up.due:
        raise NotCaughtUp(str(settings.data_dir))
    return Issuer(
        database=gateway.database,
        accounts=gateway.accounts,
        book=gateway.book,
        keys=gateway.keys,
        row_keys=gateway.row_keys,
        blobs=gateway.blobs,
        blobs_place=gateway.documents.place,
        approver=KeyringApprover(gateway.keys, gateway.deployment.chain_id, gateway.contracts.accepting, ask, officer),
        anchors=OutboxAnchors(bytes.fromhex(gateway.operator.address[2:])),
        province=settings.province,
        public_url=settings.public_url,
        work_folder=settings.data_dir / "work",
        workers=settings.workers,
    )


def superseder_of(gateway: Gateway) -> Superseder:
    """Make the superseder."""
    return Superseder(
        database=gateway.database,
        records=gateway.records,
        learners=gateway.accounts,
        row_keys=gateway.row_keys,
        blobs=gateway.blobs,
        holdings=gateway.holdings,
        index=gateway.index,
        contracts=gateway.calls,
        sender=gateway.sender.address,
    )
