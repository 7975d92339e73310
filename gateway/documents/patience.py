"""HTTP answers that end: a transport whose every answer, headers and all, is here so many seconds after its question.

    client = httpx.Client(transport=PatientTransport(60.0))

httpx bounds the wait for the next byte. Whoever sends one byte of a header each second keeps a thread for days.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from httpcore._backends.base import SOCKET_OPTION


class PatientTransport(httpx.HTTPTransport):
    """HTTP/1.1 as httpx speaks it, no proxy; what is not here `seconds` after it was asked for is a ReadTimeout."""

    def __init__(self, seconds: float, *, limits: httpx.Limits | None = None) -> None:
        """Bound every answer to `seconds`, counted from the last byte of its request."""
        super().__init__(trust_env=False, limits=limits or httpx.Limits())
        # Network backends are httpcore's public way to do it; only httpx has no word for handing one on.
        self._pool._network_backend = _Backend(seconds)  # noqa: SLF001


class _Backend(httpcore.NetworkBackend):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._under = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        connected = self._under.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(connected, self._seconds)

    def sleep(self, seconds: float) -> None:
        self._under.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    """A connection; each write is a question, from which the answer's seconds count."""

    def __init__(self, under: httpcore.NetworkStream, seconds: float) -> None:
        self._under = under
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = max(0.0, self._until - time.monotonic())
        if timeout is not None and timeout < left:
            return self._under.read(max_bytes, timeout)
        try:
            if left:
                return self._under.read(max_bytes, left)
        except httpcore.ReadTimeout:
            pass
        raise httpcore.ReadTimeout(f"not done after {self._seconds:g} s")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._until = time.monotonic() + self._seconds
        self._under.write(buffer, timeout)

    def close(self) -> None:
        self._under.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._under.start_tls(ssl_context, server_hostname, timeout), self._seconds)

    def get_extra_info(self, info: str) -> object:
        return self._under.get_extra_info(info)
