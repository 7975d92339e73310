"""What of the documents that should be here is lacking or damaged, and its repair from other provinces.

    survey = Survey(database, store, packs, replicas)
    report = survey.report()
    [found.cid for found in report.wanting]
    left = repair(report, store, source)

Three kinds: the manifests of every anchored batch of all provinces; this province's own packs; other provinces' packs
that this province keeps (replicas).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from gateway.documents.errors import BlobCorrupted, BlobNotFound, BlobUnavailable
from gateway.documents.packs import MAGIC
from gateway.domain.manifest import cid_of
from gateway.ledger.projection import ANCHORS
from gateway.replication.replicas import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.documents.blobs import KeptBlobs
    from gateway.documents.errors import BlobError
    from gateway.documents.sources import BlobSource
    from gateway.domain.errors import HurenError
    from gateway.replication.packs import PackBook
    from gateway.replication.replicas import Replicas
    from gateway.store.engine import Database


class Kind(enum.StrEnum):
    """What a document is."""

    MANIFEST = "manifests"
    PACK = "packs"
    REPLICA = "replicas"


class State(enum.StrEnum):
    """How a document that should be here is not."""

    LACKING = "lacking"
    DAMAGED = "damaged"


class Expected(NamedTuple):
    """A document that should be here, and whose it is."""

    kind: Kind
    province: int
    cid: str


class Wanting(NamedTuple):
    """A document that should be here and is not, or not whole."""

    kind: Kind
    province: int
    cid: str
    state: State


@dataclass(frozen=True, slots=True)
class Report:
    """How many documents of each kind should be here, those that are not whole, and gateways that told no packs."""

    expected: dict[Kind, int]
    wanting: tuple[Wanting, ...]
    silent: dict[str, HurenError]

    @property
    def whole(self) -> bool:
        """Whether everything that is known of is here."""
        return not self.wanting


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many of each kind were brought back, and those that nobody gave, each with why."""

    restored: dict[Kind, int]
    left: tuple[tuple[Wanting, BlobError], ...]


class Survey:
    """Compares what should be here with the store."""

    def __init__(self, database: Database, store: KeptBlobs, packs: PackBook, replicas: Replicas | None) -> None:
        """Take what knows of documents; ``replicas`` is None where this gateway acts for nobody."""
        self._database = database
        self._store = store
        self._packs = packs
        self._replicas = replicas

    def report(self, *, quick: bool = False, seen: Callable[[int], None] = lambda _: None) -> Report:
        """Read every document and check it; `quick` only asks whether it is there. `seen` is told how many, each time.

        Raises:
            StoreUnreachable, StoreRefused: the store gives no answer.
            ChainUnavailable: it cannot be said who the members are.
        """
        assigned = None if self._replicas is None else self._replicas.assigned()
        expected = [*self._manifests(), *self._own()]
        if assigned is not None:
            expected += [Expected(Kind.REPLICA, pack.province, pack.cid) for pack in assigned.packs]
        wanting = []
        for number, one in enumerate(expected, 1):
            state = self._state(one.cid, quick=quick)
            if state is not None:
                wanting.append(Wanting(*one, state))
            seen(number)
        counts = {kind: sum(1 for one in expected if one.kind is kind) for kind in Kind}
        return Report(counts, tuple(wanting), {} if assigned is None else assigned.silent)

    def _manifests(self) -> Iterator[Expected]:
        query = select(ANCHORS.c.manifest, ANCHORS.c.province).order_by(ANCHORS.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        # Two batches may have one manifest: it is one document.
        provinces = {cid_of(row.manifest): int(row.province) for row in reversed(rows)}
        yield from (Expected(Kind.MANIFEST, province, cid) for cid, province in provinces.items())

    def _own(self) -> Iterator[Expected]:
        yield from (Expected(Kind.PACK, self._packs.province, pack.cid) for pack in self._packs.own())

    def _state(self, cid: str, *, quick: bool) -> State | None:
        try:
            if quick:
                return None if self._store.has(cid) else State.LACKING
            self._store.get(cid)
        except BlobNotFound:
            return State.LACKING
        except BlobCorrupted:
            return State.DAMAGED
        return None


def repair(wanting: Iterable[Wanting], store: KeptBlobs, source: BlobSource) -> Repaired:
    """Bring documents back from other provinces, a few at a time; every byte is checked on arrival.

    A kill leaves those that were brought back.

    Raises:
        StoreUnreachable, StoreRefused: the store does not take them.
    """
    ordered = list(wanting)
    restored = dict.fromkeys(Kind, 0)
    left: list[tuple[Wanting, BlobError]] = []
    for start in range(0, len(ordered), TOGETHER):
        together = ordered[start : start + TOGETHER]
        found = dict(source.fetch_many([one.cid for one in together]))
        good: dict[str, bytes] = {}
        for one in together:
            content = found[one.cid]
            if not isinstance(content, bytes):
                left.append((one, content))
            elif one.kind is Kind.REPLICA and not content.startswith(MAGIC):
                left.append((one, BlobUnavailable(one.cid, why="no pack")))
            else:
                good[one.cid] = content
                restored[one.kind] += 1
        if good:
            store.keep_many(good)
    return Repaired(restored, tuple(left))
