"""JSON-RPC over a chain client's Unix socket: the operator's own namespaces, which no network address serves.

A socket's path may have 107 bytes and a member's folder more, so the client makes it under a short relative name, and
we reach it through the folder's descriptor (`unix(7)`; `/proc/self/fd`).

    with IpcRpc(layout.chain) as rpc:
        rpc.call("miner_setGasPrice", "0x0")
"""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Any, Self

import orjson

from node.client.rpc import RpcError, RpcUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

SOCKET = "chain.ipc"
"""The socket's name in the client's folder, whichever client it is."""
_CHUNK = 1 << 16


class IpcRpc:
    """A connection to the client whose folder is given; for one thread. Open it with ``with``."""

    __slots__ = ("_connection", "_folder", "_name", "_timeout")

    def __init__(self, folder: Path, *, name: str = SOCKET, timeout: float = 10.0) -> None:
        """Speak to the socket `name` in `folder`; `timeout` (seconds) bounds connecting and every answer."""
        self._folder = folder
        self._name = name
        self._timeout = timeout
        self._connection: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where it is, in words."""
        return f"ipc:{self._folder / self._name}"

    def __enter__(self) -> Self:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._timeout)
        try:
            descriptor = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                connection.connect(f"/proc/self/fd/{descriptor}/{self._name}")
            finally:
                os.close(descriptor)
        except OSError as error:
            connection.close()
            raise RpcUnreachable(self.url, error.strerror or type(error).__name__) from error
        self._connection = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON-RPC answers are of any JSON type
        """Return the result of one request.

        Raises:
            RpcError: the client answered with an error.
            RpcUnreachable: there was no answer.
        """
        (result,) = self.batch([(method, params)])
        if isinstance(result, RpcError):
            raise result
        return result

    def batch(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        """Return the results of many requests, in their order; an :class:`RpcError` stands where one failed.

        Raises:
            RpcUnreachable: there was no answer, or not one to each.
        """
        if not requests:
            return []
        body = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
            for number, (method, params) in enumerate(requests)
        ]
        answers = self._exchange(orjson.dumps(body) + b"\n")
        if isinstance(answers, dict):  # a batch refused as a whole
            raise _error(answers)
        by_id = {answer.get("id"): answer for answer in answers}
        if set(by_id) != set(range(len(requests))):
            raise RpcUnreachable(self.url, "a request of a batch was left unanswered")
        ordered = [by_id[number] for number in range(len(requests))]
        return [answer["result"] if "result" in answer else _error(answer) for answer in ordered]

    def _exchange(self, body: bytes) -> Any:  # noqa: ANN401 - any JSON
        """Send one document and read one: it has no length, so it is whole when it can be read as JSON."""
        if self._connection is None:
            raise RpcUnreachable(self.url, "not connected")
        deadline = time.monotonic() + self._timeout
        answer = bytearray()
        try:
            self._connection.sendall(body)
            while True:
                chunk = self._connection.recv(_CHUNK)
                if not chunk:
                    raise RpcUnreachable(self.url, "closed without an answer")
                answer += chunk
                if chunk.rstrip()[-1:] in {b"]", b"}"}:  # the end of a document, or of a part of it
                    try:
                        return orjson.loads(answer)
                    except orjson.JSONDecodeError:
                        pass
                if time.monotonic() >= deadline:
                    raise RpcUnreachable(self.url, f"no whole answer within {self._timeout:.0f} s")
        except OSError as error:
            raise RpcUnreachable(self.url, error.strerror or type(error).__name__) from error


def _error(answer: dict[str, Any]) -> RpcError:
    error = answer.get("error")
    if not isinstance(error, dict):
        return RpcError(-32603, "an answer with neither a result nor an error")
    return RpcError(int(error.get("code", -32603)), str(error.get("message", "")), error.get("data"))
