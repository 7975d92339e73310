"""Worker processes: what they are told, and how they fail."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import msgspec
import pytest

from gateway.documents.blobs import FolderStore
from gateway.documents.packs import DocumentPlace, open_document
from gateway.documents.place import BlobPlace
from gateway.domain.credential import Credential
from gateway.domain.manifest import cid_of
from gateway.issuance import errors
from gateway.issuance.minting import Minted, MintedOutcome, MintingTask
from gateway.issuance.spool import SpooledRow
from gateway.issuance.stored import read_stored
from gateway.issuance.workers import InlineMint, WorkerPool

if TYPE_CHECKING:
    from pathlib import Path

INSTITUTION = "123100004250004560"
SEEDS = {INSTITUTION: b"\x07" * 32}


def task(rows: int, *, name: str = "许英娟") -> bytes:
    outcome = MintedOutcome(
        "SOU-PM-118", "现代物业管理", 1, 5, "区域", "5", "72", 350, b"\x01" * 32, b"\x02" * 32, "2026-1"
    )
    spooled = [
        SpooledRow(0, name, "ID", "310000200001010016", "86.5", 738_000, f"S{n:021d}", b"k" * 16, b"d" * 16, n)
        for n in range(rows)
    ]
    made = MintingTask(
        institution=INSTITUTION,
        issuer_name="示例大学",
        status_list=f"https://credit-bank.example/v1/status/{INSTITUTION}/0",
        created="2026-03-01T00:00:00Z",
        outcomes={0: outcome},
        rows=spooled,
        places=list(range(rows)),
        keys=(b"\x01" * 32 + b"\x02" * 32) * rows,
    )
    return msgspec.msgpack.encode(made)


def test_a_pool_answers_every_task_in_full(tmp_path: Path) -> None:
    with WorkerPool(2, SEEDS, BlobPlace(str(tmp_path))) as pool:
        futures = [pool.submit(task(rows)) for rows in (1, 2, 3, 50)]
        minted = [msgspec.msgpack.decode(future.result(timeout=60), type=Minted) for future in futures]
    assert [len(each.leaves) // 32 for each in minted] == [1, 2, 3, 50]
    blobs = FolderStore(tmp_path)
    [pack] = minted[0].packs
    content = blobs.get(cid_of(pack.digest))
    stored = read_stored(open_document(content, DocumentPlace(16, pack.lengths[0]), b"\x02" * 32, minted[0].leaves))
    assert Credential.parse(bytes(stored.credential)).document.credential_subject.credits_earned == 3.5


def test_no_two_credentials_share_a_leaf_even_of_equal_rows(tmp_path: Path) -> None:
    mint = InlineMint(SEEDS, FolderStore(tmp_path))
    made = [msgspec.msgpack.decode(mint.submit(task(1)).result(), type=Minted) for _ in range(3)]
    assert len({each.leaves for each in made}) == 3
    assert len({each.claims for each in made}) == 1


def test_a_failing_task_names_the_error_and_no_person(tmp_path: Path) -> None:
    with WorkerPool(1, SEEDS, BlobPlace(str(tmp_path))) as pool:
        with pytest.raises(errors.WorkerFailed) as raised:
            pool.submit(b"\xc1 not a task").result(timeout=60)
        assert "DecodeError" in str(raised.value) or "ValidationError" in str(raised.value)
        # The worker goes on.
        assert pool.submit(task(1)).result(timeout=60)
    with pytest.raises(errors.WorkerFailed) as raised:
        InlineMint({}, FolderStore(tmp_path)).submit(task(1, name="秘密")).result()
    assert "秘密" not in str(raised.value)


def test_a_worker_that_dies_is_an_error_for_its_tasks(tmp_path: Path) -> None:
    with WorkerPool(1, SEEDS, BlobPlace(str(tmp_path))) as pool:
        pool.submit(task(1)).result(timeout=60)
        pid = pool._processes[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(errors.WorkerDied):
            pool.submit(task(1)).result(timeout=60)


def test_keys_are_in_no_argument_list_and_no_environment(tmp_path: Path) -> None:
    with WorkerPool(1, SEEDS, BlobPlace(str(tmp_path))) as pool:
        pool.submit(task(1)).result(timeout=60)
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pool._processes[0].pid}/{name}", "rb") as file:  # noqa: PTH123 (a file of the kernel)
                content = file.read()
            assert SEEDS[INSTITUTION] not in content
            assert SEEDS[INSTITUTION].hex().encode() not in content
