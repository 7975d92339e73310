"""Blobs from other provinces' gateways: GET {peer}/v1/blobs/{cid}, every byte checked on arrival.

    with HttpPeers(["http://127.0.0.1:8101"]) as peers:
        manifest = peers.fetch(cid)

    library = Library(FolderStore(folder), peers)     # a BlobStore that fetches what it lacks, and keeps it
    manifest = library.get(cid)

A peer is a source of bytes, never of truth: a wrong digest, an oversized answer, one that trickles in or a redirect
counts as no answer, and the next peer is asked.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

import httpx
import tenacity

from gateway.documents.blobs import BLOB_BYTES, BlobStore, check_blob
from gateway.documents.errors import BlobCorrupted, BlobError, BlobNotFound, BlobUnavailable, StoreUnreachable
from gateway.documents.patience import PatientTransport
from gateway.domain.manifest import cid_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gateway.documents.sources import BlobSource

_ATTEMPTS: Final = 3
_WORKERS: Final = 8
_TOGETHER: Final = 16
"""Blobs that are kept with one question to the store."""
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 2.0
_REST_SECONDS: Final = 30.0
"""How long a peer is left alone that has not answered: one that is away would hold up every blob that others have."""
_SERVER_ERROR: Final = 500
_ELSEWHERE: Final = (BlobNotFound, BlobCorrupted, StoreUnreachable)
"""What sends us to others: we lack a blob, ours is damaged, or our own daemon is away."""
_HEADERS: Final = {"Accept": "application/vnd.ipld.raw", "Accept-Encoding": "identity"}
"""Nothing packed is asked for or taken: a few bytes would become many before anybody has counted them."""


class _NoAnswerError(Exception):
    """A peer that gave nothing usable: `again`, asking once more may help; `away`, nor would it give anything else."""

    def __init__(self, why: str, *, again: bool = False, away: bool = False) -> None:
        super().__init__(why)
        self.again = again
        self.away = away


class HttpPeers:
    """The gateways at `addresses` (base URLs), asked in order. Thread-safe; close it, or use it as a context."""

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        timeout: float = 10.0,
        patience: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take the addresses; ``timeout`` seconds without a byte end an answer, ``patience`` seconds end any."""
        self._patience = patience
        limits = httpx.Limits(max_connections=_WORKERS * max(1, len(addresses)))
        self._addresses = tuple(address.rstrip("/") for address in addresses)
        self._rests: dict[str, float] = {}
        self._client = httpx.Client(
            timeout=timeout,
            transport=transport or PatientTransport(patience, limits=limits),
            follow_redirects=False,
            trust_env=False,  # peers are named in the settings; a proxy of the environment is not one of them
        )

    def fetch(self, cid: str) -> bytes:
        """The bytes of `cid` from the first peer that has them.

        Raises:
            BlobUnavailable: no peer gave it; the message says what each answered.
            gateway.domain.manifest.MalformedCid: no CID.
        """
        cid_digest(cid)
        answers = []
        for address in self._addresses:
            if time.monotonic() < self._rests.get(address, 0.0):
                answers.append(f"{address}: no answer a moment ago")
                continue
            try:
                return self._ask(address, cid)
            except _NoAnswerError as error:
                answers.append(f"{address}: {error}")
                if error.away:
                    self._rests[address] = time.monotonic() + _REST_SECONDS
            except BlobCorrupted as error:
                answers.append(f"{address}: {error}")
        raise BlobUnavailable(cid, why="; ".join(answers) or "no peers")

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Fetches with eight threads; yields each CID once, with its bytes or what went wrong."""
        wanted = list(dict.fromkeys(cids))
        with ThreadPoolExecutor(_WORKERS, "blobs") as pool:
            yield from zip(wanted, pool.map(self._fetch_or_error, wanted), strict=True)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fetch_or_error(self, cid: str) -> bytes | BlobError:
        try:
            return self.fetch(cid)
        except BlobError as error:
            return error

    def _ask(self, address: str, cid: str) -> bytes:
        for attempt in tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=tenacity.wait_random_exponential(_FIRST_WAIT, _LONGEST_WAIT),
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, _NoAnswerError) and error.again),
            reraise=True,
        ):
            with attempt:
                return check_blob(cid, self._download(f"{address}/v1/blobs/{cid}"), address)
        raise AssertionError("tenacity returns or raises")

    def _download(self, url: str) -> bytes:
        until = time.monotonic() + self._patience
        try:
            with self._client.stream("GET", url, headers=_HEADERS) as response:
                if response.status_code != httpx.codes.OK:
                    failed = response.status_code >= _SERVER_ERROR
                    raise _NoAnswerError(f"HTTP {response.status_code}", again=failed, away=failed)
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise _NoAnswerError("Content-Encoding")
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    if len(content) > BLOB_BYTES:
                        raise _NoAnswerError(f"more than {BLOB_BYTES} bytes")
                return bytes(content)
        except httpx.HTTPError as error:
            again = time.monotonic() < until  # who used all of the time is not given it once more
            raise _NoAnswerError(f"{type(error).__name__} {error}".strip(), again=again, away=True) from error


class Library:
    """A BlobStore of our own that turns to peers for what it lacks, and keeps what they gave."""

    def __init__(self, store: BlobStore, peers: BlobSource, near: BlobStore | None = None) -> None:
        """Take the store and the source; ``near`` is where `get_many` looks first, if that is not the store.

        Where the source asks our own IPFS daemon before others', as `IpfsSwarm` does, asking it for each blob before
        that costs as much as fetching it.
        """
        self._near = near or store
        self._store = store
        self._peers = peers

    def put(self, content: bytes) -> str:
        """Stores `content` here; see BlobStore."""
        return self._store.put(content)

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Stores many here; see BlobStore."""
        return self._store.put_many(contents)

    def get(self, cid: str) -> bytes:
        """The bytes of `cid`, from here or from a peer; a damaged file of ours is mended from a peer.

        Raises:
            BlobUnavailable: neither we nor a peer has it whole.
        """
        try:
            return self._store.get(cid)
        except _ELSEWHERE:
            content = self._peers.fetch(cid)
        self._store.keep_many({cid: content})
        return content

    def keep_many(self, contents: Mapping[str, bytes]) -> None:
        """Stores here what was fetched; see BlobStore."""
        self._store.keep_many(contents)

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Each CID once, with its bytes or what went wrong; what was lacking is fetched, and kept before it is given.

        All of them are in memory at the end: ask for some tens of megabytes at a time.
        """
        wanted = list(dict.fromkeys(cids))
        lacking: list[str] = []
        fetched: list[tuple[str, bytes | BlobError]] = []
        arrived: dict[str, bytes] = {}
        with ThreadPoolExecutor(_WORKERS, "library") as pool:
            for cid, content in zip(wanted, pool.map(self._own, wanted), strict=True):
                if content is None:
                    lacking.append(cid)
                else:
                    yield cid, content
            kept = []
            for cid, found in self._peers.fetch_many(lacking):
                fetched.append((cid, found))
                if isinstance(found, bytes):
                    arrived[cid] = found
                if len(arrived) == _TOGETHER:  # kept while others are still on their way
                    kept.append(pool.submit(self._store.keep_many, arrived))
                    arrived = {}
            if arrived:
                kept.append(pool.submit(self._store.keep_many, arrived))
            for done in kept:
                done.result()
        yield from fetched

    def has(self, cid: str) -> bool:
        """Whether it is held here; peers are not asked."""
        return self._store.has(cid)

    def _own(self, cid: str) -> bytes | None:
        try:
            return self._near.get(cid)
        except _ELSEWHERE:
            return None
