"""A blob is its digest: kept whole, found by name, and never given out altered."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.blobs import BLOB_BYTES, FolderStore
from gateway.documents.errors import BlobCorrupted, BlobNotFound, BlobSize
from gateway.domain.manifest import MalformedCid, cid_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "blobs")


def file_of(tmp_path: Path, cid: str) -> Path:
    [path] = (tmp_path / "blobs").rglob(cid)
    return path


def test_the_cid_is_the_one_that_ipfs_gives_a_raw_block(store: FolderStore) -> None:
    # `ipfs block put --cid-codec raw --mhtype sha2-256` of "hello\n"
    assert store.put(b"hello\n") == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"


@given(contents=st.lists(st.binary(min_size=1, max_size=50), max_size=8))
def test_what_is_put_is_got(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    store = FolderStore(tmp_path_factory.mktemp("blobs"))
    cids = store.put_many(contents)
    assert [store.get(cid) for cid in cids] == contents
    assert cids == [cid_of(hashlib.sha256(content).digest()) for content in contents]
    assert set(store.cids()) == set(cids)
    assert all(store.has(cid) for cid in cids)


def test_putting_the_same_again_changes_nothing(tmp_path: Path, store: FolderStore) -> None:
    cid = store.put(b"once")
    before = file_of(tmp_path, cid).stat()
    assert store.put_many([b"once", b"once"]) == [cid, cid]
    after = file_of(tmp_path, cid).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_largest_block_fits_and_one_byte_more_or_nothing_does_not(store: FolderStore) -> None:
    content = os.urandom(BLOB_BYTES)
    assert store.get(store.put(content)) == content
    for wrong in (b"", bytes(BLOB_BYTES + 1)):
        with pytest.raises(BlobSize) as caught:
            store.put(wrong)
        assert caught.value.value == len(wrong)


@pytest.mark.parametrize("alter", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[:0], lambda b: b"X" + b[1:]])
def test_altered_bytes_are_refused_by_name_and_mended_by_putting_again(
    tmp_path: Path, store: FolderStore, alter: object
) -> None:
    cid = store.put(b"the true content")
    file_of(tmp_path, cid).write_bytes(alter(b"the true content"))  # type: ignore[operator]
    with pytest.raises(BlobCorrupted) as caught:
        store.get(cid)
    assert caught.value.value == cid
    assert str(tmp_path) in str(caught.value.details["where"])
    assert store.put(b"the true content") == cid
    assert store.get(cid) == b"the true content"


def test_a_blob_that_is_not_there_is_named(store: FolderStore) -> None:
    cid = cid_of(bytes(32))
    assert not store.has(cid)
    with pytest.raises(BlobNotFound) as caught:
        store.get(cid)
    assert caught.value.value == cid


@pytest.mark.parametrize("cid", ["", "../../etc/passwd", "b" + "a" * 58, "Qm" + "a" * 44, "bafkrei/../../x"])
def test_nothing_but_a_cid_becomes_a_path(store: FolderStore, cid: str) -> None:
    for ask in (store.get, store.has):
        with pytest.raises(MalformedCid):
            ask(cid)


def test_a_kills_leftovers_are_never_given_out_and_swept_once_they_are_old(tmp_path: Path, store: FolderStore) -> None:
    cid = store.put(b"whole")
    leftover = file_of(tmp_path, cid).parent / ".tmp-99-0"
    leftover.write_bytes(b"half")
    assert set(FolderStore(tmp_path / "blobs").cids()) == {cid}
    assert leftover.exists()  # perhaps another process is writing it right now
    os.utime(leftover, (0, 0))
    FolderStore(tmp_path / "blobs")
    assert not leftover.exists()


def test_a_failing_disk_leaves_no_half_blob(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        store.put(b"content")
    monkeypatch.undo()
    assert list(store.cids()) == []
    assert not list((tmp_path / "blobs").rglob(".tmp*"))


WRITER = textwrap.dedent(
    """
    import pathlib, random, sys
    from gateway.documents.blobs import FolderStore
    store = FolderStore(pathlib.Path(sys.argv[1]))
    chance = random.Random(int(sys.argv[2]))
    while True:
        print(*store.put_many([chance.randbytes(200_000) for _ in range(3)]), flush=True)
    """
)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(5))
def test_after_a_kill_every_acknowledged_blob_is_whole_and_none_is_half(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(seed)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randrange(1, 20))]
        time.sleep(chance.uniform(0, 0.01))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    acknowledged = {cid.decode() for line in lines for cid in line.split()}
    store = FolderStore(tmp_path)
    held = set(store.cids())
    assert acknowledged <= held
    for cid in held:
        assert len(store.get(cid)) == 200_000
