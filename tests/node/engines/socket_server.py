"""A chain client's socket that answers from a table, as geth does: batches, one line, no length."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from node.engines.ipc import SOCKET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Client:
    """Answers each method by its entry in `answers`, a value or a function of the parameters; keeps what was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, list[Any]]] = []
        self.pieces = 1

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        method, params = request["method"], request["params"]
        self.asked.append((method, params))
        if method not in self.answers:
            error = {"code": -32601, "message": f"the method {method} does not exist"}
            return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        told = self.answers[method]
        return {"jsonrpc": "2.0", "id": request["id"], "result": told(*params) if callable(told) else told}

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]


@contextmanager
def client_in(folder: Path, answers: dict[str, Any]) -> Iterator[Client]:
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(answers)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    listener.bind(f"/proc/self/fd/{descriptor}/{SOCKET}")
    os.close(descriptor)
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                _converse(connection, client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield client
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


def _converse(connection: socket.socket, client: Client) -> None:
    kept = b""
    while chunk := connection.recv(1 << 16):
        kept += chunk
        if not kept.endswith(b"\n"):
            continue
        body = orjson.dumps([client.answer(request) for request in orjson.loads(kept)]) + b"\n"
        kept = b""
        size = -(-len(body) // client.pieces)
        for start in range(0, len(body), size):
            connection.sendall(body[start : start + size])
