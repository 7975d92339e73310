r"""Blobs in a folder, each under the CID of its bytes.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> store = FolderStore(pathlib.Path(folder.name))
    >>> cid = store.put(b"\x00" * 32)
    >>> cid
    'bafkreidgnb5k36dcxv3wzd6brohj7drabclrjblo4iz3hebkleoq2xzjeu'
    >>> store.get(cid) == b"\x00" * 32
    True
    >>> folder.cleanup()

Whatever `put` has returned survives a power cut: the file is fsynced before it gets its name, its folder after. A kill
in between leaves at most a temporary file, which is never read and is swept when the store is next opened.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from typing import TYPE_CHECKING, Final, Protocol

from gateway.documents.errors import BlobCorrupted, BlobNotFound, BlobSize
from gateway.domain.manifest import cid_digest, cid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BLOB_BYTES: Final = 1 << 20
"""The most that one blob may hold: an IPFS block (1 MiB)."""
_TEMPORARY: Final = ".tmp-"
_STALE_SECONDS: Final = 3600


class BlobStore(Protocol):
    """Keeps blobs by digest. A CID is version 1, raw, sha2-256, base32 (59 characters)."""

    def put(self, content: bytes) -> str:
        """Stores `content` (1 byte to 1 MiB) durably; the same content again changes nothing. Returns its CID."""

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """As `put`, for many at the price of fewer waits: all are durable on return."""

    def keep_many(self, contents: Mapping[str, bytes]) -> None:
        """As `put_many`, for what was fetched: each blob under the CID that it was checked against."""

    def get(self, cid: str) -> bytes:
        """The bytes of `cid`, checked against it. Raises BlobNotFound or BlobCorrupted."""

    def has(self, cid: str) -> bool:
        """Whether the store holds `cid`, whole or damaged."""


class KeptBlobs(BlobStore, Protocol):
    """A gateway's own store, whichever it is: what it holds can be listed, and letters taken away."""

    def remove(self, cid: str) -> bool:
        """Takes `cid` away, durably; whether it was there."""

    def cids(self) -> Iterator[str]:
        """Every CID held, in no order."""


class FolderStore:
    """A BlobStore in a folder, which is made if absent: `<last two characters of the CID>/<CID>`.

    Raises (all methods that take a CID):
        gateway.domain.manifest.MalformedCid: no CID of that one kind; nothing else ever becomes a path.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder
        self._numbers = itertools.count()
        self._shards: set[Path] = set()  # those whose names this process knows to be durable
        self._sweep()

    def put(self, content: bytes) -> str:
        """Stores `content` durably and returns its CID. A damaged file of that name is mended.

        Raises:
            BlobSize: empty, or above 1 MiB.
        """
        return self.put_many([content])[0]

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Stores many; each file is fsynced, each folder once. Durable on return.

        Raises:
            BlobSize: one of them is empty or above 1 MiB; those before it may have been stored.
        """
        cids: list[str] = []
        folders: set[Path] = set()
        for content in contents:
            if not 0 < len(content) <= BLOB_BYTES:
                raise BlobSize(len(content), limit=BLOB_BYTES)
            digest = hashlib.sha256(content).digest()
            cid = cid_of(digest)
            cids.append(cid)
            path = self._path(cid)
            if _digest_of(path) == digest:
                continue
            if path.parent not in self._shards:
                path.parent.mkdir(exist_ok=True)
                folders.add(self.path)
            self._write(path, content)
            folders.add(path.parent)
        for folder in folders:
            _sync_folder(folder)
        self._shards |= folders
        return cids

    def keep_many(self, contents: Mapping[str, bytes]) -> None:
        """Stores what was fetched; see BlobStore."""
        self.put_many(contents.values())

    def get(self, cid: str) -> bytes:
        """The bytes of `cid`, checked.

        Raises:
            BlobNotFound: there is no such file.
            BlobCorrupted: its bytes are others; the file is left as it is for whoever looks into it.
        """
        path = self._checked_path(cid)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise BlobNotFound(cid) from None
        return check_blob(cid, content, str(path))

    def has(self, cid: str) -> bool:
        """Whether there is a file of that name; `get` checks its bytes."""
        return self._checked_path(cid).exists()

    def remove(self, cid: str) -> bool:
        """Takes `cid` away, durably; whether it was there. For letters alone: everything else is kept for ever."""
        path = self._checked_path(cid)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync_folder(path.parent)
        return True

    def cids(self) -> Iterator[str]:
        """Every CID held, in no order."""
        for shard in self.path.iterdir():
            if shard.is_dir():
                yield from (path.name for path in shard.iterdir() if not path.name.startswith(_TEMPORARY))

    def _write(self, path: Path, content: bytes) -> None:
        temporary = path.parent / f"{_TEMPORARY}{os.getpid()}-{next(self._numbers)}"
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _checked_path(self, cid: str) -> Path:
        cid_digest(cid)
        return self._path(cid)

    def _path(self, cid: str) -> Path:
        return self.path / cid[-2:] / cid

    def _sweep(self) -> None:
        # Another process may be writing right now: only what is older than any write takes is a kill's leftover.
        for path in self.path.glob(f"*/{_TEMPORARY}*"):
            try:
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()
            except FileNotFoundError:
                continue


def check_blob(cid: str, content: bytes, where: str) -> bytes:
    """Returns `content` if it is what `cid` names.

    Raises:
        BlobCorrupted: it is not; `where` says whence it came.
        gateway.domain.manifest.MalformedCid: no CID.
    """
    found = hashlib.sha256(content).digest()
    if found != cid_digest(cid):
        raise BlobCorrupted(cid, where=where, found=found.hex())
    return content


def _digest_of(path: Path) -> bytes | None:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
