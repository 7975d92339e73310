"""JSON-RPC 2.0 over HTTP/1.1, lean: the path every verification and every indexed block goes through.

One request costs a round trip and a few tens of microseconds of ours; a batch shares them. Connections are kept alive
and shared by threads, one request on each at a time.

    with JsonRpc("http://127.0.0.1:8545") as rpc:
        block = int(rpc.call("eth_blockNumber"), 16)
        first, second = rpc.batch([("eth_chainId", []), ("eth_gasPrice", [])])
"""

from __future__ import annotations

import http.client
import socket
from collections import deque
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import orjson

from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

BATCH_REQUESTS = 1_000
"""Requests in one HTTP body: Besu answers -32005 above 1,024."""
BATCH_BYTES = 1_500_000
"""Bytes in one HTTP body: engines refuse bodies above 2 to 5 MB by default."""

_HTTP_OK = 200
_TOLD = 300


class RpcError(NodeError):
    """The node answered, and its answer is an error (JSON-RPC 2.0, section 5.1).

    `code` and `message` are the node's own; `data` is what came with them: for a revert (code 3) the ABI-encoded error
    as a hex string, which :func:`node.client.abi.decode_revert` reads.
    """

    def __init__(self, code: int, message: str, data: object = None) -> None:
        told = message if len(message) <= _TOLD else f"{message[:_TOLD]}…"  # some nodes repeat the whole request
        super().__init__(f"节点拒绝了请求（{code}：{told}）", f"the node refused the request ({code}: {told})")
        self.code = code
        self.message = message
        self.data = data


class RpcUnreachable(NodeError):
    """No answer that is JSON-RPC came from `url`: nothing is known about the chain, not even that it is wrong."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"无法连接链节点 {url}：{why}。请确认节点已启动（huren-node status）",
            f"cannot reach the chain's node at {url}: {why}. Check that it runs (huren-node status)",
        )
        self.url = url
        self.why = why


class JsonRpc:
    """A JSON-RPC client of one node. Safe to share between threads; `close` it when done."""

    __slots__ = ("_headers", "_host", "_idle", "_path", "_port", "_secure", "_timeout", "url")

    def __init__(self, url: str, *, timeout: float = 30.0, headers: Mapping[str, str] | None = None) -> None:
        """Speak to `url` (http or https). `timeout` is in seconds and bounds connecting and every read.

        `headers` go with every request: where a node wants a bearer token, it goes in here.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RpcUnreachable(url, "not an http or https address")
        self.url = url
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._secure else 80)
        self._path = parts.path or "/"
        self._timeout = timeout
        self._headers = {"Content-Type": "application/json", **(headers or {})}
        self._idle: deque[http.client.HTTPConnection] = deque()  # append and pop are atomic

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON-RPC answers are of any JSON type
        """Return the result of one request.

        Raises:
            RpcError: the node answered with an error.
            RpcUnreachable: there was no answer.
        """
        answer = self._post(orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        return _result_or_raise(self.url, answer)

    def batch(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        """Return the results of many requests, in their order; an :class:`RpcError` stands where one failed.

        Sent as few HTTP requests as the node's limits allow. Nothing is returned unless every one of them was answered.

        Raises:
            RpcUnreachable: there was no answer.
            RpcError: the node refused a batch as a whole.
        """
        results: list[Any] = []
        for body, count in _bodies(requests):
            answers = self._post(body)
            if not isinstance(answers, list):
                _result_or_raise(self.url, answers)
                raise RpcUnreachable(self.url, "a batch was answered by a single result")
            by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
            for request_id in range(count):
                answer = by_id.get(request_id)
                if answer is None:
                    raise RpcUnreachable(self.url, f"request {request_id} of a batch was left unanswered")
                results.append(answer["result"] if "result" in answer else _error_of(answer))
        return results

    def raw(self, method: str, *params: object) -> bytes:
        """Return the whole answer to one request, as it came: for answers too large to be made objects of.

        Raises:
            RpcUnreachable: there was no answer, or one that HTTP calls an error.
        """
        status, answer = self._send(orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        if status != _HTTP_OK:
            raise RpcUnreachable(self.url, f"HTTP {status}")
        return answer

    def close(self) -> None:
        """Close every idle connection. The client may be used again; it then opens new ones."""
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _post(self, body: bytes) -> Any:  # noqa: ANN401 - any JSON
        status, answer = self._send(body)
        try:
            parsed = orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise RpcUnreachable(self.url, f"HTTP {status}, and the answer is not JSON") from error
        if status != _HTTP_OK and not (isinstance(parsed, dict) and "error" in parsed):
            raise RpcUnreachable(self.url, f"HTTP {status}")
        return parsed

    def _send(self, body: bytes) -> tuple[int, bytes]:
        try:
            connection, reused = self._idle.pop(), True
        except IndexError:
            connection, reused = self._connect(), False
        try:
            status, answer = self._exchange(connection, body)
        except (ConnectionError, http.client.HTTPException, OSError) as error:
            connection.close()
            # A kept connection may have been closed by the node while it was idle: that says nothing about the node.
            if reused and isinstance(error, ConnectionError):
                self.close()
                return self._send(body)
            raise RpcUnreachable(self.url, _why(error)) from error
        self._idle.append(connection)
        return status, answer

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes]:
        connection.request("POST", self._path, body, self._headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout)
        try:
            connection.connect()
        except OSError as error:
            raise RpcUnreachable(self.url, _why(error)) from error
        # Header and body are two writes: without this the second waits for the peer's delayed acknowledgement (40 ms).
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def _bodies(requests: Sequence[tuple[str, Sequence[object]]]) -> Iterator[tuple[bytes, int]]:
    """Yield (body, number of requests) within the limits of one HTTP request; the ids in each body count from 0."""
    pending: list[bytes] = []
    size = 0
    for method, params in requests:
        encoded = orjson.dumps({"jsonrpc": "2.0", "id": len(pending), "method": method, "params": params})
        if pending and (len(pending) == BATCH_REQUESTS or size + len(encoded) > BATCH_BYTES):
            yield b"[" + b",".join(pending) + b"]", len(pending)
            encoded = orjson.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": params})
            pending, size = [], 0
        pending.append(encoded)
        size += len(encoded)
    if pending:
        yield b"[" + b",".join(pending) + b"]", len(pending)


def _result_or_raise(url: str, answer: object) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(answer, dict):
        raise RpcUnreachable(url, "the answer is not a JSON-RPC object")
    if "result" in answer:
        return answer["result"]
    raise _error_of(answer)


def _error_of(answer: Mapping[str, Any]) -> RpcError:
    error = answer.get("error")
    if not isinstance(error, dict):
        return RpcError(-32603, "an answer with neither a result nor an error")
    return RpcError(int(error.get("code", -32603)), str(error.get("message", "")), error.get("data"))


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
