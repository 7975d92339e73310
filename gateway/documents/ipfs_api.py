"""The IPFS daemon's API as the blob store needs it: blocks and pins, every question bounded in time, errors ours.

    api = BlockApi("http://127.0.0.1:5001", token)
    api.put({cid: b"..."})                              # pinned, durable
    api.get(cid)                                        # what the daemon itself holds
    api.get(cid, swarm_seconds=5)                       # or what another daemon of the swarm gives within that time
    api.close()

ipfshttpclient 0.7.0 against Kubo 0.39. A daemon that is away is one error, one that refuses our token another: neither
says anything about a blob. The library's own methods are not used: they ask one blob at a time, and believe the form
of whatever comes back. Its check of versions is not, either: it knows none of this decade.
"""

from __future__ import annotations

import ipaddress
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import ipfshttpclient
import msgspec
import requests
import urllib3
from ipfshttpclient import exceptions as ipfs_errors
from urllib3.filepost import encode_multipart_formdata

from gateway.documents.errors import BlobCorrupted, BlobNotFound, StoreRefused, StoreUnreachable
from gateway.documents.ipfs_http import BoundedAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CONNECT_SECONDS: Final = 3.0
_MARGIN: Final = 2.0
"""Seconds by which we wait longer than the daemon was told to look."""
_ABSENT: Final = ("not found", "could not find", "context deadline exceeded")
"""In the daemon's sentence where it does not hold a block, or nobody gave it in time."""
_DAMAGED: Final = "different hash than requested"
"""In the daemon's sentence where its own file is not what its name says (Datastore.HashOnRead)."""
_NOT_PINNED: Final = "not pinned"
_BLOCK: Final = {"cid-codec": "raw", "mhtype": "sha2-256"}
_PATIENCE: Final = 120.0
"""Seconds after which any answer is whole, or none: two million pins, on a slow machine."""
_LINE: Final = 1_000
"""Bytes of one pin in the list, with room."""
_FORBIDDEN: Final = (requests.codes.unauthorized, requests.codes.forbidden)


class _Put(msgspec.Struct):
    key: str = msgspec.field(name="Key")


class _Pinned(msgspec.Struct):
    pins: list[str] = msgspec.field(name="Pins")


class _Removed(msgspec.Struct):
    error: str = msgspec.field(name="Error", default="")


class _Listed(msgspec.Struct):
    cid: str = msgspec.field(name="Cid")


_Form = TypeVar("_Form")


