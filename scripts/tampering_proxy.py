"""A node's RPC with a liar in between: what an audit must find out. For tests, the demo, and whoever wants to see it.

    scripts/tampering_proxy.py URL --drop 12              # leaves out the 12th event of the chain, everywhere
    scripts/tampering_proxy.py URL --alter -1 --port 8600 # turns one bit of the newest event
    scripts/tampering_proxy.py URL --old-head 20          # hides the newest twenty blocks

It prints the address to ask and runs until it is interrupted. Everything else passes through as it is. With
``--receipts`` it lies in receipts as well, which takes a liar who thinks further; their root then gives it away.

    with TamperingProxy(url, [DropEvent(12)]) as proxy:
        JsonRpc(proxy.url)
"""

from __future__ import annotations

import argparse
import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.request import Request, urlopen

import orjson
from tampering import (
    AlterEvent,
    AlterHeader,
    BreakProof,
    DropEvent,
    DuplicateEvent,
    HideProvince,
    InventEvent,
    OldHead,
    ReorderEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from tampering import Lie

_TIMEOUT = 60.0


class TamperingProxy:
    """Listens on a port of 127.0.0.1 (any free one) and lies as told, in the order of the lies."""

    def __init__(self, upstream: str, lies: Sequence[Lie] = (), *, port: int = 0) -> None:
        """Stand before the node at `upstream`."""
        self.lies = list(lies)
        self._upstream = upstream
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one write, or the peer's delayed acknowledgement costs 40 ms

            def do_POST(self) -> None:
                asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    answer, status = orjson.dumps(proxy.answer(asked)), HTTPStatus.OK
                except OSError as error:  # the honest node is away
                    answer, status = orjson.dumps({"error": str(error)}), HTTPStatus.BAD_GATEWAY
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, asked: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return the answer to a request or to a batch of them."""
        one = isinstance(asked, dict)
        requests = [asked] if one else asked
        passed = []
        for request in requests:
            for lie in self.lies:
                request = lie.ask(request, self.upstream)  # noqa: PLW2901 - each lie is told about what the one before made of it
            passed.append(request)
        answers = {answer["id"]: answer for answer in self._post(passed)}
        for request in passed:
            answer = answers[request["id"]]
            for lie in self.lies:
                if "result" in answer:
                    answer["result"] = lie.tell(request, answer["result"], self.upstream)
        return answers[requests[0]["id"]] if one else list(answers.values())

    def upstream(self, method: str, params: Sequence[object]) -> Any:  # noqa: ANN401 - any JSON
        """Return what the honest node answers."""
        [answer] = self._post([{"jsonrpc": "2.0", "id": 0, "method": method, "params": params}])
        return answer["result"]

    def start(self) -> Self:
        """Answer from now on, in a thread."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _post(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        body = Request(self._upstream, orjson.dumps(requests), {"Content-Type": "application/json"})  # noqa: S310 - a node
        with urlopen(body, timeout=_TIMEOUT) as response:  # noqa: S310 - the node's address
            answers: list[dict[str, Any]] = orjson.loads(response.read())
        return answers


def lies_of(options: argparse.Namespace) -> list[Lie]:
    """Return the lies that were asked for."""
    of_events: dict[str, Callable[..., Lie]] = {
        "drop": DropEvent,
        "alter": AlterEvent,
        "reorder": ReorderEvent,
        "duplicate": DuplicateEvent,
        "invent": InventEvent,
    }
    lies: list[Lie] = [
        kind(number, receipts=options.receipts)
        for name, kind in of_events.items()
        for number in getattr(options, name) or ()
    ]
    lies += [HideProvince(code, receipts=options.receipts) for code in options.hide or ()]
    lies += [OldHead(options.old_head)] if options.old_head else []
    lies += [BreakProof()] if options.bad_proof else []
    lies += [AlterHeader()] if options.bad_header else []
    return lies


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("upstream", metavar="URL", help="the honest node")
    parser.add_argument("--port", type=int, default=0, help="where to listen on 127.0.0.1 (default: any free port)")
    for name, what in (
        ("drop", "leave out event N (from 1; negative: from the end)"),
        ("alter", "turn one bit of event N"),
        ("reorder", "let event N and the next of its contract change places"),
        ("duplicate", "serve event N twice"),
        ("invent", "serve one more event after event N, with a head that fits"),
        ("hide", "leave out everything of province N"),
    ):
        parser.add_argument(f"--{name}", type=int, action="append", metavar="N", help=what)
    parser.add_argument("--old-head", type=int, metavar="N", help="hide the newest N blocks")
    parser.add_argument("--bad-proof", action="store_true", help="turn one bit of every storage proof")
    parser.add_argument("--bad-header", action="store_true", help="turn one bit of every header's state root")
    parser.add_argument("--receipts", action="store_true", help="lie about events in receipts as well")
    options = parser.parse_args()
    with TamperingProxy(options.upstream, lies_of(options), port=options.port) as proxy:
        print(proxy.url, flush=True)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()


if __name__ == "__main__":
    main()
