"""The IPFS daemon's API as the blob store needs it: blocks and pins, every question bounded in time, errors ours.

    api = BlockApi("http://127.0.0.1:5001", token)
    api.put(cid, b"...")                                # pinned, durable
    api.get(cid)                                        # what the daemon itself holds
    api.get(cid, swarm_seconds=5)                       # or what another daemon of the swarm gives within that time
    api.close()

ipfshttpclient 0.7.0 against Kubo 0.39. A daemon that is away is one error, one that refuses our token another: neither
says anything about a blob.
"""

from __future__ import annotations

import ipaddress
import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import ipfshttpclient
import requests
import urllib3
from ipfshttpclient import exceptions as ipfs_errors

from gateway.documents.errors import BlobCorrupted, BlobNotFound, StoreRefused, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNECT_SECONDS: Final = 3.0
_MARGIN: Final = 2.0
"""Seconds by which we wait longer than the daemon was told to look."""
_ABSENT: Final = ("not found", "could not find", "context deadline exceeded")
"""In the daemon's sentence where it does not hold a block, or nobody gave it in time."""
_DAMAGED: Final = "different hash than requested"
"""In the daemon's sentence where its own file is not what its name says (Datastore.HashOnRead)."""
_NOT_PINNED: Final = "not pinned"
_BLOCK: Final = {"cid-codec": "raw", "mhtype": "sha2-256", "pin": "true"}
_FORBIDDEN: Final = (requests.codes.unauthorized, requests.codes.forbidden)


class BlockApi:
    """One daemon's API. Threads may share it. Raises, in every method, StoreUnreachable and StoreRefused."""

    def __init__(self, url: str, token: str, *, timeout: float = 30.0) -> None:
        """Take the address (http://host:port) and the bearer token; ``timeout`` seconds without a byte end a question.

        Nothing is asked yet.
        """
        self.url = url
        # The library speaks to urllib3 as to version 1; the version locked accepts that, and says so each time.
        warnings.filterwarnings("ignore", message="The 'strict' parameter is no longer needed", category=FutureWarning)
        self._timeout = (min(_CONNECT_SECONDS, timeout), timeout)
        self._client = ipfshttpclient.Client(
            _multiaddress(url), session=True, headers={"Authorization": f"Bearer {token}"}, timeout=self._timeout
        )
        # The daemon is named in the settings: no proxy and no password of the environment is to stand between.
        self._client._client._session.trust_env = False  # noqa: SLF001 - it offers no other way

    def put(self, cid: str, content: bytes) -> None:
        """Store and pin a block, durably; a damaged one of that name is written anew."""
        with self._told(cid):
            said = self._client.block.put(BytesIO(content), opts=_BLOCK, timeout=self._timeout)
            if said["Key"] != cid:
                raise StoreRefused(self.url, why=f"{said['Key']} ≠ {cid}")

    def get(self, cid: str, *, swarm_seconds: float = 0.0) -> bytes:
        """The bytes of a block as the daemon gives them, unchecked; from the swarm if told how long to look there.

        Raises:
            BlobNotFound: it does not hold the block (and nobody gave it in time).
            BlobCorrupted: its own file of that name holds something else.
        """
        words: dict[str, Any] = {"offline": True, "timeout": self._timeout}
        if swarm_seconds:
            words = {
                "opts": {"timeout": f"{round(swarm_seconds * 1000)}ms"},
                "timeout": (self._timeout[0], swarm_seconds + _MARGIN),
            }
        with self._told(cid):
            content: bytes = self._client.block.get(cid, **words)
            return content

    def holds(self, cid: str) -> bool:
        """Whether the daemon itself has a block of that name, whole or damaged."""
        try:
            with self._told(cid):
                self._client.block.stat(cid, offline=True, timeout=self._timeout)
        except BlobNotFound:
            return False
        except BlobCorrupted:
            return True
        return True

    def remove(self, cid: str) -> None:
        """Unpin and delete a block; one that is not there stays away."""
        with self._told(cid):
            try:
                self._client.pin.rm(cid, timeout=self._timeout)
            except ipfs_errors.ErrorResponse as error:
                if _NOT_PINNED not in str(error):
                    raise
            # The library has no method for it.
            self._client._client.request(  # noqa: SLF001
                "/block/rm", (cid,), decoder="json", opts={"force": True}, timeout=self._timeout
            )

    def pins(self) -> Iterator[str]:
        """The CID of every pin."""
        with self._told(""):
            said = self._client.pin.ls(type="recursive", timeout=self._timeout)
        yield from said.as_json().get("Keys") or ()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

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
