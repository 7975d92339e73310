"""Blobs of 1 MiB into the province's IPFS daemon and out of it, beside a folder; and out of another province's daemon.

Both sides write with fsync and check every byte that they read. A real daemon has answered, in a swarm of two.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from bench_rows import Row, expect, more
from swarm import Swarm

from gateway.documents.blobs import BLOB_BYTES, FolderStore
from gateway.documents.ipfs import IpfsStore, IpfsSwarm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.documents.blobs import BlobStore

_BLOBS: Final = 200
_TOGETHER: Final = 8
"""Blobs put at a time: a worker's packs."""
AT_LEAST_PUT: Final = 0.2
AT_LEAST_GET: Final = 0.05
"""Of the folder's speed. A daemon is asked over HTTP, and hashes what it reads as we do: no more is to be had."""


def documents_rows(folder: Path, say: Callable[[str], None], blobs: int = _BLOBS) -> Iterator[Row]:
    """Three rows: put, get, and fetched from another province beside got from our own daemon.

    Raises:
        BenchError: what came out is not what went in.
    """
    say(f"{blobs} blobs of 1 MiB into a folder and into an IPFS daemon")
    contents = [os.urandom(BLOB_BYTES) for _ in range(blobs)]
    with Swarm(folder / "swarm", provinces=2) as swarm:
        first, second = swarm.daemons
        with closing(first.api()) as api, closing(second.api()) as other:
            put, get, cids = _rates(IpfsStore(api), contents)
            put_beside, get_beside, in_folder = _rates(FolderStore(folder / "blobs"), contents)
            expect("CIDs of the folder", in_folder, cids)
            began = time.perf_counter()
            fetched = dict(IpfsSwarm(other).fetch_many(cids))
            swarmed = blobs / (time.perf_counter() - began)
            expect("what another province gave", [fetched[cid] for cid in cids] == contents, wanted=True)
    yield more("put 1 MiB, IPFS beside a folder", put, put_beside, AT_LEAST_PUT, "/s")
    yield more("get 1 MiB, IPFS beside a folder", get, get_beside, AT_LEAST_GET, "/s")
    yield more("fetch 1 MiB from another province's IPFS beside our own", swarmed, get, AT_LEAST_PUT, "/s")


def _rates(store: BlobStore, contents: list[bytes]) -> tuple[float, float, list[str]]:
    """Puts and gets a second, and the CIDs."""
    began = time.perf_counter()
    cids = [
        cid
        for start in range(0, len(contents), _TOGETHER)
        for cid in store.put_many(contents[start : start + _TOGETHER])
    ]
    put = len(contents) / (time.perf_counter() - began)
    began = time.perf_counter()
    found = [store.get(cid) for cid in cids]
    get = len(contents) / (time.perf_counter() - began)
    expect("what came out", found == contents, wanted=True)
    return put, get, cids
