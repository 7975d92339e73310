"""An indexer killed while it takes manifests in, started again: nothing missing, nothing twice, nothing wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from stores import both_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, Desk, World

ZHEJIANG = 330_000
OPEN_UNIVERSITY = "123200000000000018"


store_kind = both_kinds


_FOLLOW_AND_DIE = textwrap.dedent("""
    import sys
    from pathlib import Path
    from gateway.documents.blobs import FolderStore
    from gateway.documents.peers import HttpPeers, Library
    from gateway.ledger import manifests
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.checkpoints import INDEX_LEAVES, kill_at
    from gateway.ledger.indexer import Indexer
    from gateway.store.engine import open_url
    from gateway.store.leaves import LeafIndex
    from node.client.deployment import Deployment
    from node.client.rpc import JsonRpc

    folder, database, url, deployment, occurrence = sys.argv[1:]
    manifests.TOGETHER = 2
    database, leaves = open_url(database), LeafIndex(Path(folder) / "leaves")
    calls = ChainCalls(JsonRpc(url), Deployment.load(Path(deployment)))
    library = Library(FolderStore(Path(folder) / "blobs"), HttpPeers([]))
    ingest = manifests.ManifestIngest(database, library, leaves, kill_at(INDEX_LEAVES, int(occurrence)))
    Indexer(database, calls, ingest, leaves, locks=Path(folder) / "locks").advance()
""")


@pytest.mark.kill
@pytest.mark.parametrize("occurrence", [1, 2, 3])
def test_killed_between_leaves_and_state_the_index_ends_the_same(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk], occurrence: int
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batches = [batch_of(OPEN_UNIVERSITY, 3 + seed, seed) for seed in range(6)]
    world.anchor(*batches)
    desk = desk_of(ZHEJIANG)
    desk.hold(*batches)
    path = desk.folder / "deployment.json"
    world.deployment.save(path)
    arguments = [str(desk.folder), desk.url, world.chain.url, str(path), str(occurrence)]
    killed = subprocess.run([sys.executable, "-c", _FOLLOW_AND_DIE, *arguments], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert len(desk.leaves) == sum(batch.manifest.count for batch in batches[: 2 * occurrence])
    done = desk.indexer.advance()
    assert done.manifests.held == 6 - 2 * (occurrence - 1)
    assert len(desk.leaves) == sum(batch.manifest.count for batch in batches)
    for batch in batches:
        for position, leaf in enumerate(batch.manifest.tree.leaves):
            [place] = desk.holdings.find(leaf)
            assert (place.root, place.position) == (batch.manifest.root, position)
