"""The row of completeness: every head of a chain of 1,000,000 events, recomputed from a node's answers and proven.

The node is a process of its own that serves a made-up chain (`synthetic_chain`) over HTTP. What is measured is the
check alone: what it takes of the processor, and by the clock, where a neighbour who takes half a core doubles it.
"""

from __future__ import annotations

import multiprocessing
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

import orjson
from bench_rows import Row, Spent, expect, less, measured
from synthetic_chain import BEGINNING, SyntheticChain

from gateway.audit.completeness.check import CompletenessCheck
from gateway.audit.completeness.values import Result, Verdict, Wrong
from gateway.ledger.calls import ChainCalls
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from node.client.deployment import Deployment

EVENTS: Final = 1_000_000
MOST: Final = 60.0
"""Seconds that it may take."""
_MAKING: Final = 900.0
"""Seconds that the making of the chain may take."""


def completeness_rows(events: int, say: Callable[[str], None]) -> list[Row]:
    """Measure the check of a node that serves everything, and have it find the one event that is left out next.

    Raises:
        BenchError: it did not find everything complete, or did not name what was left out.
    """
    say(f"a made-up chain of {events:,} events")
    with _node(events) as (url, deployment, link):
        say("completeness: the whole of it")
        result, spent = _checked(url, deployment)
        expect("verdict", (result.verdict, result.events, len(result.findings)), (Verdict.CONSISTENT, events, 0))
        say("completeness: with one event left out")
        link.send(events // 2)
        dropped = link.recv()
        found, slower = _checked(url, deployment)
        named = [(one.what, one.between) for one in found.findings]
        block = int(dropped["blockNumber"], 16)
        expect("verdict", (found.verdict, found.events, len(named)), (Verdict.INCOMPLETE, events - 1, 1))
        between = named[0][1] or (0, 0)
        expect("what was left out", (named[0][0], between[0] <= block <= between[1]), (Wrong.MISSING, True))
    return [
        less(f"completeness of {events:,} events", spent.cpu, MOST, 1, "s of the processor"),
        less("the same, with the waiting for the node", spent.wall, MOST, 1, "s by the clock"),
        less("the same, one left out and named", slower.cpu, MOST, 1, "s of the processor"),
    ]


def _checked(url: str, deployment: Deployment) -> tuple[Result, Spent]:
    with JsonRpc(url, timeout=120) as rpc, measured() as spent:
        result = CompletenessCheck(ChainCalls(rpc, deployment), clock=lambda: BEGINNING).run()
    return result, spent


@contextmanager
def _node(events: int) -> Iterator[tuple[str, Deployment, Connection]]:
    """A process that makes the chain and serves it: its address, its deployment file, and the line to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(events, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(_MAKING):
            raise TimeoutError(f"a chain of {events:,} events was not made in {_MAKING:.0f} s")
        url, deployment = ours.recv()
        yield url, deployment, ours
    finally:
        process.terminate()
        process.join()


def _serve(events: int, line: Connection) -> None:
    chain = SyntheticChain.made(events)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pieces = _answers(chain, asked)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(sum(map(len, pieces))))
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    line.send((f"http://127.0.0.1:{server.server_address[1]}", chain.deployment))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        line.send(chain.drop(line.recv()))


def _answers(chain: SyntheticChain, asked: Any) -> list[bytes | memoryview]:  # noqa: ANN401 - any JSON
    """The answer to a request or a batch, in pieces: a million logs are not copied to be sent."""
    if isinstance(asked, dict):
        return _one(chain, asked)
    pieces: list[bytes | memoryview] = [b"["]
    for request in asked:
        pieces += [*_one(chain, request), b","]
    return [*pieces[:-1], b"]"]


def _one(chain: SyntheticChain, request: dict[str, Any]) -> list[bytes | memoryview]:
    opening = b'{"jsonrpc":"2.0","id":%d,' % request["id"]
    try:
        result = chain.answer(request["method"], request.get("params") or [])
    except KeyError:
        return [opening, b'"error":{"code":-32601,"message":"the method is not offered"}}']
    return [opening, b'"result":', *result, b"}"]
