"""Somebody else's system: takes messages over HTTP, or doesn't."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Got:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """The check as a receiver writes it, from the specification alone."""
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(wanted).decode()}" in self.headers["webhook-signature"].split(" ")


class Receiver:
    """Listens on a free port; `status` is what it answers, `slow` how long it takes to."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[Got] = []
        self.status: int | Callable[[Got], int] = 200
        self.slow = 0.0
        self.location = ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message = Got({name.lower(): value for name, value in self.headers.items()}, body)
                receiver.got.append(message)
                time.sleep(receiver.slow)
                status = receiver.status if isinstance(receiver.status, int) else receiver.status(message)
                try:
                    self.send_response(status)
                    if receiver.location:
                        self.send_header("Location", receiver.location)
                    self.send_header("Content-Length", "1000000000")  # nobody reads this
                    self.end_headers()
                    self.wfile.write(b"x" * 10_000)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/huren"

    def ids(self) -> list[str]:
        return [message.id for message in self.got]

    def wait(self, count: int, seconds: float = 20.0) -> None:
        """Until so many have come."""
        until = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < until, self.ids()
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
