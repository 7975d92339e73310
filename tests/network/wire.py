"""A wire between a gateway and what it talks to, at which a process can be killed at a moment that matters.

A process started as a user starts it has no hook to be killed by. But everything it does to the chain goes over HTTP:
whoever passes its requests on knows that a transaction is committed and not sent (its request is here, and is not
passed on), or sent while no answer has come back (the node has answered, and the answer is kept). At such a moment the
trap kills it with signal 9, from outside.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

ASKED = "asked"
"""The request has come, and is not passed on."""
HALFWAY = "halfway"
"""Half of a batch of requests is passed on, the other half is not."""
ANSWERED = "answered"
"""The request was passed on, and its answer is kept."""
_SECONDS = 30


@dataclass
class Trap:
    """Kills a process when the wire has seen ``occurrence`` requests that contain ``bait``."""

    when: str
    bait: str
    occurrence: int = 1
    also: str = ""
    """What the request must contain as well: the selector of a contract's function, say."""
    sprung: threading.Event = field(default_factory=threading.Event)
    _pid: int = 0
    _armed: threading.Event = field(default_factory=threading.Event)
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, pid: int) -> None:
        """Say whom it is for; a request that comes before waits for it."""
        self._pid = pid
        self._armed.set()

    def hit_by(self, request: str) -> bool:
        """Count a request; true for the one that springs the trap."""
        if self.bait not in request or self.also not in request:
            return False
        with self._lock:
            self._seen += 1
            return self._seen == self.occurrence

    def spring(self) -> None:
        """Kill -9."""
        assert self._armed.wait(_SECONDS)
        os.kill(self._pid, signal.SIGKILL)
        self.sprung.set()

    def __str__(self) -> str:
        """What it waits for."""
        return f"{self.bait} {self.when}, time {self.occurrence}"


class Wire:
    """Passes HTTP on to a port of 127.0.0.1, as long as its trap lets it."""

    def __init__(self, port: int) -> None:
        """Listen on a free port, pass on to ``port``."""
        self.upstream = port
        self.trap: Trap | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"wire": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    wire: ClassVar[Wire]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._pass_on(b"", f"GET {self.path}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._pass_on(body, body.decode())

    def _pass_on(self, body: bytes, request: str) -> None:
        trap = self.wire.trap
        hit = trap is not None and trap.hit_by(request)
        try:
            if trap is not None and hit and trap.when != ANSWERED:
                if trap.when == HALFWAY:
                    self._forward(_half(body))
                trap.spring()
                return self._hang_up()
            status, headers, content = self._forward(body)
        except OSError:
            return self._hang_up()  # nobody listens there: whoever asked is to see just that
        if trap is not None and hit:
            trap.spring()
            return self._hang_up()
        return self._answer(status, headers, content)

    def _forward(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.wire.upstream, timeout=_SECONDS)
        try:
            connection.request(self.command, self.path, body or None, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        try:
            self.send_response_only(status)
            self.send_header("Content-Type", headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self._hang_up()  # whoever asked has gone

    def _hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Say nothing."""


def _half(body: bytes) -> bytes:
    """The first half of a JSON-RPC batch, rounded up; a single request is the whole of itself."""
    requests = json.loads(body)
    if not isinstance(requests, list):
        return body
    return json.dumps(requests[: (len(requests) + 1) // 2]).encode()
