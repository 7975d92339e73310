"""The way to the IPFS daemon: ipfshttpclient's session, with every answer bounded in time and size.

    session.mount("http", BoundedAdapter(seconds=60.0))

The library reads whatever comes, for as long as it comes. A daemon is a program on the network like any other: whoever
took its place must not fill our memory or keep our threads.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Final

import requests
from ipfshttpclient import requests_wrapper

if TYPE_CHECKING:
    from collections.abc import Iterator

    import urllib3
    from _typeshed import WriteableBuffer
    from typing_extensions import Buffer

MOST_BYTES: Final = 2 << 20
"""Of an answer: a block of 1 MiB, or some sentences."""
MOST_LISTED: Final = 1 << 30
"""Of a list, which is read line by line: ten million pins."""
_LISTS: Final = "/pin/ls?"
_AT_ONCE: Final = 1 << 16
_CONNECTIONS: Final = 32
"""Kept open: more than threads ask at a time."""


class TooMuchError(requests.RequestException):
    """An answer that is longer than any that was asked for."""


class BoundedAdapter(requests_wrapper.HTTPAdapter):  # type: ignore[misc]  # the library comes without types
    """An answer, headers and all, is here `seconds` after its question, and is no longer than it may be."""

    def __init__(self, *, seconds: float) -> None:
        """Bound every answer."""
        super().__init__(pool_connections=1, pool_maxsize=_CONNECTIONS)
        pools = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {
            scheme: _patient(pool, seconds) if scheme.partition("+")[0] == "http" else pool
            for scheme, pool in pools.items()
        }

    def build_response(self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse) -> requests.Response:
        """Return the answer, whose body will be counted."""
        response: requests.Response = super().build_response(req, resp)
        response.raw = _Counted(resp, MOST_LISTED if _LISTS in str(req.url) else MOST_BYTES)
        return response


class _Counted:
    """A body as `requests` reads it: not unpacked, a little at a time, and no more than `most` bytes."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, most: int) -> None:
        self._raw = raw
        self._most = most

    def stream(self, _amount: int | None, **_words: object) -> Iterator[bytes]:
        left = self._most
        for part in self._raw.stream(_AT_ONCE, decode_content=False):
            left -= len(part)
            if left < 0:
                self._raw.close()
                raise TooMuchError(f"more than {self._most} bytes")
            yield part

    def close(self) -> None:
        self._raw.close()

    def release_conn(self) -> None:
        self._raw.release_conn()


def _patient(pool: type, seconds: float) -> type:
    """The kind of pool whose connections are patient for so long."""

    class Connection(pool.ConnectionCls):  # type: ignore[name-defined,misc]
        def _new_conn(self) -> socket.socket:
            return _Socket(super()._new_conn(), seconds)

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})


class _Socket(socket.socket):
    """A connection; whatever is sent is a question, from which the answer's seconds count."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        timeout = connected.gettimeout()
        super().__init__(connected.family, connected.type, connected.proto, fileno=connected.detach())
        self.settimeout(timeout)
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def sendall(self, data: Buffer, flags: int = 0, /) -> None:
        self._until = time.monotonic() + self._seconds
        super().sendall(data, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not done after {self._seconds:g} s")
        usual = self.gettimeout()
        if usual is not None and usual < left:
            return super().recv_into(buffer, nbytes, flags)
        self.settimeout(left)
        try:
            return super().recv_into(buffer, nbytes, flags)
        finally:
            self.settimeout(usual)
