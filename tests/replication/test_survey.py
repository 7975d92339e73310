"""What should be here is compared with what is: three kinds of documents, lacking or damaged, and brought back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import insert

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobUnavailable
from gateway.documents.packs import MAGIC
from gateway.domain.manifest import cid_of
from gateway.replication.anchored import AnchoredLeaves
from gateway.replication.errors import PackListUnavailable
from gateway.replication.packs import PackBook
from gateway.replication.replicas import Assigned, Assignment
from gateway.replication.survey import Kind, State, Survey, repair
from gateway.store.engine import open_database
from gateway.store.models import Anchor, ManifestState, Pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gateway.documents.errors import BlobError
    from gateway.replication.replicas import Replicas
    from gateway.store.engine import Database

OURS, THEIRS = 320000, 310000
MANIFESTS = [b"manifest of " + bytes([number]) * 32 for number in range(4)]
PACKS = [MAGIC + b"ours" + bytes([number]) for number in range(3)]
REPLICAS = [MAGIC + b"theirs" + bytes([number]) for number in range(3)]


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def cid(content: bytes) -> str:
    return cid_of(digest(content))


class Others:
    """Other provinces: what they ask us to keep, and what they can give."""

    def __init__(self) -> None:
        self.gives = {cid(content): content for content in (*MANIFESTS, *PACKS, *REPLICAS)}
        self.silent: dict[str, Any] = {}

    def assigned(self) -> Assignment:
        return Assignment(tuple(Assigned(THEIRS, cid(pack)) for pack in REPLICAS), self.silent)

    def fetch(self, cid: str) -> bytes:
        raise AssertionError(cid)

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        yield from ((each, self.gives.get(each) or BlobUnavailable(each, why="nobody")) for each in cids)

    def close(self) -> None:
        return


@dataclass
class Ground:
    database: Database
    store: FolderStore
    folder: Path
    others: Others

    def survey(self, *, replicating: bool = True) -> Survey:
        book = PackBook(self.database, cast("Any", None), province=OURS, chain_id=1, clock=lambda: 0.0)
        return Survey(self.database, self.store, book, cast("Replicas", self.others) if replicating else None)

    def damage(self, content: bytes) -> None:
        name = cid(content)
        (self.folder / name[-2:] / name).write_bytes(b"damaged")


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    database = open_database(tmp_path / "huren.db")
    anchors = [
        {
            "province": THEIRS if number else OURS,
            "sequence": number + 1,
            "institution": f"institution {number}",
            "root": digest(bytes([number])),
            "manifest": digest(manifest),
            "leaf_count": 100 + number,
            "manifest_state": ManifestState.MISSING if number == 3 else ManifestState.HELD,
        }
        for number, manifest in enumerate(MANIFESTS)
    ]
    missing = {
        column.name: 1 if column.type.python_type is int else b"\0" * 32 if column.type.python_type is bytes else ""
        for column in Anchor.__table__.columns
        if column.name not in anchors[0] and not column.nullable and column.name != "id"
    }
    packs = [{"digest": digest(pack), "size": len(pack), "created_at": 1} for pack in PACKS]
    with database.write() as connection:
        connection.execute(insert(Anchor), [missing | anchor for anchor in anchors])
        connection.execute(insert(Pack), packs)
    store = FolderStore(tmp_path / "blobs")
    store.put_many([*MANIFESTS, *PACKS, *REPLICAS])
    yield Ground(database, store, tmp_path / "blobs", Others())
    database.close()


def test_where_everything_is_here_nothing_is_wanting(ground: Ground) -> None:
    counted: list[int] = []
    report = ground.survey().report(seen=counted.append)
    assert report.whole
    assert report.expected == {Kind.MANIFEST: 4, Kind.PACK: 3, Kind.REPLICA: 3}
    assert counted == list(range(1, 11))
    assert ground.survey(replicating=False).report().expected[Kind.REPLICA] == 0


def test_what_lacks_and_what_is_damaged_is_named_with_whose_it_is_and_comes_back(ground: Ground) -> None:
    ground.store.remove(cid(MANIFESTS[3]))
    ground.store.remove(cid(PACKS[0]))
    ground.damage(MANIFESTS[0])
    ground.damage(REPLICAS[1])
    report = ground.survey().report()
    assert {tuple(one) for one in report.wanting} == {
        (Kind.MANIFEST, THEIRS, cid(MANIFESTS[3]), State.LACKING),
        (Kind.MANIFEST, OURS, cid(MANIFESTS[0]), State.DAMAGED),
        (Kind.PACK, OURS, cid(PACKS[0]), State.LACKING),
        (Kind.REPLICA, THEIRS, cid(REPLICAS[1]), State.DAMAGED),
    }
    # Whether it is there is all that the quick one asks.
    assert {one.cid for one in ground.survey().report(quick=True).wanting} == {cid(MANIFESTS[3]), cid(PACKS[0])}
    done = repair(report.wanting, ground.store, ground.others)
    assert done.restored == {Kind.MANIFEST: 2, Kind.PACK: 1, Kind.REPLICA: 1}
    assert done.left == ()
    assert ground.survey().report().whole


def test_what_nobody_gives_is_left_with_why_and_stops_none_of_the_rest(ground: Ground) -> None:
    for content in (*PACKS, *MANIFESTS):
        ground.store.remove(cid(content))
    del ground.others.gives[cid(PACKS[1])]
    done = repair(ground.survey().report().wanting, ground.store, ground.others)
    assert [(one.cid, error.code) for one, error in done.left] == [(cid(PACKS[1]), "blob.unavailable")]
    assert sum(done.restored.values()) == len(PACKS) + len(MANIFESTS) - 1
    assert [one.cid for one in ground.survey().report().wanting] == [cid(PACKS[1])]


def test_a_replica_that_is_no_pack_is_not_taken_in(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = b"anything but a pack"
    monkeypatch.setattr(ground.others, "assigned", lambda: Assignment((Assigned(THEIRS, cid(letter)),), {}))
    ground.others.gives[cid(letter)] = letter
    done = repair(ground.survey().report().wanting, ground.store, ground.others)
    assert [one.cid for one, _ in done.left] == [cid(letter)]
    assert not ground.store.has(cid(letter))


def test_a_gateway_that_told_nothing_is_said_beside_what_is_known(ground: Ground) -> None:
    ground.others.silent = {"http://n": PackListUnavailable("http://n", why="away")}
    report = ground.survey().report()
    assert report.whole
    assert list(report.silent) == ["http://n"]


def test_the_bound_of_a_provinces_packs_is_what_it_has_anchored(ground: Ground) -> None:
    anchored = AnchoredLeaves(ground.database)
    assert anchored.leaves_of(OURS) == 100
    assert anchored.leaves_of(THEIRS) == 101 + 102 + 103
    assert anchored.leaves_of(500000) == 0
