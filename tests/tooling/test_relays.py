"""A cable carries bytes both ways, and one that is cut hangs up and lets nobody in until it is mended."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from relays import Relays

if TYPE_CHECKING:
    from collections.abc import Iterator

A, B, C = 310000, 320000, 330000


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what comes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(peer,), daemon=True).start()

    def answer(peer: socket.socket) -> None:
        with peer:
            while data := _received(peer):
                peer.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def relays() -> Iterator[Relays]:
    made = Relays()
    yield made
    made.close()


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(1 << 20)
    except ConnectionError:
        return b""


def _said(port: int, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as peer:
        try:
            peer.sendall(words)
        except ConnectionError:
            return b""
        return _received(peer)


def test_what_goes_in_comes_out_again(relays: Relays, echo: int) -> None:
    assert _said(relays.lay((A, B), echo), b"a block") == b"a block"


def test_a_partition_hangs_up_between_two_groups_and_nowhere_else(relays: Relays, echo: int) -> None:
    across, within = relays.lay((A, B), echo), relays.lay((B, C), echo)
    with socket.create_connection(("127.0.0.1", across), 10) as peer:
        peer.sendall(b"before")
        assert _received(peer) == b"before"
        relays.part({A}, {B, C})
        assert _received(peer) == b""
    assert _said(across, b"during") == b""
    assert _said(within, b"during") == b"during"
    relays.mend()
    assert _said(across, b"after") == b"after"


def test_a_cable_to_nobody_hangs_up(relays: Relays) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = relays.lay((A, B), nobody.getsockname()[1])
        assert _said(port, b"hello") == b""
    assert (relays.calls(A, B), relays.calls(B, A)) == (1, 0)
