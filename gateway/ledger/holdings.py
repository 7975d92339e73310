"""The manifests that this gateway holds and has checked: which batches hold a leaf, and what is still lacking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import orjson
from sqlalchemy import bindparam, func, literal_column, select

from gateway.domain.manifest import cid_of
from gateway.ledger.projection import ANCHORS
from gateway.store.models import ManifestState
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row

    from gateway.store.engine import Database
    from gateway.store.leaves import LeafIndex

_LEAF = 32


def _in_state(state: ManifestState) -> ColumnElement[bool]:
    return ANCHORS.c.manifest_state == literal_column(f"'{state.value}'")


_HELD = Prepared(
    select(ANCHORS.c.id, ANCHORS.c.institution, ANCHORS.c.root, ANCHORS.c.manifest).where(
        ANCHORS.c.id == bindparam("batch"), _in_state(ManifestState.HELD)
    ),
    "batch",
)
_LACKING = Prepared(select(func.count().label("number")).where(_in_state(ManifestState.MISSING)))
KEPT = 128
"""Manifests kept in memory: 128 MiB at most."""


class ManifestBytes(Protocol):
    """Where the manifests lie that this gateway holds."""

    def get(self, cid: str) -> bytes:
        """The bytes of a CID, checked against it."""


class HeldLeaf(NamedTuple):
    """A batch that holds a leaf, and the leaf's place in its manifest."""

    institution: str
    root: bytes
    position: int


@dataclass(frozen=True, slots=True)
class UnheldBatch:
    """A batch whose leaves this gateway cannot vouch for, and why (code, zh, en), as far as it was tried."""

    institution: str
    root: bytes
    province: int
    cid: str
    leaf_count: int
    anchored_at: int
    state: ManifestState
    finding: dict[str, str] | None


class Holdings:
    """What the leaf index knows, compared in full with the manifests."""

    def __init__(self, database: Database, leaves: LeafIndex, manifests: ManifestBytes) -> None:
        """Look leaves up in `leaves`; compare them with `manifests`, this gateway's own folder."""
        self._database = database
        self._leaves = leaves
        # Reading a manifest of 1 MiB and checking its digest costs a millisecond: those asked for lately are kept.
        self._manifest = lru_cache(maxsize=KEPT)(lambda digest: manifests.get(cid_of(digest)))

    def find(self, leaf: bytes) -> list[HeldLeaf]:
        """Return every anchored batch that holds `leaf` (32 bytes), oldest first.

        The leaf index answers by eight bytes; what is returned was compared with the manifest.
        """
        return self.find_many([leaf])[0]

    def find_many(self, leaves: Sequence[bytes]) -> list[list[HeldLeaf]]:
        """Return for each of `leaves` what `find` returns; each batch is read once."""
        places = [sorted(self._leaves.find(leaf)) for leaf in leaves]
        rows = {batch: self._held(batch) for batch in {place.batch for found in places for place in found}}
        return [
            [
                HeldLeaf(row.institution, row.root, place.position)
                for place in found
                if (row := rows[place.batch]) is not None and self._holds(row.manifest, place.position, leaf)
            ]
            for leaf, found in zip(leaves, places, strict=True)
        ]

    def _held(self, batch: int) -> Any | None:  # noqa: ANN401 - a row of _HELD
        return self._database.remember(_HELD, (batch,), lambda rows: rows[0] if rows else None)

    def lacking(self) -> int:
        """Return how many anchored batches have no checked manifest here: with any, "not found" cannot be said.

        A malformed manifest does not count: it is held and was checked, and no leaf can be shown to be in such a batch
        by its manifest. Otherwise one province could take "not found" from all the others.
        """
        return self._database.remember(_LACKING, (), lambda rows: int(rows[0].number))

    def unheld(self, limit: int = 1_000) -> Sequence[UnheldBatch]:
        """Return the batches that are lacking or malformed, oldest first."""
        query = select(ANCHORS).where(ANCHORS.c.manifest_state != ManifestState.HELD).order_by(ANCHORS.c.id)
        with self._database.read() as connection:
            return [_unheld(row) for row in connection.execute(query.limit(limit))]

    def _holds(self, digest: bytes, position: int, leaf: bytes) -> bool:
        manifest = self._manifest(digest)
        return manifest[position * _LEAF : (position + 1) * _LEAF] == leaf


def _unheld(row: Row[Any]) -> UnheldBatch:
    return UnheldBatch(
        institution=row.institution,
        root=row.root,
        province=row.province,
        cid=cid_of(row.manifest),
        leaf_count=row.leaf_count,
        anchored_at=row.anchored_at,
        state=row.manifest_state,
        finding=None if row.manifest_finding is None else orjson.loads(row.manifest_finding),
    )
