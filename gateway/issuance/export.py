"""Certificate files: what a learner is given, made on demand from the sealed documents and the anchor.

exporter = Exporter(records, accounts, blobs, anchors)
for name, content in exporter.batch(7):           # "S666232942200244000001-907c38a5.huren.json", bytes
    …
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.credential import Credential
from gateway.domain.identifiers import institution_word
from gateway.domain.leaf import Facts
from gateway.domain.manifest import Manifest, check_manifest, cid_of
from gateway.domain.receipt import Anchoring, Certificate, Receipt
from gateway.issuance.errors import NotAnchored, UnknownBatch
from gateway.issuance.stored import open_stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gateway.issuance.ports import AnchorBook, AnchoredBatch, BlobStore
    from gateway.issuance.records import BatchRow, CredentialRow, Records
    from gateway.issuance.stored import StoredDocument

SUFFIX: Final = ".huren.json"
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z.-]")


class LearnerKeys(Protocol):
    """Learners' own keys, many at a time."""

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        """The keys (32 bytes) of those accounts that are not deleted."""


class Exporter:
    """Makes certificate files of what this centre issued."""

    def __init__(self, records: Records, learners: LearnerKeys, blobs: BlobStore, anchors: AnchorBook) -> None:
        self._records = records
        self._learners = learners
        self._blobs = blobs
        self._anchors = anchors

    def batch(self, number: int) -> Iterator[tuple[str, bytes]]:
        """Name and content of every certificate file of a batch, by leaf; deleted learners' are no more.

        Raises:
            UnknownBatch: there is none of that number.
            NotAnchored: the chain does not have it yet.
            DocumentsError: a pack or the manifest is lacking or damaged.
        """
        batch = self._records.batch(number)
        if batch is None:
            raise UnknownBatch(number)
        return self._files(batch, self._records.credentials(number))

    def credential(self, row: CredentialRow) -> tuple[str, bytes] | None:
        """Name and content of one certificate file (its row: ``Records.by_row_key`` or ``at``); None once deleted.

        Raises: as ``batch``.
        """
        batch = self._records.batch(row.batch_id)
        if batch is None:
            raise UnknownBatch(row.batch_id)
        return next(self._files(batch, [row]), None)

    def many(self, rows: Sequence[CredentialRow]) -> dict[bytes, bytes]:
        """Certificate files by leaf, each batch's manifest read once; deleted learners' are left out.

        Raises: as ``batch``.
        """
        keys = self._learners.keys_of(sorted({row.learner_id for row in rows}))
        found: dict[bytes, bytes] = {}
        for number in sorted({row.batch_id for row in rows}):
            batch = self._records.batch(number)
            if batch is None:
                raise UnknownBatch(number)
            live = [row for row in rows if row.batch_id == number and row.learner_id in keys]
            files = self._files(batch, live)
            found |= {row.leaf: content for row, (_, content) in zip(live, files, strict=True)}
        return found

    def _files(self, batch: BatchRow, rows: Iterable[CredentialRow]) -> Iterator[tuple[str, bytes]]:
        anchored = self._anchors.anchored(batch.institution, batch.root)
        if anchored is None:
            raise NotAnchored(batch.id)
        manifest = check_manifest(
            self._blobs.get(cid_of(batch.manifest)), digest=batch.manifest, root=batch.root, count=batch.leaf_count
        )
        rows = list(rows)
        keys = self._learners.keys_of(sorted({row.learner_id for row in rows}))
        packs: dict[bytes, bytes] = {}
        for row in rows:
            key = keys.get(row.learner_id)
            if key is None:
                continue
            if row.pack not in packs:
                # Rows are in order of leaf, which is no order of packs: a batch's packs are kept, some 70 MB at most.
                packs[row.pack] = self._blobs.get(cid_of(row.pack))
            stored = open_stored(row, packs[row.pack], key)
            anchoring = self._anchoring(batch, manifest, row.position, anchored)
            yield _certificate(stored, anchoring, row)

    def _anchoring(self, batch: BatchRow, manifest: Manifest, position: int, anchored: AnchoredBatch) -> Anchoring:
        return Anchoring(
            chain_id=self._anchors.chain_id,
            registry=anchored.registry,
            institution=institution_word(batch.institution),
            root=batch.root,
            proof=manifest.tree.proof_at(position),
            manifest=manifest.cid,
            province=anchored.province,
            sequence=anchored.sequence,
        )


def _certificate(stored: StoredDocument, anchoring: Anchoring, row: CredentialRow) -> tuple[str, bytes]:
    credential = Credential.parse(bytes(stored.credential))
    receipt = Receipt(anchoring, Facts.of(credential.facts(), row.claim), bytes.fromhex(stored.salt))
    number = credential.document.credential_subject.license_number
    return file_name(number, row.leaf), Certificate(credential, receipt).to_json()


def file_name(certificate_number: str, leaf: bytes) -> str:
    """The name of a certificate file: the certificate number in safe characters, and the leaf's first four bytes."""
    return f"{_UNSAFE.sub('_', certificate_number)}-{leaf[:4].hex()}{SUFFIX}"


def write_files(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """Write certificate files, each whole or not at all, readable by their owner alone; how many."""
    count = 0
    for name, content in files:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{name}.tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(folder / name)
        count += 1
    return count
