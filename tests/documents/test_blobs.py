"""What a folder of blobs promises beyond what every store does (test_stores.py): its files survive any kill."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from gateway.documents.blobs import FolderStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "blobs")


def file_of(tmp_path: Path, cid: str) -> Path:
    [path] = (tmp_path / "blobs").rglob(cid)
    return path


def test_putting_the_same_again_changes_nothing(tmp_path: Path, store: FolderStore) -> None:
    cid = store.put(b"once")
    before = file_of(tmp_path, cid).stat()
    assert store.put_many([b"once", b"once"]) == [cid, cid]
    after = file_of(tmp_path, cid).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


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
