from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
import pytest

from node.client import rpc as module
from node.client.rpc import JsonRpc, RpcError, RpcUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator


class FakeNode(BaseHTTPRequestHandler):
    """Answers as a chain's node would, and misbehaves where its method's name says so."""

    protocol_version = "HTTP/1.1"
    bodies: ClassVar[list[Any]] = []
    connections: ClassVar[set[tuple[str, int]]] = set()

    def do_POST(self) -> None:
        body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.bodies.append(body)
        self.connections.add(self.client_address)
        status, answer = self.answer(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        if isinstance(body, dict) and body["method"] == "hang_up":
            self.close_connection = True

    def answer(self, body: list[Any] | dict[str, Any]) -> tuple[int, bytes]:
        if isinstance(body, list):
            answers = [self.one(request) for request in reversed(body)]
            kept = [answer for answer in answers if answer is not None]
            return 200, orjson.dumps(kept)
        if body["method"] == "no_json":
            return 200, b"<html>"
        if body["method"] == "unauthorised":
            return 401, b"{}"
        if body["method"] == "a_number":
            return 200, b"7"
        answer = self.one(body)
        return (400 if "error" in (answer or {}) else 200), orjson.dumps(answer)

    def one(self, request: dict[str, Any]) -> dict[str, Any] | None:
        if request["method"] == "echo":
            return {"jsonrpc": "2.0", "id": request["id"], "result": request["params"]}
        if request["method"] == "token":
            return {"jsonrpc": "2.0", "id": request["id"], "result": self.headers.get("Authorization")}
        if request["method"] == "forgotten":
            return None
        if request["method"] == "empty":
            return {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] == "hang_up":
            return {"jsonrpc": "2.0", "id": request["id"], "result": "bye"}
        error = {"code": 3, "message": "execution reverted", "data": "0x1234"}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def node() -> Iterator[str]:
    FakeNode.bodies.clear()
    FakeNode.connections.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeNode) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def rpc(node: str) -> Iterator[JsonRpc]:
    with JsonRpc(node, timeout=5) as client:
        yield client


def test_a_call_returns_the_result_and_keeps_its_connection(rpc: JsonRpc) -> None:
    assert rpc.call("echo", "0x1", {"to": None}, 3) == ["0x1", {"to": None}, 3]
    assert rpc.call("echo") == []
    assert len(FakeNode.connections) == 1


def test_a_batch_is_one_request_and_its_results_come_in_order(rpc: JsonRpc) -> None:
    assert rpc.batch([("echo", [i]) for i in range(50)]) == [[i] for i in range(50)]
    assert len(FakeNode.bodies) == 1
    assert rpc.batch([]) == []


def test_an_error_in_a_batch_stands_in_its_place(rpc: JsonRpc) -> None:
    first, second, third = rpc.batch([("echo", [1]), ("revert", []), ("echo", [3])])
    assert (first, third) == ([1], [3])
    assert isinstance(second, RpcError)
    assert (second.code, second.data) == (3, "0x1234")


def test_a_large_batch_is_sent_within_the_nodes_limits(rpc: JsonRpc) -> None:
    assert rpc.batch([("echo", [i]) for i in range(2_500)]) == [[i] for i in range(2_500)]
    assert [len(body) for body in FakeNode.bodies] == [1_000, 1_000, 500]


def test_a_batch_of_large_requests_is_cut_by_its_size(rpc: JsonRpc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_BYTES", 3_000)
    words = ["x" * 1_000 for _ in range(5)]
    assert rpc.batch([("echo", [word]) for word in words]) == [[word] for word in words]
    assert [len(body) for body in FakeNode.bodies] == [2, 2, 1]


def test_an_error_is_raised_with_what_the_node_said(rpc: JsonRpc) -> None:
    with pytest.raises(RpcError) as refused:
        rpc.call("revert")
    assert (refused.value.code, refused.value.message, refused.value.data) == (3, "execution reverted", "0x1234")
    with pytest.raises(RpcError, match="neither a result nor an error"):
        rpc.call("empty")


@pytest.mark.parametrize(("method", "why"), [("no_json", "not JSON"), ("unauthorised", "401"), ("a_number", "object")])
def test_what_is_no_json_rpc_answer_says_nothing_about_the_chain(rpc: JsonRpc, method: str, why: str) -> None:
    with pytest.raises(RpcUnreachable, match=why):
        rpc.call(method)


def test_an_unanswered_request_of_a_batch_gives_no_results_at_all(rpc: JsonRpc) -> None:
    with pytest.raises(RpcUnreachable, match="unanswered"):
        rpc.batch([("echo", [1]), ("forgotten", [])])


def test_a_kept_connection_that_the_node_closed_is_opened_anew(rpc: JsonRpc) -> None:
    assert rpc.call("hang_up") == "bye"
    assert rpc.call("echo", 1) == [1]
    assert len(FakeNode.connections) == 2


def test_threads_share_a_client(rpc: JsonRpc) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda i: rpc.call("echo", i), range(200))) == [[i] for i in range(200)]


def test_headers_go_with_every_request(node: str) -> None:
    with JsonRpc(node, headers={"Authorization": "Bearer x"}) as client:
        assert client.call("token") == "Bearer x"
        assert client.batch([("token", [])]) == ["Bearer x"]


def test_a_client_may_be_used_again_after_it_was_closed(rpc: JsonRpc) -> None:
    rpc.call("echo")
    rpc.close()
    assert rpc.call("echo", 2) == [2]


def test_a_node_that_is_not_there_is_named(free_port: int) -> None:
    with JsonRpc(f"http://127.0.0.1:{free_port}") as client, pytest.raises(RpcUnreachable) as missing:
        client.call("eth_blockNumber")
    assert str(free_port) in missing.value.zh
    assert str(free_port) in missing.value.en


@pytest.mark.parametrize("url", ["ftp://node", "node:8545", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(RpcUnreachable):
        JsonRpc(url)
