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
from gateway.domain.manifest import cid_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.documents.sources import BlobSource

_ATTEMPTS: Final = 3
_WORKERS: Final = 8
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 2.0
_SERVER_ERROR: Final = 500
_ELSEWHERE: Final = (BlobNotFound, BlobCorrupted, StoreUnreachable)
"""What sends us to others: we lack a blob, ours is damaged, or our own daemon is away."""
_HEADERS: Final = {"Accept": "application/vnd.ipld.raw", "Accept-Encoding": "identity"}
"""Nothing packed is asked for or taken: a few bytes would become many before anybody has counted them."""


class _NoAnswerError(Exception):
    """A peer that gave nothing usable; `again` tells whether asking once more may help."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


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
        self._addresses = tuple(address.rstrip("/") for address in addresses)
        self._client = httpx.Client(
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            trust_env=False,  # peers are named in the settings; a proxy of the environment is not one of them
            limits=httpx.Limits(max_connections=_WORKERS * max(1, len(addresses))),
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
            try:
                return self._ask(address, cid)
            except (_NoAnswerError, BlobCorrupted) as error:
                answers.append(f"{address}: {error}")
        raise BlobUnavailable(cid, why="; ".join(answers) or "no peers")

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Fetches with eight threads; yields each CID with its bytes or what went wrong, in the order given."""
        wanted = list(cids)
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
                    again = response.status_code >= _SERVER_ERROR
                    raise _NoAnswerError(f"HTTP {response.status_code}", again=again)
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise _NoAnswerError("Content-Encoding", again=False)
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    if len(content) > BLOB_BYTES:
                        raise _NoAnswerError(f"more than {BLOB_BYTES} bytes", again=False)
                    if time.monotonic() > until:
                        raise _NoAnswerError(f"not done after {self._patience:g} s", again=False)
                return bytes(content)
        except httpx.HTTPError as error:
            raise _NoAnswerError(f"{type(error).__name__} {error}".strip(), again=True) from error


class Library:
    """A BlobStore of our own that turns to peers for what it lacks, and keeps what they gave."""

    def __init__(self, store: BlobStore, peers: BlobSource) -> None:
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
        self._store.put(content)
        return content

    def get_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        """Each CID with its bytes or what went wrong; what is lacking here is fetched eight at a time and kept."""
        wanted, lacking = list(cids), []
        for cid in wanted:
            try:
                yield cid, self._store.get(cid)
            except _ELSEWHERE:
                lacking.append(cid)
        for cid, content in self._peers.fetch_many(lacking):
            if isinstance(content, bytes):
                self._store.put(content)
            yield cid, content

    def has(self, cid: str) -> bool:
        """Whether it is held here; peers are not asked."""
        return self._store.has(cid)
