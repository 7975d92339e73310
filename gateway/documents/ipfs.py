r"""Blobs in the province's IPFS daemon, and those that the other provinces' daemons give.

    store = IpfsStore(BlockApi("http://127.0.0.1:5001", token))
    cid = store.put(b"...")                # the same CID as a folder gives it
    store.get(cid)                         # from our own daemon, checked

    with IpfsSwarm(api) as swarm:          # a source of what is lacking, as HttpPeers is
        swarm.fetch(cid)

The daemon is trusted no more than a peer is: every byte that it gives is hashed here. It writes with fsync
(node/ipfs/configuration.py), so that what `put` has returned survives a power cut.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

from gateway.documents.blobs import BLOB_BYTES, check_blob
from gateway.documents.errors import BlobCorrupted, BlobError, BlobNotFound, BlobSize, BlobUnavailable
from gateway.domain.manifest import MalformedCid, cid_digest, cid_of
from gateway.domain.portions import portions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.documents.ipfs_api import BlockApi

_WORKERS: Final = 16
"""Questions to the daemon at a time: one by one, the swarm gives a tenth."""
_TOGETHER: Final = 64
"""Blobs put with one question, at most; there are several at a time."""
_TOGETHER_BYTES: Final = 2 << 20
_HURRIED: Final = 1.0
"""Seconds for each further blob, once the swarm has not given one of those asked for together."""


class IpfsStore:
    """A BlobStore in an IPFS daemon: each blob is a raw block with a pin.

    Raises (all methods):
        StoreUnreachable, StoreRefused: the daemon is away, or does not do what it was asked.
        gateway.domain.manifest.MalformedCid: no CID of that one kind; nothing else is ever asked for.
    """

    def __init__(self, api: BlockApi) -> None:
        """Take the daemon's API, which whoever made it closes."""
        self._api = api
        self.url = api.url

    def put(self, content: bytes) -> str:
        """Stores and pins `content` durably and returns its CID. A damaged block of that name is mended.

        Raises:
            BlobSize: empty, or above 1 MiB.
        """
        return self.put_many([content])[0]

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Stores many with few questions. Durable on return.

        Raises:
            BlobSize: one of them is empty or above 1 MiB; nothing was stored.
        """
        several = [(_cid(content), content) for content in contents]
        questions = list(_questions(dict(several)))
        if len(questions) == 1:
            self._api.put(questions[0])
        elif questions:
            with ThreadPoolExecutor(_WORKERS, "ipfs-put") as pool:
                list(pool.map(self._api.put, questions))
        return [cid for cid, _ in several]

    def keep_many(self, contents: Mapping[str, bytes]) -> None:
        """Stores what was fetched: the daemon has mostly kept it already, and only the pins are lacking."""
        try:
            self._api.pin(contents)
        except (BlobNotFound, BlobCorrupted):
            self.put_many(contents.values())

    def get(self, cid: str) -> bytes:
        """The bytes of `cid` from our own daemon, checked; the swarm is not asked.

        Raises:
            BlobNotFound: the daemon does not hold it.
            BlobCorrupted: what it holds are other bytes.
        """
        cid_digest(cid)
        return check_blob(cid, self._api.get(cid), self._api.url)

    def has(self, cid: str) -> bool:
        """Whether our own daemon holds a block of that name; `get` checks its bytes."""
        cid_digest(cid)
        return self._api.holds(cid)

    def remove(self, cid: str) -> bool:
        """Takes `cid` away, pin and block; whether it was there. For letters alone: all else is kept for ever."""
        there = self.has(cid)
        if there:
            self._api.remove(cid)
        return there

    def cids(self) -> Iterator[str]:
        """Every CID pinned, in no order; what is no blob of ours (another codec or hash) is left out."""
        for cid in self._api.pins():
            try:
                cid_digest(cid)
            except MalformedCid:
                continue
            yield cid


class IpfsSwarm:
    """The other provinces' daemons, asked through our own. Thread-safe."""

    def __init__(self, api: BlockApi, *, seconds: float = 5.0) -> None:
        """Take our daemon's API; ``seconds`` is how long one blob is looked for."""
        self._api = api
        self._seconds = seconds

    def fetch(self, cid: str) -> bytes:
        """The bytes of `cid` from whichever daemon of the swarm has them.

        Raises:
            BlobUnavailable: none gave it in time, or our own daemon is away.
            gateway.domain.manifest.MalformedCid: no CID.
        """
        return self._fetch(cid, self._seconds)

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Fetches with sixteen threads; yields each CID once, with its bytes or what went wrong.

        Where the swarm did not give one, the others are not looked for as long: it may be cut off.
        """
        wanted, missed = list(dict.fromkeys(cids)), False

        def fetch(cid: str) -> bytes | BlobError:
            nonlocal missed
            try:
                return self._fetch(cid, min(_HURRIED, self._seconds) if missed else self._seconds)
            except BlobError as error:
                missed = True
                return error

        with ThreadPoolExecutor(_WORKERS, "ipfs-get") as pool:
            yield from zip(wanted, pool.map(fetch, wanted), strict=True)

    def close(self) -> None:
        """Nothing of its own to close: the API is whoever's who made it."""

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `close`."""
        self.close()

    def _fetch(self, cid: str, seconds: float) -> bytes:
        cid_digest(cid)
        try:
            try:
                return self._ask(cid, seconds)
            except BlobCorrupted:
                # Our own daemon's file is damaged, and while it lies there nobody else is asked.
                self._api.remove(cid)
                return self._ask(cid, seconds)
        except BlobNotFound as error:
            raise BlobUnavailable(cid, why=f"IPFS: {seconds:g} s") from error
        except BlobError as error:
            raise BlobUnavailable(cid, why=f"IPFS: {error}") from error

    def _ask(self, cid: str, seconds: float) -> bytes:
        return check_blob(cid, self._api.get(cid, swarm_seconds=seconds), "IPFS")


def _questions(contents: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Share blobs out over questions: as many as are asked at a time, none of them too long."""
    most = min(_TOGETHER, max(1, -(-len(contents) // _WORKERS)))
    blobs = portions(contents.items(), lambda blob: len(blob[1]), most=most, most_bytes=_TOGETHER_BYTES)
    return map(dict, blobs)


def _cid(content: bytes) -> str:
    if not 0 < len(content) <= BLOB_BYTES:
        raise BlobSize(len(content), limit=BLOB_BYTES)
    return cid_of(hashlib.sha256(content).digest())
