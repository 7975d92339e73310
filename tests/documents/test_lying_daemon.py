"""A daemon that lies, or somebody in its place: whatever it says, it costs little, and no byte of it is believed."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import orjson
import pytest

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import BlobCorrupted, BlobError, BlobUnavailable, StoreRefused, StoreUnreachable
from gateway.documents.ipfs import IpfsStore, IpfsSwarm
from gateway.documents.ipfs_api import BlockApi
from gateway.documents.peers import Library
from gateway.documents.sources import InTurn
from gateway.documents.spooled import SpooledStore
from gateway.domain.manifest import cid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

CONTENT = b"the sorted leaves" * 100
CID = cid_of(hashlib.sha256(CONTENT).digest())
PATIENCE = 1.0
MOST_SENT = 64 << 20
"""What may leave the other side before the connection is cut: buffers of the system, and no more."""


class _Liar(BaseHTTPRequestHandler):
    """Answers every command with what stands in `lies`, and remembers who asked and how much was sent."""

    lies: ClassVar[dict[str, Callable[[_Liar], None]]] = {}
    asked: ClassVar[list[str]] = []
    sent: ClassVar[int] = 0

    def do_POST(self) -> None:
        command = self.path.partition("?")[0].removeprefix("/api/v0/")
        self.asked.append(command)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.close_connection = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.lies[command](self)

    def say(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.give(content)

    def give(self, content: bytes) -> None:
        self.wfile.write(content)
        type(self).sent += len(content)

    def endlessly(self, part: bytes, pause: float = 0.0) -> None:
        while self.sent < MOST_SENT * 4:
            self.give(part)
            time.sleep(pause)

    def log_message(self, *_: object) -> None:
        return


def _other(liar: _Liar) -> None:
    liar.say(CONTENT[:-1] + b"X")


def _cut_off(liar: _Liar) -> None:
    liar.say(CONTENT[:-5], Content_Length=str(len(CONTENT)))


def _short(liar: _Liar) -> None:
    liar.say(CONTENT[:-5], Content_Length=str(len(CONTENT) - 5))


def _nothing(liar: _Liar) -> None:
    liar.say(b"", Content_Length="0")


def _endless(liar: _Liar) -> None:
    liar.say(b"")
    liar.endlessly(bytes(1 << 16))


def _enormous(liar: _Liar) -> None:
    liar.say(b"", Content_Length=str(1 << 40))
    liar.endlessly(bytes(1 << 16))


def _one_enormous_chunk(liar: _Liar) -> None:
    liar.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\n")
    liar.endlessly(bytes(1 << 16))


def _dripping(liar: _Liar) -> None:
    liar.say(b"")
    liar.endlessly(b"x", 0.01)


def _dripping_header(liar: _Liar) -> None:
    liar.wfile.write(b"HTTP/1.1 200 OK\r\nX-")
    liar.endlessly(b"x", 0.01)


def _dripping_continues(liar: _Liar) -> None:
    while True:
        liar.give(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def _hanging(_: _Liar) -> None:
    time.sleep(PATIENCE * 5)


def _packed(liar: _Liar) -> None:
    liar.say(gzip.compress(bytes(512 << 20), 1), Content_Encoding="gzip")


def _failing(liar: _Liar) -> None:
    liar.say(b"<h1>no</h1>", 500)


def _failing_for_ever(liar: _Liar) -> None:
    liar.say(b'{"Message": "', 500, Content_Type="application/json")
    liar.endlessly(b"x" * (1 << 16))


def _sending_elsewhere(liar: _Liar) -> None:
    liar.say(b"", 307, Location="/elsewhere", Content_Length="0")


def _one_line_without_end(liar: _Liar) -> None:
    liar.say(b'{"Cid":"')
    liar.endlessly(b"x" * (1 << 16))


LIES = [
    _other,
    _cut_off,
    _short,
    _nothing,
    _endless,
    _enormous,
    _one_enormous_chunk,
    _dripping,
    _dripping_header,
    _dripping_continues,
    _hanging,
    _packed,
    _failing,
    _failing_for_ever,
    _sending_elsewhere,
]
NONSENSE = [b"", b"x", b"[]", b"{}", b"null", b'{"Key": 5, "Pins": 5, "Cid": 5, "Error": 5}', b"\xff", b'{"Key":"x"}']


class _Shelf:
    """Another source, which is honest."""

    def fetch(self, cid: str) -> bytes:
        if cid == CID:
            return CONTENT
        raise BlobUnavailable(cid, why="shelf")

    def fetch_many(self, cids: Iterable[str]) -> Iterator[tuple[str, bytes | BlobError]]:
        for cid in cids:
            try:
                yield cid, self.fetch(cid)
            except BlobError as error:
                yield cid, error

    def close(self) -> None:
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Liar)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def api(address: str) -> Iterator[BlockApi]:
    _Liar.lies, _Liar.sent = {}, 0
    _Liar.asked.clear()
    with contextlib.closing(BlockApi(address, "token", timeout=PATIENCE * 2, patience=PATIENCE)) as made:
        yield made


def honest(answer: dict[str, object]) -> Callable[[_Liar], None]:
    return lambda liar: liar.say(orjson.dumps(answer))


@pytest.mark.parametrize("lie", LIES)
def test_what_a_lying_daemon_gives_is_refused_soon_and_at_little_cost(
    api: BlockApi, lie: Callable[[_Liar], None]
) -> None:
    _Liar.lies = {"block/get": lie, "block/rm": honest({"Hash": CID}), "pin/rm": honest({"Pins": [CID]})}
    store, swarm = IpfsStore(api), IpfsSwarm(api, seconds=PATIENCE)
    began = time.monotonic()
    with pytest.raises((BlobCorrupted, StoreUnreachable)):
        store.get(CID)
    with pytest.raises(BlobUnavailable):
        swarm.fetch(CID)
    assert time.monotonic() - began < 60
    assert _Liar.sent < MOST_SENT, "it was listened to for long after it had said more than a blob holds"
    assert "elsewhere" not in " ".join(_Liar.asked), "our token went where it said"


@pytest.mark.parametrize("lie", [_other, _endless, _dripping_header, _failing, _hanging])
def test_where_the_daemon_lies_another_source_gives_the_blob(
    api: BlockApi, lie: Callable[[_Liar], None], tmp_path: Path
) -> None:
    _Liar.lies = {
        "block/get": lie,
        "block/rm": honest({"Hash": CID}),
        "pin/rm": honest({"Pins": [CID]}),
        "pin/add": honest({"Pins": [CID]}),
    }
    store = SpooledStore(IpfsStore(api), FolderStore(tmp_path))
    library = Library(store, InTurn((IpfsSwarm(api, seconds=PATIENCE), _Shelf())))
    assert library.get(CID) == CONTENT
    assert dict(library.get_many([CID])) == {CID: CONTENT}


@pytest.mark.parametrize("said", NONSENSE)
def test_an_answer_in_another_form_than_kubos_is_refused_and_crashes_nobody(api: BlockApi, said: bytes) -> None:
    _Liar.lies = dict.fromkeys(("block/put", "pin/add", "pin/ls", "pin/rm", "block/rm"), lambda liar: liar.say(said))
    with pytest.raises(StoreRefused):
        IpfsStore(api).put(CONTENT)
    with pytest.raises(StoreRefused):
        api.pin([CID])
    if said:  # nothing at all is an empty list
        with pytest.raises(StoreRefused):
            list(api.pins())
    for ask in (lambda: api.remove(CID), lambda: api.holds(CID)):
        with contextlib.suppress(BlobError):
            ask()


def test_a_put_that_is_not_confirmed_blob_by_blob_is_none(api: BlockApi) -> None:
    store = IpfsStore(api)
    _Liar.lies = {"block/put": honest({"Key": CID}), "pin/add": honest({"Pins": []})}
    with pytest.raises(StoreRefused, match="pin/add"):
        store.put(CONTENT)
    _Liar.lies = {"block/put": honest({"Key": CID}), "pin/add": honest({"Pins": [CID]})}
    assert store.put(CONTENT) == CID
    # Two blobs with one question: it says the first and is silent about the second, of which it then says why not.
    answers = iter([orjson.dumps({"Key": CID}), b'{"Message": "no space left on device", "Type": "error"}'])
    _Liar.lies["block/put"] = lambda liar: liar.say(said := next(answers), 500 if b"Message" in said else 200)
    with pytest.raises(StoreRefused, match="no space left"):
        api.put({CID: CONTENT, cid_of(hashlib.sha256(b"other").digest()): b"other"})


def test_pins_are_read_line_by_line_and_a_line_without_end_is_none(api: BlockApi) -> None:
    lines = b"".join(orjson.dumps({"Cid": f"{number}", "Type": "recursive"}) + b"\n" for number in range(5_000))
    _Liar.lies = {"pin/ls": lambda liar: liar.say(lines)}
    assert list(api.pins()) == [str(number) for number in range(5_000)]
    _Liar.lies = {"pin/ls": _one_line_without_end}
    with pytest.raises(StoreRefused):
        list(api.pins())
    assert _Liar.sent < MOST_SENT
