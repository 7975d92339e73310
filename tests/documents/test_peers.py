"""Peers give bytes, never truth: what does not match its digest has not arrived."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
import pytest
import tenacity

from gateway.documents import peers as peers_module
from gateway.documents.blobs import BLOB_BYTES, FolderStore
from gateway.documents.errors import BlobUnavailable
from gateway.documents.peers import HttpPeers, Library
from gateway.domain.manifest import MalformedCid, cid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTENT = b"the sorted leaves"


@pytest.fixture
def cid(tmp_path: Path) -> str:
    return FolderStore(tmp_path / "elsewhere").put(CONTENT)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_module, "_FIRST_WAIT", 0)
    monkeypatch.setattr(peers_module, "_LONGEST_WAIT", 0)


def peers_answering(*answers: Callable[[httpx.Request], httpx.Response], asked: list[str] | None = None) -> HttpPeers:
    """Peers http://p0, http://p1 … each answering as its function says."""

    def handle(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(str(request.url))
        return answers[int(request.url.host[1:])](request)

    return HttpPeers([f"http://p{n}/" for n in range(len(answers))], transport=httpx.MockTransport(handle))


def gives(content: bytes) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, content=content)


def refuses(status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status)


def breaks(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused")


def test_a_blob_is_asked_for_by_its_cid_and_taken_from_the_first_peer_that_has_it(cid: str) -> None:
    asked: list[str] = []
    with peers_answering(refuses(404), gives(CONTENT), gives(CONTENT), asked=asked) as peers:
        assert peers.fetch(cid) == CONTENT
    assert asked == [f"http://p0/v1/blobs/{cid}", f"http://p1/v1/blobs/{cid}"]


@pytest.mark.parametrize(
    "bad",
    [
        gives(CONTENT + b"x"),
        gives(b""),
        gives(bytes(BLOB_BYTES + 1)),
        refuses(403),
        lambda _: httpx.Response(302, headers={"Location": "http://p1/elsewhere"}),
        breaks,
    ],
    ids=["altered", "empty", "too large", "forbidden", "redirect", "unreachable"],
)
def test_a_peer_that_gives_something_else_is_passed_over(
    cid: str, bad: Callable[[httpx.Request], httpx.Response]
) -> None:
    with peers_answering(bad, gives(CONTENT)) as peers:
        assert peers.fetch(cid) == CONTENT
    with peers_answering(bad) as peers, pytest.raises(BlobUnavailable) as caught:
        peers.fetch(cid)
    assert caught.value.value == cid
    assert "http://p0" in str(caught.value.details["why"])


def test_a_peer_that_stumbles_is_asked_again_and_one_that_answers_clearly_is_not(cid: str) -> None:
    asked: list[str] = []
    answers = iter([breaks, refuses(503), gives(CONTENT)])

    def stumble(request: httpx.Request) -> httpx.Response:
        return next(answers)(request)

    with peers_answering(stumble, asked=asked) as peers:
        assert peers.fetch(cid) == CONTENT
    assert len(asked) == 3
    for bad, times in ((refuses(500), 3), (breaks, 3), (refuses(404), 1), (gives(b"other"), 1)):
        asked.clear()
        with peers_answering(bad, asked=asked) as peers, pytest.raises(BlobUnavailable):
            peers.fetch(cid)
        assert len(asked) == times


def test_a_peer_that_is_away_holds_up_one_blob_and_not_every_one(cid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with peers_answering(breaks, gives(CONTENT), asked=asked) as peers:
        for _ in range(20):
            assert peers.fetch(cid) == CONTENT
        assert sum("//p0" in url for url in asked) == 3, "it was tried for every blob anew"
        monkeypatch.setattr(peers_module, "_REST_SECONDS", 0.0)
        peers._rests.clear()  # as after half a minute
        assert peers.fetch(cid) == CONTENT
        assert sum("//p0" in url for url in asked) == 6
    # A blob that a peer does not have says nothing about the next one.
    asked.clear()
    with peers_answering(refuses(404), asked=asked) as peers:
        for _ in range(3):
            with pytest.raises(BlobUnavailable):
                peers.fetch(cid)
    assert len(asked) == 3


def test_without_peers_a_blob_is_unavailable_and_what_is_no_cid_is_never_asked_for(cid: str) -> None:
    with HttpPeers([]) as peers:
        with pytest.raises(BlobUnavailable, match="no peers"):
            peers.fetch(cid)
        with pytest.raises(MalformedCid):
            peers.fetch("../x")


def test_many_are_fetched_in_order_and_a_lacking_one_stops_none(tmp_path: Path) -> None:
    source = FolderStore(tmp_path / "source")
    contents = [bytes([n]) * 100 for n in range(30)]
    cids = source.put_many(contents)
    lacking = cid_of(bytes(32))

    def serve(request: httpx.Request) -> httpx.Response:
        wanted = request.url.path.rsplit("/", 1)[1]
        return httpx.Response(200, content=source.get(wanted)) if source.has(wanted) else httpx.Response(404)

    with peers_answering(serve) as peers:
        results = list(peers.fetch_many([*cids[:10], lacking, *cids[10:]]))
    assert [asked for asked, _ in results] == [*cids[:10], lacking, *cids[10:]]
    assert isinstance(results.pop(10)[1], BlobUnavailable)
    assert [content for _, content in results] == contents


def test_a_library_keeps_what_it_fetched_and_mends_what_was_damaged(tmp_path: Path, cid: str) -> None:
    store = FolderStore(tmp_path / "ours")
    asked: list[str] = []
    with peers_answering(gives(CONTENT), asked=asked) as peers:
        library = Library(store, peers)
        assert not library.has(cid)
        assert library.get(cid) == CONTENT
        assert library.has(cid)
        assert library.get(cid) == CONTENT
        assert len(asked) == 1
        [path] = (tmp_path / "ours").rglob(cid)
        path.write_bytes(b"damaged")
        assert library.get(cid) == CONTENT
        assert len(asked) == 2
        assert store.get(cid) == CONTENT


def test_a_library_gives_many_from_here_and_from_peers(tmp_path: Path) -> None:
    source, store = FolderStore(tmp_path / "source"), FolderStore(tmp_path / "ours")
    ours, theirs, lacking = store.put(b"ours"), source.put(b"theirs"), cid_of(bytes(32))

    def serve(request: httpx.Request) -> httpx.Response:
        wanted = request.url.path.rsplit("/", 1)[1]
        return httpx.Response(200, content=source.get(wanted)) if source.has(wanted) else httpx.Response(404)

    with peers_answering(serve) as peers:
        library = Library(store, peers)
        found = dict(library.get_many([theirs, ours, lacking]))
        assert library.put_many([b"new"]) == [library.put(b"new")]
    assert found[ours] == b"ours"
    assert found[theirs] == b"theirs"
    assert isinstance(found[lacking], BlobUnavailable)
    assert store.get(theirs) == b"theirs"


class _Blobs(BaseHTTPRequestHandler):
    """Over a real socket: /endless never stops sending, /trickling sends a byte at a time, /packed a zip bomb.

    /dripping sends a byte of its header at a time.
    """

    def do_GET(self) -> None:
        if self.path.startswith("/dripping"):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for byte in b"HTTP/1.1 200 OK\r\nX: " + bytes(b"y" * 60_000):
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.01)
            return
        self.send_response(200)
        if self.path.startswith("/packed"):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path.startswith("/packed"):
            self.wfile.write(gzip.compress(bytes(BLOB_BYTES // 2)))
            return
        if self.path.startswith("/trickling"):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for _ in range(10_000):
                    self.wfile.write(b"x")
                    time.sleep(0.01)
            return
        if self.path.startswith("/endless"):
            try:
                while True:
                    self.wfile.write(bytes(1 << 16))
            except (BrokenPipeError, ConnectionResetError):
                return
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Blobs)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_over_a_real_connection_an_endless_answer_is_cut_off(server: str, cid: str) -> None:
    with HttpPeers([f"{server}/endless", server], timeout=10) as peers:
        assert peers.fetch(cid) == CONTENT


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("trickling", "not done after 0.2 s"),
        ("dripping", "not done after 0.2 s"),
        ("packed", "Content-Encoding"),
    ],
)
def test_over_a_real_connection_the_next_peer_is_asked_after_one_that(
    server: str, cid: str, path: str, why: str
) -> None:
    with HttpPeers([f"{server}/{path}", server], timeout=10, patience=0.2) as peers:
        assert peers.fetch(cid) == CONTENT
    with HttpPeers([f"{server}/{path}"], timeout=10, patience=0.2) as peers, pytest.raises(BlobUnavailable) as caught:
        peers.fetch(cid)
    assert why in str(caught.value.details["why"])


def test_tenacity_gives_up_with_the_peers_own_answer() -> None:
    # The error of the last attempt must come out, not tenacity's wrapper: its text is shown to the operator.
    with peers_answering(refuses(500)) as peers, pytest.raises(BlobUnavailable, match="HTTP 500") as caught:
        peers.fetch(cid_of(bytes(32)))
    assert not isinstance(caught.value.__cause__, tenacity.RetryError)
