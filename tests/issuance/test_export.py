"""Certificate files: what learners are given, complete, and only once their batch is anchored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.hashing import hex0x
from gateway.domain.receipt import Certificate
from gateway.domain.tree import root_of
from gateway.issuance import errors
from gateway.issuance.export import Exporter, file_name, write_files
from gateway.issuance.ports import AnchoredBatch
from gateway.issuance.records import Records
from gateway.issuance.row_keys import RowKeys
from gateway.issuance.service import IssueOptions
from gateway.keys.secrets import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Centre = Any

REGISTRY = b"\x22" * 20


@dataclass
class Anchors:
    """A chain that has anchored everything, or nothing."""

    answer: AnchoredBatch | None
    chain_id: int = 31337

    def anchored(self, institution: str, root: bytes) -> AnchoredBatch | None:
        assert len(institution) == 18
        assert len(root) == 32
        return self.answer


@pytest.fixture
def zhejiang(centre: Callable[[int], Any], rosters: Path) -> Centre:
    made = centre(330000)
    made.issuer().issue(rosters / "zhejiang-dirty.csv", IssueOptions(accept_good_rows=True))
    return made


def exporter(centre: Centre, anchors: Anchors) -> Exporter:
    return Exporter(Records(centre.database), centre.accounts(), centre.issuer().blobs, anchors)


def test_every_certificate_file_is_whole_and_proves_itself(zhejiang: Centre, tmp_path: Path) -> None:
    files = exporter(zhejiang, Anchors(AnchoredBatch(330000, 7, REGISTRY))).batch(1)
    assert write_files(files, tmp_path / "out") == 26
    [(root,)] = zhejiang.rows("SELECT root FROM batches")
    paths = sorted((tmp_path / "out").iterdir())
    assert len(paths) == 26
    for path in paths:
        certificate = Certificate.parse(path.read_bytes())
        leaf = certificate.leaf().leaf
        anchoring = certificate.receipt.anchoring
        assert root_of(leaf, anchoring.proof) == root == anchoring.root
        assert (anchoring.chain_id, anchoring.province, anchoring.sequence) == (31337, 330000, 7)
        assert path.name.endswith(f"-{leaf[:4].hex()}.huren.json")
        assert path.stat().st_mode & 0o077 == 0


def test_nothing_is_exported_before_the_anchor(zhejiang: Centre) -> None:
    with pytest.raises(errors.NotAnchored):
        list(exporter(zhejiang, Anchors(None)).batch(1))


def test_a_batch_that_is_not_ours_is_named(zhejiang: Centre) -> None:
    with pytest.raises(errors.UnknownBatch):
        exporter(zhejiang, Anchors(AnchoredBatch(330000, 1, REGISTRY))).batch(2)


def test_a_deleted_learner_has_no_certificate_file_any_more(zhejiang: Centre) -> None:
    [learner] = zhejiang.accounts().find_by_number("330000199111139054")
    zhejiang.accounts().delete(learner.id, now=1_780_000_000)
    files = list(exporter(zhejiang, Anchors(AnchoredBatch(330000, 1, REGISTRY))).batch(1))
    assert len(files) == 25


def test_one_certificate_is_found_by_its_number_or_by_its_place(zhejiang: Centre) -> None:
    records, made = Records(zhejiang.database), exporter(zhejiang, Anchors(AnchoredBatch(330000, 1, REGISTRY)))
    keys = RowKeys(zhejiang.keys.master().derive(Purpose.ROW_INDEX))
    row_key = keys.of_number(zhejiang.institution, "S496932081486244000001")
    row = records.by_row_key(row_key)
    assert row is not None
    found = made.credential(row)
    assert found is not None
    certificate = Certificate.parse(found[1])
    assert certificate.credential.document.credential_subject.license_number == "S496932081486244000001"
    assert hex0x(certificate.leaf().leaf) == hex0x(row.leaf)
    root = certificate.receipt.anchoring.root
    assert records.at(zhejiang.institution, root, row.position) == row
    assert records.at(zhejiang.institution, bytes(32), row.position) is None


def test_a_certificate_number_never_leaves_its_folder() -> None:
    assert file_name("../../etc/passwd", bytes(32)) == ".._.._etc_passwd-00000000.huren.json"