class BlockApi:
    """One daemon's API. Threads may share it. Raises, in every method, StoreUnreachable and StoreRefused."""

    def __init__(self, url: str, token: str, *, timeout: float = 30.0, patience: float = _PATIENCE) -> None:
        """Take the address (http://host:port) and the bearer token.

        ``timeout`` seconds without a byte end a question, ``patience`` seconds end any. Nothing is asked yet.
        """
        self.url = url
        # The library speaks to urllib3 as to version 1; the version locked accepts that, and says so each time.
        warnings.filterwarnings("ignore", message="The 'strict' parameter is no longer needed", category=FutureWarning)
        self._timeout = (min(_CONNECT_SECONDS, timeout), timeout)
        client = ipfshttpclient.Client(
            _multiaddress(url), session=True, headers={"Authorization": f"Bearer {token}"}, timeout=self._timeout
        )
        self._client = client._client  # noqa: SLF001 - the connection itself: see above
        session = self._client._session  # noqa: SLF001 - it offers no other way
        # The daemon is named in the settings: no proxy and no password of the environment is to stand between, and
        # nobody who answers in its place sends us (and our token) elsewhere.
        session.trust_env = False
        session.max_redirects = 0
        adapter = BoundedAdapter(seconds=patience)
        for scheme in tuple(session.adapters):
            session.mount(scheme, adapter)

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Store and pin blocks by CID, durably; a damaged one of that name is written anew."""
        left = dict(contents)
        while left:
            files = [("file", ("block", content, "application/octet-stream")) for content in left.values()]
            body, kind = encode_multipart_formdata(files)
            said = self._ask("block/put", opts=_BLOCK, data=body, headers={"Content-Type": kind})
            keys = [line.key for line in self._lines(said.splitlines(), _Put)]
            # An error after the first block is told where the library does not look: the next one is asked for alone.
            if not keys or keys != list(left)[: len(keys)]:
                raise StoreRefused(self.url, why=f"block/put: {', '.join(keys)[:200]} ≠ {', '.join(left)[:200]}")
            for cid in keys:
                del left[cid]
        self.pin(contents)

    def pin(self, cids: Iterable[str]) -> None:
        """Pin blocks that the daemon itself holds: nothing is fetched.

        Raises:
            BlobNotFound, BlobCorrupted: one that it does not hold, or not whole; others may have been pinned.
        """
        wanted = list(cids)
        said = self._ask("pin/add", *wanted, offline=True)
        [pinned] = self._lines([said], _Pinned)
        if set(pinned.pins) != set(wanted):
            raise StoreRefused(self.url, why=f"pin/add: {', '.join(pinned.pins)[:200]}")

    def get(self, cid: str, *, swarm_seconds: float = 0.0) -> bytes:
        """The bytes of a block as the daemon gives them, unchecked; from the swarm if told how long to look there.

        Raises:
            BlobNotFound: it does not hold the block (and nobody gave it in time).
            BlobCorrupted: its own file of that name holds something else.
        """
        if not swarm_seconds:
            return self._ask("block/get", cid, offline=True)
        bounds = (self._timeout[0], swarm_seconds + _MARGIN)
        return self._ask("block/get", cid, opts={"timeout": f"{round(swarm_seconds * 1000)}ms"}, timeout=bounds)

    def holds(self, cid: str) -> bool:
        """Whether the daemon itself has a block of that name, whole or damaged."""
        try:
            self._ask("block/stat", cid, offline=True)
        except BlobNotFound:
            return False
        except BlobCorrupted:
            return True
        return True

    def remove(self, cid: str) -> None:
        """Unpin and delete a block; one that is not there stays away."""
        try:
            self._ask("pin/rm", cid)
        except StoreRefused as error:
            if _NOT_PINNED not in str(error.details["why"]):
                raise
        said = self._ask("block/rm", cid, opts={"force": "true"})
        for line in self._lines(said.splitlines(), _Removed):
            if line.error:  # told in a good answer
                raise StoreRefused(self.url, why=f"block/rm: {line.error[:200]}")

    def pins(self) -> Iterator[str]:
        """The CID of every pin."""
        words = {"opts": {"type": "recursive", "stream": "true"}, "stream": True}
        with self._told(""), self._client.request("/pin/ls", (), timeout=self._timeout, **words) as parts:
            rest = b""
            for part in parts:
                *whole, rest = (rest + part).split(b"\n")
                yield from (line.cid for line in self._lines(whole, _Listed))
                if len(rest) > _LINE:
                    break
            yield from (line.cid for line in self._lines([rest] if rest.strip() else [], _Listed))

    def close(self) -> None:
        """Close the connections."""
        self._client.close_session()

    def _ask(self, command: str, *arguments: str, **words: object) -> bytes:
        with self._told(arguments[0] if arguments else ""):
            said: bytes = self._client.request(f"/{command}", arguments, **{"timeout": self._timeout, **words})
        return said

    def _lines(self, said: Iterable[bytes], form: type[_Form]) -> list[_Form]:
        try:
            return [msgspec.json.decode(line, type=form) for line in said]
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreRefused(self.url, why=f"no answer of Kubo's: {error}") from error

    @contextmanager
    def _told(self, cid: str) -> Iterator[None]:
        """Ours for the library's errors, and for those that it lets through while it reads an answer."""
        try:
            yield
        except ipfs_errors.ErrorResponse as error:
            said = str(error)
            if _DAMAGED in said:
                raise BlobCorrupted(cid, where=self.url, found="≠") from error
            if any(words in said for words in _ABSENT):
                raise BlobNotFound(cid) from error
            raise StoreRefused(self.url, why=said) from error
        except ipfs_errors.StatusError as error:
            status = getattr(getattr(error.original, "response", None), "status_code", None)
            if status in _FORBIDDEN:
                raise StoreRefused(self.url, why=f"HTTP {status}, token") from error
            raise StoreUnreachable(self.url, why=f"HTTP {status}") from error
        except (ipfs_errors.Error, requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise StoreUnreachable(self.url, why=type(error).__name__) from error


def _multiaddress(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        kind = f"ip{ipaddress.ip_address(host).version}"
    except ValueError:
        kind = "dns"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"/{kind}/{host}/tcp/{port}/{parts.scheme}"
