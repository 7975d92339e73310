"""Taking in another province's manifests, and making the index anew: fetch, check, index, held beside issuing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bench_rows import BenchError, expect, measured

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway

ASKED = 1_000
_SEED = 7


def ingest_rate(gateway: Gateway, leaves: int) -> float:
    """Leaves a second of one core: from an index that holds nothing to one that holds all ``leaves`` of the others.

    Raises:
        BenchError: it took in more or less, or does not find what it took in.
    """
    expect("leaves indexed before", len(gateway.leaves), 0)
    with measured() as spent:
        done = gateway.indexer(attesting=False).advance()
    expect("leaves taken in", (done.manifests.leaves, done.manifests.lacking, len(gateway.leaves)), (leaves, 0, leaves))
    return leaves / spent.cpu


def rebuild_rate(gateway: Gateway, leaves: int) -> float:
    """Leaves a second of one core: the index emptied and made again from the chain and the manifests.

    Raises:
        BenchError: its answers are others than before.
    """
    asked = sample(gateway, ASKED)
    before = gateway.holdings.find_many(asked)
    if not all(before):
        raise BenchError("the index does not know what was anchored")
    with measured() as spent:
        done = gateway.indexer(attesting=False).rebuild()
    expect("leaves taken in", (done.manifests.leaves, done.manifests.lacking, len(gateway.leaves)), (leaves, 0, leaves))
    expect("answers after a rebuild", gateway.holdings.find_many(asked), before)
    return leaves / spent.cpu


def sample(gateway: Gateway, count: int) -> list[bytes]:
    """Anchored leaves, chosen evenly over all manifests held; the same for the same manifests."""
    leaves = all_leaves(gateway)
    return random.Random(_SEED).sample(leaves, min(count, len(leaves)))  # noqa: S311 - to be repeatable


def all_leaves(gateway: Gateway) -> list[bytes]:
    """Every leaf of every manifest in this gateway's folder, ascending. A pack is told by its first bytes."""
    blobs = (gateway.blobs.get(cid) for cid in gateway.blobs.cids())
    manifests = [blob for blob in blobs if not blob.startswith(b"huren.pack.")]
    return sorted(blob[at : at + 32] for blob in manifests for at in range(0, len(blob), 32))
