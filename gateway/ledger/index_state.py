"""Where the index stands: cursor and heads in SQL, and how it is emptied without ever answering wrongly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, insert, select, update

from gateway.ledger import transfer_projection
from gateway.ledger.heads import Head, HeadChain, HeadKey
from gateway.ledger.projection import (
    ACCREDITATIONS,
    ALIASES,
    ANCHORS,
    ATTESTATIONS,
    EVENTS,
    KEYS,
    LEAF_STATUS,
    LISTED,
    OFFICERS,
    address_bytes,
)
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.registry_events import REGISTRY
from gateway.ledger.values import BlockRef
from gateway.store.models import ChainCursor, ContractHead, ManifestState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Table

    from gateway.ledger.events import FollowedContract
    from gateway.store.engine import Database
    from gateway.store.leaves import LeafIndex

CURSOR = cast("Table", ChainCursor.__table__)
HEADS = cast("Table", ContractHead.__table__)
CONFIRM_SECONDS = 5
_DERIVED = (
    ATTESTATIONS,
    ANCHORS,
    LEAF_STATUS,
    ACCREDITATIONS,
    OFFICERS,
    KEYS,
    ALIASES,
    LISTED,
    transfer_projection.TRANSFERS,
    RECOGNITION,
    REGISTRY,
    EVENTS,
    HEADS,
    CURSOR,
)
"""In the order in which rows may go."""


def cursor(connection: Connection) -> BlockRef | None:
    """Return the block up to which the index holds everything, None while it is empty."""
    row = connection.execute(select(CURSOR)).one_or_none()
    return None if row is None else BlockRef(row.block, row.block_hash, row.block_time)


def checked(connection: Connection) -> tuple[BlockRef, int] | None:
    """Return that block and when (seconds) a node last confirmed that it is final and nothing newer is."""
    row = connection.execute(select(CURSOR)).one_or_none()
    return None if row is None else checked_row(row)


def checked_row(row: Row[Any]) -> tuple[BlockRef, int]:
    """Return what `checked` does, of the cursor's row."""
    return BlockRef(row.block, row.block_hash, row.block_time), row.updated_at


def confirm(database: Database, now: int) -> None:
    """Say that a node has just confirmed the cursor; every few seconds at most, also once a clock was set back."""
    with database.read() as connection:
        found = checked(connection)
    if found is not None and abs(now - found[1]) >= CONFIRM_SECONDS:
        with database.write(durable=False) as connection:
            connection.execute(update(CURSOR).values(updated_at=now))


def move_cursor(connection: Connection, chain_id: int, block: BlockRef) -> None:
    """Say that the index holds everything up to `block`."""
    connection.execute(delete(CURSOR))
    connection.execute(
        insert(CURSOR).values(
            id=1,
            chain_id=chain_id,
            block=block.number,
            block_hash=block.hash,
            block_time=block.time,
            updated_at=int(time.time()),
        )
    )


def load_heads(connection: Connection, chain_id: int, contracts: Sequence[FollowedContract]) -> HeadChain:
    """Return the heads as far as they were checked."""
    known: dict[HeadKey, Head] = {
        ("0x" + row.contract.hex(), row.subject): Head(row.head, row.sequence)
        for row in connection.execute(select(HEADS))
    }
    return HeadChain(chain_id, contracts, known)


def save_heads(connection: Connection, heads: HeadChain) -> None:
    """Keep the heads that moved."""
    for (contract, subject), head in heads.moved_heads():
        address = address_bytes(contract)
        connection.execute(delete(HEADS).where(HEADS.c.contract == address, HEADS.c.subject == subject))
        connection.execute(
            insert(HEADS).values(contract=address, subject=subject, head=head.digest, sequence=head.sequence)
        )


def empty(database: Database, leaves: LeafIndex) -> None:
    """Forget everything that was read from the chain.

    Batch numbers are given anew afterwards, so the leaf index must never outlive them: first no batch is called held,
    then the leaves go, then the rows. A kill in between leaves an index that lacks, never one that lies.
    """
    forget_leaves(database, leaves)
    with database.write() as connection:
        for table in _DERIVED:
            connection.execute(delete(table))


def forget_leaves(database: Database, leaves: LeafIndex) -> None:
    """Forget the leaves alone; they are taken in again from the manifests."""
    with database.write() as connection:
        connection.execute(update(ANCHORS).values(manifest_state=ManifestState.MISSING, manifest_finding=None))
    leaves.clear()


def complete_transfers(database: Database) -> None:
    """Make the rows of transfers where a release that knew no such table kept their events."""
    with database.read() as connection:
        if transfer_projection.complete(connection):
            return
    with database.write() as connection:
        transfer_projection.refill(connection)


def reconcile(database: Database, leaves: LeafIndex) -> bool:
    """Make the leaf index and the batches called held agree, after whatever happened to either; tell whether they did.

    Leaves of a batch that is not called held are what a kill leaves behind: harmless, if their number is the batch's.
    """
    with database.read() as connection:
        rows = connection.execute(select(ANCHORS.c.id, ANCHORS.c.leaf_count, ANCHORS.c.manifest_state)).all()
    indexed = [row for row in rows if row.id in leaves]
    held = sum(row.manifest_state is ManifestState.HELD for row in rows)
    held_and_indexed = sum(row.manifest_state is ManifestState.HELD for row in indexed)
    if held == held_and_indexed and sum(row.leaf_count for row in indexed) == len(leaves):
        return True
    forget_leaves(database, leaves)
    return False
