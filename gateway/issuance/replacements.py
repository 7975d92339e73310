"""The list of certificates that are issued and wait for the earlier one, which they replace, to be superseded.

A row is written in the transaction that makes the new certificate's batch fact, and goes in the transaction that queues
the superseding: whatever the moment of a kill, one of the two is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, func, insert, select, tuple_

from gateway.store.models import Anchor, Batch, Credential, ManifestState, Replacement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from gateway.store.engine import Database


class Due(NamedTuple):
    """A replacement whose new certificate is anchored."""

    batch_id: int
    position: int
    old: bytes
    new: bytes


def record(connection: Connection, batch: int, replaced: Sequence[tuple[int, bytes]]) -> None:
    """Note that the certificates at these positions of a batch replace those leaves."""
    if replaced:
        rows = [{"batch_id": batch, "position": position, "replaced": leaf} for position, leaf in replaced]
        connection.execute(insert(Replacement), rows)


def due(database: Database, limit: int, *, after: Due | None = None) -> list[Due]:
    """Return the oldest replacements whose batch the index holds, manifest and all; those that come `after` one."""
    held = and_(
        Anchor.institution == Batch.institution,
        Anchor.root == Batch.root,
        Anchor.manifest_state == ManifestState.HELD,
    )
    own = and_(Credential.batch_id == Replacement.batch_id, Credential.position == Replacement.position)
    query = (
        select(Replacement.batch_id, Replacement.position, Replacement.replaced, Credential.leaf)
        .join(Batch, Batch.id == Replacement.batch_id)
        .join(Credential, own)
        .join(Anchor, held)
        .order_by(Replacement.batch_id, Replacement.position)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(Replacement.batch_id, Replacement.position) > (after.batch_id, after.position))
    with database.read() as connection:
        return [Due(*row) for row in connection.execute(query)]


def waiting(database: Database) -> int:
    """Return how many replacements wait, anchored or not."""
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(Replacement)).scalar_one()


def done(connection: Connection, settled: Iterable[Due]) -> None:
    """Take replacements off the list."""
    for one in settled:
        at = and_(Replacement.batch_id == one.batch_id, Replacement.position == one.position)
        connection.execute(delete(Replacement).where(at))
