"""Revocations up to a block, by the province that revoked, the month and the reason.

A revocation is final (contracts/credential/Statuses.sol), so the last status that the index keeps of a credential or a
batch tells when it was revoked, whatever else happened before; and no block has the time of another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from gateway.domain.civil_time import month_of
from gateway.ledger.projection import ANCHORS, LEAF_STATUS
from gateway.ledger.values import Status

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.ledger.values import BlockRef


@dataclass(frozen=True, slots=True)
class Revocations:
    """What a province revoked in a month for a reason (`gateway.ledger.values.Reason`)."""

    province: int
    month: int
    reason: int
    credentials: int
    """One by one; a superseded one counts here, its reason says so."""
    batches: int
    in_batches: int
    """The credentials in these batches."""


def read_revocations(connection: Connection, block: BlockRef) -> list[Revocations]:
    """Count them; rows by province, month and reason, in that order."""
    sums: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    leaf, batch = LEAF_STATUS.c, ANCHORS.c
    # All of one transaction share a second, so there are no more groups than transactions.
    leaves = (
        select(leaf.set_by, leaf.reason, leaf.since, func.count())
        .where(leaf.status == int(Status.REVOKED), leaf.block <= block.number)
        .group_by(leaf.set_by, leaf.reason, leaf.since)
    )
    for province, reason, since, many in connection.execute(leaves):
        sums[province, month_of(since), reason][0] += many
    batches = (
        select(batch.set_by, batch.reason, batch.since, func.count(), cast(func.sum(batch.leaf_count), BigInteger))
        .where(batch.status == int(Status.REVOKED), batch.since <= block.time)
        .group_by(batch.set_by, batch.reason, batch.since)
    )
    for province, reason, since, many, credentials in connection.execute(batches):
        into = sums[province, month_of(since), reason]
        into[1] += many
        into[2] += credentials
    return [Revocations(*key, *sums[key]) for key in sorted(sums)]
