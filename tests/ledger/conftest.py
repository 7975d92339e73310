"""A real chain for every test that needs one, ended with the test; the law on it; a province's gateway before it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobCorrupted, BlobNotFound
from gateway.ledger.attesting import Attester
from gateway.ledger.holdings import Holdings
from gateway.ledger.index_reader import IndexReader
from gateway.ledger.indexer import Indexer
from gateway.ledger.manifests import ManifestIngest
from gateway.ledger.sender import Sender
from gateway.store.engine import open_url
from gateway.store.leaves import LeafIndex
from gateway.store.models import Batch as OwnBatch
from gateway.store.models import BatchState, Credential, Learner, Pack, Roster, RosterState

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path; this one module is shared by name

from counted import CREATION
from ledger_world import Batch, Chain, World, account, found, make_batch, start_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stores import Stores

    from gateway.domain.errors import HurenError
    from gateway.ledger.calls import ChainCalls
    from gateway.store.engine import Database


@pytest.fixture
def new_chain() -> Callable[..., Chain]:
    """Starts a chain that the test itself ends: `new_chain(*arguments, port=None)`."""
    return start_chain


@pytest.fixture
def chain() -> Iterator[Chain]:
    """A chain of its own for a test that breaks it."""
    running = start_chain()
    yield running
    running.stop()


@pytest.fixture
def world(chain: Chain) -> World:
    """The law on a chain of its own."""
    return found(chain)


# -- an outbox and a contract that counts what it sends ---------------------------------------------------------------


@pytest.fixture
def counter(chain: Chain) -> bytes:
    """The counting contract's address."""
    return chain.create("0x" + CREATION)


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    return stores.open(tmp_path / "huren.db")


# -- a province's gateway, as far as the ledger goes -------------------------------------------------------------------


@dataclass
class Desk:
    """One province's database, blobs, leaf index, indexer and sender."""

    world: World
    province: int
    folder: Path
    peers: tuple[FolderStore, ...] = ()
    calls: ChainCalls | None = None
    url: str = ""

    def __post_init__(self) -> None:
        self.calls = self.calls or self.world.calls
        self.folder.mkdir(parents=True, exist_ok=True)
        self.url = self.url or f"sqlite:///{self.folder / 'huren.db'}"
        self.database = open_url(self.url)
        self.leaves = LeafIndex(self.folder / "leaves")
        self.blobs = FolderStore(self.folder / "blobs")
        self.account = account(self.province, "operator")
        self.address = bytes.fromhex(self.account.address[2:])
        attester = Attester(self.database, self.world.deployment, self.province, self.address)
        self.manifests = ManifestIngest(self.database, Shelves((self.blobs, *self.peers)), self.leaves)
        self.indexer = Indexer(
            self.database, self.calls, self.manifests, self.leaves, locks=self.folder / "locks", attester=attester
        )
        self.index = IndexReader(self.database)
        self.holdings = Holdings(self.database, self.leaves, self.blobs)
        self.sender = Sender(self.database, self.calls, self.account, locks=self.folder / "locks")

    def hold(self, *batches: Batch) -> None:
        """Put manifests into this province's own folder."""
        self.blobs.put_many([batch.manifest.data for batch in batches])

    def record(self, batch: Batch) -> None:
        """Write the centre's own records of a batch that it issued."""
        self.hold(batch)
        root = batch.manifest.root
        with self.database.session() as session:
            roster = Roster(
                digest=root, filename="r.csv", province=self.province, rows=1, good_rows=1,
                state=RosterState.ISSUED, created_at=1,
            )  # fmt: skip
            learner = Learner(number_index=root[:16], opened_at=1)
            pack = Pack(digest=root, size=1, created_at=1)
            session.add_all([roster, learner, pack])
            session.flush()
            own = OwnBatch(
                roster_id=roster.id, institution=batch.institution, root=root, manifest=batch.manifest.digest,
                leaf_count=batch.manifest.count, state=BatchState.ANCHORED, sealed_at=1,
            )  # fmt: skip
            session.add(own)
            session.flush()
            rows = [
                {
                    "batch_id": own.id, "position": position, "leaf": leaf, "commitment": content[0],
                    "facts": content[1], "claim": leaf, "row_key": leaf[:16], "row_digest": leaf[:16],
                    "learner_id": learner.id, "pack_id": pack.id, "pack_offset": 0, "pack_length": 1,
                    "list_number": 1, "list_index": position,
                }
                for position, (leaf, content) in enumerate(zip(batch.manifest.tree.leaves, batch.contents, strict=True))
            ]  # fmt: skip
            session.execute(insert(Credential), rows)

    def close(self) -> None:
        self.database.close()


class Shelves:
    """The province's own folder, and others' folders for what it lacks: what a library with HTTP peers does."""

    def __init__(self, folders: tuple[FolderStore, ...]) -> None:
        self.own, *self.others = folders

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | HurenError]]:
        for cid in cids:
            answer: bytes | HurenError = BlobNotFound(cid)
            for folder in (self.own, *self.others):
                try:
                    answer = folder.get(cid)
                except (BlobNotFound, BlobCorrupted) as error:
                    answer = error
                else:
                    self.own.put(answer)
                    break
            yield cid, answer


@pytest.fixture
def desk_of(world: World, tmp_path: Path, stores: Stores) -> Iterator[Callable[..., Desk]]:
    """Opens a province's desk: `desk_of(province, peers=(), calls=None)`; closed after the test."""
    desks: list[Desk] = []

    def open_desk(province: int, peers: tuple[FolderStore, ...] = (), calls: ChainCalls | None = None) -> Desk:
        folder = tmp_path / f"{province}-{len(desks)}"
        desks.append(Desk(world, province, folder, peers, calls, stores.url(folder / "huren.db")))
        return desks[-1]

    yield open_desk
    for desk in desks:
        desk.close()


@pytest.fixture
def batch_of() -> Callable[..., Batch]:
    """Makes batches: `batch_of(institution, count, seed=0)`."""
    return make_batch
