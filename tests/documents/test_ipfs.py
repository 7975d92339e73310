"""A province's daemon and the others': what is fetched, what is mended, what happens while one is away."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gateway.documents.blobs import FolderStore
from gateway.documents.errors import (
    BlobCorrupted,
    BlobNotFound,
    BlobUnavailable,
    StoreRefused,
    StoreTokenUnreadable,
    StoreUnreachable,
)
from gateway.documents.ipfs import IpfsStore, IpfsSwarm
from gateway.documents.ipfs_api import BlockApi
from gateway.documents.peers import HttpPeers, Library
from gateway.documents.place import BlobPlace, open_store
from gateway.documents.sources import InTurn
from gateway.documents.spooled import SpooledStore
from gateway.domain.manifest import cid_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swarm import Swarm

pytestmark = pytest.mark.network


@pytest.fixture
def ours(swarm: Swarm) -> Iterator[BlockApi]:
    with closing(swarm.daemons[0].api()) as api:
        yield api


@pytest.fixture
def theirs(swarm: Swarm) -> Iterator[IpfsStore]:
    with closing(swarm.daemons[1].api()) as api:
        yield IpfsStore(api)


def fresh(count: int = 1, length: int = 3_000) -> list[bytes]:
    return [os.urandom(length) for _ in range(count)]


def absent() -> str:
    return cid_of(os.urandom(32))


def test_the_swarm_gives_what_another_province_holds_and_our_daemon_keeps_it_once_it_is_put(
    ours: BlockApi, theirs: IpfsStore
) -> None:
    contents = fresh(20, 100_000)
    cids = theirs.put_many(contents)
    store, source = IpfsStore(ours), IpfsSwarm(ours, seconds=60)
    assert not any(store.has(cid) for cid in cids)
    library = Library(store, source)
    assert library.get(cids[0]) == contents[0]
    assert dict(library.get_many(cids)) == dict(zip(cids, contents, strict=True))
    assert set(cids) <= set(store.cids())


def test_what_nobody_holds_is_given_up_in_time_and_stops_none_of_the_others(ours: BlockApi, theirs: IpfsStore) -> None:
    [cid] = theirs.put_many(fresh())
    source = IpfsSwarm(ours, seconds=2)
    lacking = [absent() for _ in range(12)]
    began = time.monotonic()
    found = dict(source.fetch_many([*lacking, cid]))
    assert time.monotonic() - began < 60
    assert isinstance(found[cid], bytes)
    assert all(isinstance(found[each], BlobUnavailable) for each in lacking)


def test_a_damaged_block_of_ours_is_named_and_mended_from_the_swarm(
    swarm: Swarm, ours: BlockApi, theirs: IpfsStore
) -> None:
    [content] = fresh()
    store = IpfsStore(ours)
    cid = store.put(content)
    theirs.put(content)
    swarm.daemons[0].file_of(cid).write_bytes(content[:-1] + b"X")
    with pytest.raises(BlobCorrupted):
        store.get(cid)
    assert Library(store, IpfsSwarm(ours, seconds=60)).get(cid) == content
    assert swarm.daemons[0].file_of(cid).read_bytes() == content
    assert cid in set(store.cids())


def test_a_damaged_block_of_a_peer_never_arrives_and_the_next_source_is_asked(
    swarm: Swarm, ours: BlockApi, theirs: IpfsStore, tmp_path: Path
) -> None:
    [content] = fresh()
    cid = theirs.put(content)
    swarm.daemons[1].file_of(cid).write_bytes(b"X" + content[1:])
    swarmed = IpfsSwarm(ours, seconds=1)
    with pytest.raises(BlobUnavailable):
        swarmed.fetch(cid)
    folder = FolderStore(tmp_path)
    folder.put(content)
    assert InTurn((swarmed, _Shelf(folder))).fetch(cid) == content


class _Shelf(HttpPeers):
    """A source of what lies in a folder, in place of a gateway over HTTP."""

    def __init__(self, folder: FolderStore) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def fetch(self, cid: str) -> bytes:
        self.asked.append(cid)
        try:
            return self.folder.get(cid)
        except BlobNotFound as error:
            raise BlobUnavailable(cid, why="http://shelf: HTTP 404") from error

    def close(self) -> None:
        return


def test_sources_are_asked_in_turn_and_each_only_for_what_is_lacking(
    ours: BlockApi, theirs: IpfsStore, tmp_path: Path
) -> None:
    in_swarm, on_shelf = fresh(3), fresh(3)
    folder = FolderStore(tmp_path)
    first, second = theirs.put_many(in_swarm), folder.put_many(on_shelf)
    nowhere = absent()
    shelf = _Shelf(folder)
    wanted = [first[0], second[0], nowhere, first[1], second[1], first[0]]
    with closing(InTurn((IpfsSwarm(ours, seconds=2), shelf))) as source:
        found = list(source.fetch_many(wanted))
    contents = dict(zip([*first, *second], [*in_swarm, *on_shelf], strict=True))
    asked_for = set(wanted) - {nowhere}
    assert len(found) == len(set(wanted)), "each comes once"
    assert {cid: content for cid, content in found if cid != nowhere} == {cid: contents[cid] for cid in asked_for}
    error = dict(found)[nowhere]
    assert isinstance(error, BlobUnavailable)
    assert "IPFS" in str(error.details["why"])
    assert "http://shelf" in str(error.details["why"])
    assert set(shelf.asked) == {second[0], second[1], nowhere}


def test_the_gateways_token_opens_blobs_and_pins_and_nothing_else(swarm: Swarm) -> None:
    place = swarm.daemons[0].kubo.place
    [content] = fresh()
    cid = cid_of(hashlib.sha256(content).digest())
    for token in ("", "0" * 64):
        with closing(BlockApi(place.api_url, token)) as stranger:
            for ask in (lambda s=stranger: s.put({cid: content}), lambda s=stranger: list(s.pins())):
                with pytest.raises(StoreRefused) as caught:
                    ask()
                assert caught.value.value == place.api_url
                assert "403" in str(caught.value.details["why"])


def test_a_token_that_cannot_be_read_is_told_by_its_file(tmp_path: Path) -> None:
    place = BlobPlace(str(tmp_path / "blobs"), "http://127.0.0.1:5001", str(tmp_path / "token"))
    with pytest.raises(StoreTokenUnreadable) as caught:
        open_store(place)
    assert caught.value.value == str(tmp_path / "token")


@pytest.mark.kill
def test_while_the_daemon_is_away_blobs_wait_in_the_folder_and_go_into_it_once_it_is_back(
    swarm: Swarm, tmp_path: Path
) -> None:
    daemon = swarm.daemons[0]
    with closing(daemon.api()) as api:
        store = SpooledStore(IpfsStore(api), FolderStore(tmp_path))
        before = fresh(3)
        first = store.put_many(before)
        assert store.waiting() == 0
        daemon.end(signal.SIGKILL)
        try:
            meanwhile = fresh(5)
            second = store.put_many(meanwhile)
            assert store.waiting() == len(meanwhile)
            assert [store.get(cid) for cid in second] == meanwhile
            assert all(store.has(cid) for cid in second)
            for ask in (store.get, store.has, store.remove):
                with pytest.raises(StoreUnreachable):
                    ask(first[0])
            with pytest.raises(StoreUnreachable):
                store.settle()
            with pytest.raises(StoreUnreachable):
                store.remove(second[0])
            assert store.get(second[0]) == meanwhile[0]
            # What waits is the same for whoever opens the store anew: after a kill, in another process.
            again = SpooledStore(IpfsStore(api), FolderStore(tmp_path))
            assert [again.get(cid) for cid in second] == meanwhile
        finally:
            daemon.start()
        assert store.settle() == len(meanwhile)
        assert [store.get(cid) for cid in first] == before, "the daemon itself lost nothing by the kill"
        assert store.waiting() == 0
        assert store.settle() == 0
        direct = IpfsStore(api)
        assert [direct.get(cid) for cid in second] == meanwhile
        assert {*first, *second} <= set(direct.cids())


@pytest.mark.kill
def test_a_daemon_that_hangs_is_away_and_is_left_alone_for_a_while(swarm: Swarm, tmp_path: Path) -> None:
    daemon = swarm.daemons[0]
    daemon.send(signal.SIGSTOP)
    with closing(daemon.api(timeout=1.0)) as api:
        store = SpooledStore(IpfsStore(api), FolderStore(tmp_path))
        try:
            first, second = fresh(2)
            cids = [store.put(first)]
            began = time.monotonic()
            cids += [store.put(second) for _ in range(200)]
            for _ in range(200):
                with pytest.raises(StoreUnreachable):
                    store.has(absent())
            assert time.monotonic() - began < 120, "each of them waited for the daemon"
        finally:
            daemon.send(signal.SIGCONT)
        assert store.waiting() == 2
    with closing(daemon.api()) as api:  # a second is enough to see that it hangs, and too little for a busy machine
        store = SpooledStore(IpfsStore(api), FolderStore(tmp_path))
        assert store.settle() == 2
        assert [store.get(cid) for cid in (cids[0], cids[1])] == [first, second]


def test_a_damaged_file_that_waits_is_not_moved_and_not_given_out(ours: BlockApi, tmp_path: Path) -> None:
    folder = FolderStore(tmp_path)
    store = SpooledStore(IpfsStore(ours), folder)
    lost, kept = fresh(2)
    for content in (lost, kept):
        cid = folder.put(content)
        (tmp_path / cid[-2:] / cid).write_bytes(b"damaged")
    IpfsStore(ours).put(kept)
    held, gone = (cid_of(hashlib.sha256(content).digest()) for content in (kept, lost))
    assert store.get(held) == kept
    with pytest.raises(BlobNotFound):
        store.get(gone)
    assert store.settle() == 1
    assert set(folder.cids()) == {gone}
    assert store.put(lost) == gone
    assert store.get(gone) == lost


@pytest.mark.kill
def test_what_a_put_has_returned_is_there_after_any_kill_of_the_daemon(swarm: Swarm) -> None:
    daemon = swarm.daemons[0]
    contents = fresh(40, 50_000)
    with closing(daemon.api()) as api:
        cids = IpfsStore(api).put_many(contents)
    daemon.end(signal.SIGKILL)
    daemon.start()
    with closing(daemon.api()) as api:
        store = IpfsStore(api)
        assert [store.get(cid) for cid in cids] == contents
        assert set(cids) <= set(store.cids())


@pytest.mark.kill
def test_what_was_put_or_kept_outlives_a_collection_of_garbage_and_what_was_only_looked_at_does_not(
    swarm: Swarm, theirs: IpfsStore, tmp_path: Path
) -> None:
    daemon = swarm.daemons[0]
    ours, foreign, looked_at = fresh(90), fresh(40), fresh(3)
    foreign_cids, looked = theirs.put_many(foreign), theirs.put_many(looked_at)
    with closing(daemon.api()) as api:
        store, source = IpfsStore(api), IpfsSwarm(api, seconds=60)
        mine = store.put_many(ours)
        library = Library(store, source, FolderStore(tmp_path))
        assert dict(library.get_many(foreign_cids)) == dict(zip(foreign_cids, foreign, strict=True))
        assert [source.fetch(cid) for cid in looked] == looked_at
    daemon.end()
    command = daemon.kubo.command()
    try:  # nobody's token collects it while the daemon runs
        words = [command.argv[0], "repo", "gc", "--quiet"]
        subprocess.run(words, env=command.environment, cwd=command.folder, capture_output=True, check=True)
    finally:
        daemon.start()
    with closing(daemon.api()) as api:
        store = IpfsStore(api)
        assert [store.get(cid) for cid in mine] == ours
        assert [store.get(cid) for cid in foreign_cids] == foreign
        assert not any(store.has(cid) for cid in looked)
