"""Taking in manifests, from this gateway's own folder or from peers; every byte is checked against the anchor."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson
import structlog
from sqlalchemy import select, update

from gateway.domain.errors import HurenError
from gateway.domain.manifest import ManifestError, check_manifest, cid_of
from gateway.domain.portions import portions
from gateway.ledger import checkpoints
from gateway.ledger.projection import ANCHORS
from gateway.store.models import ManifestState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Row

    from gateway.store.engine import Database
    from gateway.store.leaves import LeafIndex

TOGETHER_BYTES = 16 * 1024 * 1024
TOGETHER = 256
"""Manifests fetched and taken in at a time, with one fsync: the hashing of half a million leaves at most, and so many
that a source of many small ones is not asked for a handful at a time."""
_LEAF_BYTES = 32
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0

log = structlog.get_logger(__name__)


class ManifestSource(Protocol):
    """Where manifests come from: this gateway's folder, and peers for what it lacks."""

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | HurenError]]:
        """Each CID with its bytes, checked against it, or with why there are none."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one round took in: batches held, batches found malformed, batches still lacking, leaves."""

    held: int = 0
    malformed: int = 0
    lacking: int = 0
    leaves: int = 0


class ManifestIngest:
    """Takes in the manifests of anchored batches, and asks again later for those that nobody gave."""

    def __init__(
        self,
        database: Database,
        source: ManifestSource,
        leaves: LeafIndex,
        reached: checkpoints.Reached = checkpoints.nothing,
    ) -> None:
        """Take manifests from `source` into `leaves`."""
        self._database = database
        self._source = source
        self._leaves = leaves
        self._reached = reached
        self._pauses: dict[int, tuple[float, float]] = {}  # batch → (next try, pause)

    def run(self) -> Ingested:
        """Try every batch whose manifest is lacking and whose pause is over."""
        total = Ingested()
        for some in _portions(self._due()):
            done = self._take_in(some)
            total = Ingested(
                total.held + done.held,
                total.malformed + done.malformed,
                total.lacking + done.lacking,
                total.leaves + done.leaves,
            )
        return total

    def hurry(self) -> None:
        """Forget the pauses: a person asks for it now."""
        self._pauses.clear()

    def _due(self) -> Sequence[Row[Any]]:
        query = select(ANCHORS).where(ANCHORS.c.manifest_state == ManifestState.MISSING).order_by(ANCHORS.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        now = time.monotonic()
        self._pauses = {row.id: self._pauses[row.id] for row in rows if row.id in self._pauses}
        return [row for row in rows if self._pauses.get(row.id, (0.0, 0.0))[0] <= now]

    def _take_in(self, rows: Sequence[Row[Any]]) -> Ingested:
        found: dict[str, bytes | HurenError] = dict(self._source.get_many({cid_of(row.manifest) for row in rows}))
        good: list[tuple[int, bytes]] = []
        states: list[tuple[int, ManifestState, HurenError | None]] = []
        for row in rows:
            content = found[cid_of(row.manifest)]
            if isinstance(content, HurenError):
                self._pause(row.id)
                states.append((row.id, ManifestState.MISSING, content))
                continue
            try:
                check_manifest(content, digest=row.manifest, root=row.root, count=row.leaf_count)
            except ManifestError as error:
                log.exception(
                    "index.manifest_malformed", institution=row.institution, root=row.root.hex(), why=error.code
                )
                states.append((row.id, ManifestState.MALFORMED, error))
            else:
                good.append((row.id, content))
                states.append((row.id, ManifestState.HELD, None))
        self._leaves.add_many(good)
        self._reached(checkpoints.INDEX_LEAVES)
        with self._database.write(durable=False) as connection:
            for number, state, finding in states:
                text = None if finding is None else orjson.dumps(finding.to_json()).decode()
                connection.execute(
                    update(ANCHORS).where(ANCHORS.c.id == number).values(manifest_state=state, manifest_finding=text)
                )
        kinds = [state for _, state, _ in states]
        return Ingested(
            held=len(good),
            malformed=kinds.count(ManifestState.MALFORMED),
            lacking=kinds.count(ManifestState.MISSING),
            leaves=sum(len(content) // 32 for _, content in good),
        )

    def _pause(self, number: int) -> None:
        pause = min(self._pauses.get(number, (0.0, _FIRST_PAUSE / 2))[1] * 2, _LONGEST_PAUSE)
        self._pauses[number] = (time.monotonic() + pause, pause)


def _portions(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    return portions(rows, lambda row: row.leaf_count * _LEAF_BYTES, most=TOGETHER, most_bytes=TOGETHER_BYTES)
