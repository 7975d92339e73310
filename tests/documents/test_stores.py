"""Every blob store is the same to whoever uses it: a folder, an IPFS daemon, and a daemon with a folder to wait in."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.documents.blobs import BLOB_BYTES, FolderStore, KeptBlobs
from gateway.documents.errors import BlobCorrupted, BlobNotFound, BlobSize
from gateway.documents.ipfs import IpfsStore
from gateway.documents.spooled import SpooledStore
from gateway.domain.manifest import MalformedCid, cid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from swarm import Swarm


class Kept(Protocol):
    """A store, and the file in which it keeps a blob."""

    store: KeptBlobs

    def file_of(self, cid: str) -> Path: ...


class _Kept:
    def __init__(self, store: KeptBlobs, file_of: Callable[[str], Path]) -> None:
        self.store = store
        self.file_of = file_of


@pytest.fixture(
    scope="module",
    params=[
        "folder",
        pytest.param("ipfs", marks=pytest.mark.network),
        pytest.param("spooled", marks=pytest.mark.network),
    ],
)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("stores") / "blobs"
    if request.param == "folder":
        yield _Kept(FolderStore(folder), lambda cid: folder / cid[-2:] / cid)
        return
    swarm: Swarm = request.getfixturevalue("swarm")
    daemon = swarm.daemons[0]
    with closing(daemon.api()) as api:
        store: KeptBlobs = IpfsStore(api)
        if request.param == "spooled":
            store = SpooledStore(IpfsStore(api), FolderStore(folder))
        yield _Kept(store, daemon.file_of)


@pytest.fixture
def store(kept: Kept) -> KeptBlobs:
    return kept.store


def fresh(length: int = 40) -> bytes:
    return os.urandom(length)


def test_the_cid_is_the_one_that_ipfs_gives_a_raw_block(store: KeptBlobs) -> None:
    # `ipfs block put --cid-codec raw --mhtype sha2-256` of "hello\n"
    assert store.put(b"hello\n") == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(contents=st.lists(st.binary(min_size=1, max_size=50), max_size=8))
def test_what_is_put_is_got(store: KeptBlobs, contents: list[bytes]) -> None:
    before = set(store.cids())
    cids = store.put_many(contents)
    assert [store.get(cid) for cid in cids] == contents
    assert cids == [cid_of(hashlib.sha256(content).digest()) for content in contents]
    assert set(store.cids()) == before | set(cids)
    assert all(store.has(cid) for cid in cids)


def test_the_largest_block_fits_and_one_byte_more_or_nothing_does_not(store: KeptBlobs) -> None:
    content = fresh(BLOB_BYTES)
    assert store.get(store.put(content)) == content
    for wrong in (b"", bytes(BLOB_BYTES + 1)):
        with pytest.raises(BlobSize) as caught:
            store.put(wrong)
        assert caught.value.value == len(wrong)


@pytest.mark.parametrize("alter", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[:0], lambda b: b"X" + b[1:]])
def test_altered_bytes_are_refused_by_name_and_mended_by_putting_again(
    kept: Kept, alter: Callable[[bytes], bytes]
) -> None:
    store, content = kept.store, b"the true content" + fresh()
    cid = store.put(content)
    kept.file_of(cid).write_bytes(alter(content))
    with pytest.raises(BlobCorrupted) as caught:
        store.get(cid)
    assert caught.value.value == cid
    assert caught.value.details["where"]
    assert store.has(cid)
    assert store.put(content) == cid
    assert store.get(cid) == content


def test_a_blob_that_is_not_there_is_named(store: KeptBlobs) -> None:
    cid = cid_of(bytes(32))
    assert not store.has(cid)
    assert cid not in set(store.cids())
    with pytest.raises(BlobNotFound) as caught:
        store.get(cid)
    assert caught.value.value == cid


@pytest.mark.parametrize("cid", ["", "../../etc/passwd", "b" + "a" * 58, "Qm" + "a" * 44, "bafkrei/../../x"])
def test_nothing_but_a_cid_is_ever_asked_for(store: KeptBlobs, cid: str) -> None:
    for ask in (store.get, store.has, store.remove):
        with pytest.raises(MalformedCid):
            ask(cid)


def test_what_is_taken_away_is_gone_and_can_be_put_again(store: KeptBlobs) -> None:
    content = fresh()
    cid = store.put(content)
    assert store.remove(cid)
    assert not store.remove(cid)
    assert not store.has(cid)
    assert cid not in set(store.cids())
    with pytest.raises(BlobNotFound):
        store.get(cid)
    assert store.get(store.put(content)) == content


def test_many_that_are_put_twice_are_there_once(store: KeptBlobs) -> None:
    contents = [fresh(2_000) for _ in range(20)]
    cids = store.put_many(contents)
    assert store.put_many([*contents, *contents]) == [*cids, *cids]
    held = list(store.cids())
    assert len(held) == len(set(held))
    assert set(cids) <= set(held)
