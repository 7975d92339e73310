"""The numbers of this centre's own certificates, opened one after the other for `huren audit findings --numbers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.audit.findings.numbers import OwnNumber
from gateway.domain.receipt import Certificate
from gateway.store.models import Batch, BatchState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bootstrap import Gateway


def own_numbers(gateway: Gateway) -> Iterator[OwnNumber]:
    """Every certificate that this centre issued and anchored; deleted learners' are no more.

    Raises:
        KeyringError: the master key cannot be opened; at an observer there is none.
        DocumentsError: a pack or a manifest is lacking or damaged.
    """
    gateway.keys.master()
    query = select(Batch.id).where(Batch.state == BatchState.ANCHORED).order_by(Batch.id)
    with gateway.database.read() as connection:
        numbers = list(connection.execute(query).scalars())
    for number in numbers:
        for _, content in gateway.exporter.batch(number):
            certificate = Certificate.parse(content)
            credential = certificate.credential
            yield OwnNumber(
                credential.uscc_text,
                credential.document.credential_subject.license_number,
                certificate.receipt.facts.claim,
                certificate.leaf().leaf,
            )
