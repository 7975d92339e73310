"""A node between us and the chain that leaves out or alters what it serves: the index names it and does not move."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import orjson
import pytest

from gateway.ledger.calls import ChainCalls
from gateway.ledger.errors import ChainUnavailable, EventMissing, HeadMismatch
from gateway.ledger.values import Reason, Status
from node.client.abi import event_topic
from node.client.artifact import load
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ledger.conftest import Batch, Desk, World

JIANGSU, ZHEJIANG = 320_000, 330_000
OPEN_UNIVERSITY = "123200000000000018"
REVOKED = event_topic(load("CredentialRegistry"), "LeafStatusSet")
ANCHORED = event_topic(load("CredentialRegistry"), "Anchored")
Logs = list[dict[str, Any]]


class LyingNode:
    """Passes everything on to an honest node, but for what `lie` makes of its event logs."""

    def __init__(self, url: str) -> None:
        self.lie: Callable[[Logs], Logs] = list
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                with urlopen(Request(url, asked, {"Content-Type": "application/json"}), timeout=10) as response:  # noqa: S310
                    answer = orjson.dumps(node.bend(orjson.loads(asked), orjson.loads(response.read())))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def bend(self, asked: Any, answers: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(asked, dict):
            return self.bend([asked], [answers])[0]
        methods = {request["id"]: request["method"] for request in asked}
        for answer in answers:
            if methods[answer["id"]] == "eth_getLogs" and "result" in answer:
                answer["result"] = self.lie(answer["result"])
        return answers

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def liar(world: World) -> Iterator[LyingNode]:
    node = LyingNode(world.chain.url)
    yield node
    node.stop()


@pytest.fixture
def desk(world: World, liar: LyingNode, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]) -> Desk:
    """A gateway that knows the chain through the liar alone, and a chain on which two batches and a status are new."""
    rpc = JsonRpc(liar.url, timeout=10)
    desk = desk_of(ZHEJIANG, calls=ChainCalls(rpc, world.deployment))
    world.accredit(OPEN_UNIVERSITY)
    desk.indexer.advance()
    batches = [batch_of(OPEN_UNIVERSITY, 4, seed) for seed in range(2)]
    desk.hold(*batches)
    world.anchor(*batches)
    world.set_status(batches[0], 1, Status.REVOKED, Reason.FRAUD)
    return desk


def without(topic: str, number: int) -> Callable[[Logs], Logs]:
    """Leave out the event of that kind, the number-th from 0."""

    def lie(logs: Logs) -> Logs:
        chosen = [log for log in logs if log["topics"][0] == topic]
        return [log for log in logs if log is not (chosen[number] if len(chosen) > number else None)]

    return lie


def altered(topic: str, at: int) -> Callable[[Logs], Logs]:
    """Flip one bit of the data of every event of that kind."""

    def lie(logs: Logs) -> Logs:
        for log in logs:
            if log["topics"][0] == topic:
                data = bytearray.fromhex(log["data"][2:])
                data[at] ^= 1
                log["data"] = "0x" + data.hex()
        return logs

    return lie


def moved(topic: str) -> Callable[[Logs], Logs]:
    """Say that an event of that kind was logged in the block before it."""

    def lie(logs: Logs) -> Logs:
        for log in logs:
            if log["topics"][0] == topic:
                log["blockNumber"] = hex(int(log["blockNumber"], 16) - 1)
        return logs

    return lie


@pytest.mark.parametrize(
    ("lie", "error", "stored", "served"),
    [
        (without(ANCHORED, 0), EventMissing, 1, 2),
        (without(ANCHORED, 1), EventMissing, 2, 3),
        (without(REVOKED, 0), HeadMismatch, 3, 2),
        (altered(ANCHORED, 31), HeadMismatch, 1, 1),
        (altered(REVOKED, 63), HeadMismatch, 3, 3),
        (lambda logs: [*logs, logs[-1]], HeadMismatch, 4, 3),
    ],
    ids=["first left out", "one between left out", "last left out", "altered", "status altered", "said twice"],
)
def test_an_event_left_out_or_altered_is_named_and_the_index_stays(
    desk: Desk, liar: LyingNode, lie: Callable[[Logs], Logs], error: type[HeadMismatch], stored: int, served: int
) -> None:
    before = desk.index.checked()
    liar.lie = lie
    with pytest.raises(error) as caught:
        desk.indexer.advance()
    assert type(caught.value) is error
    named = caught.value
    assert (named.value, named.details["subject"]) == ("CredentialRegistry", JIANGSU)
    assert (named.details["stored"], named.details["served"]) == (stored, served)
    assert "CredentialRegistry" in named.message("zh")
    assert desk.index.checked()[0] == before[0]
    assert desk.holdings.unheld() == []
    liar.lie = list
    assert desk.indexer.advance().manifests.held == 2  # an honest node is believed at once


def test_all_events_of_a_subject_left_out_is_noticed(desk: Desk, liar: LyingNode, world: World) -> None:
    registry = world.deployment.address("CredentialRegistry")
    liar.lie = lambda logs: [log for log in logs if log["address"] != registry]
    with pytest.raises(HeadMismatch) as caught:
        desk.indexer.advance()
    assert (caught.value.details["stored"], caught.value.details["served"]) == (3, 0)


def test_an_event_said_to_be_of_another_block_is_refused(desk: Desk, liar: LyingNode) -> None:
    liar.lie = moved(REVOKED)
    with pytest.raises(ChainUnavailable):
        desk.indexer.advance()
