"""Blobs in the IPFS daemon, and in a folder while the daemon is away: whoever stores waits for nobody.

    store = SpooledStore(IpfsStore(api), FolderStore(folder))
    store.put(b"...")          # durable either way
    store.settle()             # what waits in the folder goes into the daemon; the gateway calls it now and then

The folder is on the same machine and fsynced like the daemon's, so an anchor never goes ahead of its files. Whoever
asks this gateway over HTTP gets what waits here too, so that other provinces lose no time either (decision 0261).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
from filelock import FileLock

from gateway.documents.errors import BlobCorrupted, BlobNotFound, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gateway.documents.blobs import FolderStore
    from gateway.documents.ipfs import IpfsStore

_REST_SECONDS: Final = 5.0
"""How long the daemon is left alone after it has not answered."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class SpooledStore:
    """A BlobStore: the daemon's, with a folder for what it cannot take now. Threads and processes may share both."""

    def __init__(self, ipfs: IpfsStore, folder: FolderStore) -> None:
        """Take the daemon's store, and the folder."""
        self._ipfs = ipfs
        self._folder = folder
        self._rests_until = 0.0
        # Threads and processes: what a person has taken away must not come back by what was moved meanwhile.
        self._moving = FileLock(folder.path / ".moving.lock")

    def put(self, content: bytes) -> str:
        """Stores `content` durably; see BlobStore."""
        return self.put_many([content])[0]

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Stores many: in the daemon, or in the folder where it does not answer. Durable on return.

        Raises:
            BlobSize: one of them is empty or above 1 MiB; others may have been stored.
            StoreRefused: the daemon answers, and does not take them: that does not pass by itself.
        """
        several = list(contents)
        try:
            return self._ask(lambda: self._ipfs.put_many(several))
        except StoreUnreachable as error:
            log.info("blobs.spooled", why=str(error.details.get("why")), blobs=len(several))
        return self._folder.put_many(several)

    def keep_many(self, contents: Mapping[str, bytes]) -> None:
        """Stores what was fetched; see `put_many`."""
        try:
            self._ask(lambda: self._ipfs.keep_many(contents))
        except StoreUnreachable as error:
            log.info("blobs.spooled", why=str(error.details.get("why")), blobs=len(contents))
            self._folder.keep_many(contents)

    def get(self, cid: str) -> bytes:
        """The bytes of `cid`, checked.

        Raises:
            BlobNotFound, BlobCorrupted: see BlobStore.
            StoreUnreachable: it does not wait in the folder, and the daemon is away.
        """
        try:
            return self._folder.get(cid)
        except (BlobNotFound, BlobCorrupted):
            return self._ask(lambda: self._ipfs.get(cid))

    def has(self, cid: str) -> bool:
        """Whether the daemon or the folder holds `cid`."""
        return self._folder.has(cid) or self._ask(lambda: self._ipfs.has(cid))

    def remove(self, cid: str) -> bool:
        """Takes `cid` away wherever it lies; whether it was there.

        Raises:
            StoreUnreachable: the daemon is away; nothing was taken away, and it has to be asked for again.
        """
        with self._moving:
            there = self._ask(lambda: self._ipfs.remove(cid))
            return self._folder.remove(cid) or there

    def cids(self) -> Iterator[str]:
        """Every CID held, in no order."""
        waiting = set(self._folder.cids())
        yield from waiting
        yield from (cid for cid in self._ask(lambda: list(self._ipfs.cids())) if cid not in waiting)

    def waiting(self) -> int:
        """How many wait in the folder."""
        return sum(1 for _ in self._folder.cids())

    def settle(self) -> int:
        """Moves what waits in the folder into the daemon; how many. A kill in between leaves a blob in both.

        Raises:
            StoreUnreachable, StoreRefused: the daemon does not take them; those before it are moved.
        """
        moved = 0
        for cid in list(self._folder.cids()):
            with self._moving:
                try:
                    self._ipfs.put(self._folder.get(cid))
                except BlobNotFound:
                    continue  # taken away meanwhile, or moved by another process
                except BlobCorrupted:
                    if not self._ipfs.has(cid):
                        continue  # `huren documents repair` says so, and asks other provinces for it
                self._folder.remove(cid)
                moved += 1
                self._rests_until = 0.0
        if moved:
            log.info("blobs.settled", blobs=moved)
        return moved

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask the daemon, unless it has just not answered: one that hangs would hold up everybody, each time anew."""
        if time.monotonic() < self._rests_until:
            raise StoreUnreachable(self._ipfs.url, why="no answer a moment ago")
        try:
            return question()
        except StoreUnreachable:
            self._rests_until = time.monotonic() + _REST_SECONDS
            raise
