"""The second pass: spooled rows become batches, and each batch becomes fact in one transaction.

    register accounts → take places → mint in workers → tree and manifest → approval → transaction → next batch

While one batch is being committed the workers mint the next: two batches at most are in memory, whatever the file's
size. Batches are committed in the order in which they took their places.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.documents.packs import MAGIC
from gateway.domain.claims import outcome_word
from gateway.domain.crosswalk import CURRENT_VERSION
from gateway.domain.hashing import WORD
from gateway.domain.manifest import manifest_of
from gateway.domain.tree import MAX_LEAVES, MerkleTree
from gateway.issuance import checkpoints, replacements
from gateway.issuance.minting import Minted, MintedOutcome, MintedPack, MintingTask
from gateway.issuance.ports import BatchDraft
from gateway.issuance.records import BatchRecord, CredentialRecord
from gateway.issuance.report import IssuedBatch, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from gateway.issuance.ports import Account, AccountBook, AnchorQueue, Approver, BlobStore, InstitutionBook
    from gateway.issuance.records import Records
    from gateway.issuance.report import Progress
    from gateway.issuance.roster.rows import Offering
    from gateway.issuance.spool import Spool, SpooledRow
    from gateway.issuance.status_lists import Places, StatusLists
    from gateway.issuance.workers import Mint
    from gateway.ledger.checkpoints import Reached
    from gateway.store.engine import Database

TASK_ROWS: Final = 2_048
"""Rows that a worker mints at a time: four or five packs."""
MOST_WAITING: Final = 4 * MAX_LEAVES
"""Rows of all institutions that wait for their batch to fill up."""

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Minted).decode


@dataclass(frozen=True, slots=True)
class Run:
    """What one roster's batches have in common."""

    roster: int
    """Its number in the database."""
    filename: str
    offerings: Sequence[Offering]
    created: str
    """Of the proofs."""
    total: int


@dataclass(slots=True)
class _Begun:
    """A batch that the workers are minting."""

    institution: str
    rows: list[SpooledRow]
    accounts: Sequence[Account]
    places: Places
    parts: list[Future[bytes]]


@dataclass(slots=True)
class Pipeline:
    """Issues spooled rows. Everything it uses is given to it."""

    database: Database
    records: Records
    accounts: AccountBook
    book: InstitutionBook
    blobs: BlobStore
    mint: Mint
    approver: Approver
    anchors: AnchorQueue
    lists: StatusLists
    public_url: str
    reached: Reached
    timings: dict[str, float] = field(default_factory=dict)

    def issue(self, spool: Spool, run: Run, progress: Progress) -> Iterator[IssuedBatch]:
        """Issue everything in the spool; yields each batch once it is fact.

        Raises:
            IssuanceError: a batch could not be issued; those yielded before are.
        """
        begun: _Begun | None = None
        done = 0
        progress(Stage.ISSUING, 0, run.total)
        for institution, rows in self._batches(spool, run):
            following = self._begin(run, institution, rows)
            if begun is not None:
                done += len(begun.rows)
                yield self._finish(run, begun)
                progress(Stage.ISSUING, done, run.total)
            begun = following
        if begun is not None:
            yield self._finish(run, begun)
            progress(Stage.ISSUING, run.total, run.total)

    def _batches(self, spool: Spool, run: Run) -> Iterator[tuple[str, list[SpooledRow]]]:
        """Rows by institution, in the file's order, as many as one batch and one status list hold."""
        waiting: dict[str, list[SpooledRow]] = {}
        for chunk in spool.chunks():
            for row in chunk:
                waiting.setdefault(run.offerings[row.offering].institution, []).append(row)
            while waiting:
                fullest = max(waiting, key=lambda institution: len(waiting[institution]))
                if len(waiting[fullest]) < MAX_LEAVES and sum(map(len, waiting.values())) <= MOST_WAITING:
                    break
                yield fullest, self._cut(fullest, waiting)
        while waiting:
            first = next(iter(waiting))
            yield first, self._cut(first, waiting)

    def _cut(self, institution: str, waiting: dict[str, list[SpooledRow]]) -> list[SpooledRow]:
        """The rows of one batch, taken off those that wait."""
        with self.database.read() as connection:
            size = min(MAX_LEAVES, self.lists.room(connection, institution))
        rows = waiting.pop(institution)
        if len(rows) > size:
            waiting[institution] = rows[size:]
        return rows[:size]

    def _begin(self, run: Run, institution: str, rows: list[SpooledRow]) -> _Begun:
        """Open the accounts, take places, and set the workers to work."""
        with self._timed("accounts"):
            people = [(row.document_type, row.number, row.name) for row in rows]
            accounts = self.accounts.register(people, now=int(time.time()))
        self.reached(checkpoints.REGISTERED)
        with self._timed("tasks"):
            places = self.lists.take(institution, len(rows))
            parts = [self.mint.submit(task) for task in self._tasks(run, institution, rows, accounts, places)]
        return _Begun(institution, rows, accounts, places, parts)

    def _tasks(
        self, run: Run, institution: str, rows: list[SpooledRow], accounts: Sequence[Account], places: Places
    ) -> Iterator[bytes]:
        for start in range(0, len(rows), TASK_ROWS):
            part = rows[start : start + TASK_ROWS]
            task = MintingTask(
                institution=institution,
                issuer_name=self.book.issuer_name(institution),
                status_list=f"{self.public_url.rstrip('/')}/v1/status/{institution}/{places.number}",
                created=run.created,
                outcomes={number: self._outcome(run.offerings[number]) for number in {row.offering for row in part}},
                rows=part,
                places=places.indexes[start : start + TASK_ROWS],
                keys=b"".join(a.claim_key + a.key for a in accounts[start : start + TASK_ROWS]),
            )
            yield _encode(task)

    def _outcome(self, offering: Offering) -> MintedOutcome:
        institution, outcome = self.book.canonical(offering.institution, outcome_word(offering.outcome_code))
        return MintedOutcome(
            code=offering.outcome_code,
            name=offering.outcome_name,
            category=offering.category.value,
            level=offering.level,
            framework=offering.framework,
            framework_level=offering.framework_level,
            hours=offering.hours,
            credits=offering.credits,
            claimed_institution=institution,
            claimed_outcome=outcome,
            crosswalk=CURRENT_VERSION,
        )

    def _finish(self, run: Run, begun: _Begun) -> IssuedBatch:
        """Gather what the workers made, and make it fact."""
        with self._timed("waiting for workers"):
            parts = [_decode(part.result()) for part in begun.parts]
        self.reached(checkpoints.MINTED)
        with self._timed("tree"):
            credentials, packs = _credentials(begun, parts)
            manifest = manifest_of(MerkleTree.of([credential.leaf for credential in credentials]))
        with self._timed("manifest"):
            cid = self.blobs.put(manifest.data)
        self.reached(checkpoints.STORED)
        draft = BatchDraft(
            institution=begun.institution,
            root=manifest.root,
            manifest=manifest.digest,
            leaf_count=manifest.count,
            roster=run.filename,
            roster_rows=len(begun.rows),
        )
        with self._timed("approval"):
            approval = self.approver.approve(draft)
        self.reached(checkpoints.APPROVED)
        record = BatchRecord(draft, approval, packs, credentials, begun.places.number)
        queued: list[int] = []
        replaced = {row.row_key: row.replaces for row in begun.rows if row.replaces}

        def also(connection: Connection, batch: int) -> None:
            self.lists.record(connection, begun.places)
            queued.append(self.anchors.queue(connection, batch, draft, approval))
            if replaced:
                places = ((at, replaced.get(one.row_key)) for at, one in enumerate(credentials))
                replacements.record(connection, batch, [(at, leaf) for at, leaf in places if leaf is not None])
            self.reached(checkpoints.COMMITTING)

        with self._timed("transaction"):
            batch = self.records.commit_batch(run.roster, record, also, now=int(time.time()))
        self.reached(checkpoints.COMMITTED)
        return IssuedBatch(batch, begun.institution, manifest.root, cid, manifest.count, queued[0])

    def _timed(self, stage: str) -> _Timer:
        return _Timer(self.timings, stage)


@dataclass(slots=True)
class _Timer:
    """Adds up the seconds of a stage."""

    timings: dict[str, float]
    stage: str
    began: float = 0.0

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.timings[self.stage] = self.timings.get(self.stage, 0.0) + time.perf_counter() - self.began


def _credentials(begun: _Begun, parts: Sequence[Minted]) -> tuple[list[CredentialRecord], list[MintedPack]]:
    """What the workers made, as records ascending by leaf, and the packs that hold the documents."""
    leaves = b"".join(part.leaves for part in parts)
    commitments = b"".join(part.commitments for part in parts)
    facts = b"".join(part.facts for part in parts)
    claims = b"".join(part.claims for part in parts)
    packs = [pack for part in parts for pack in part.packs]
    places: list[tuple[bytes, int, int]] = []
    for pack in packs:
        offset = len(MAGIC)
        for length in pack.lengths:
            places.append((pack.digest, offset, length))
            offset += length
    records = [
        CredentialRecord(
            leaves[at : at + WORD],
            commitments[at : at + WORD],
            facts[at : at + WORD],
            claims[at : at + WORD],
            row.row_key,
            row.row_digest,
            account.learner_id,
            *place,
            index,
        )
        for at, row, account, place, index in zip(
            range(0, len(leaves), WORD), begun.rows, begun.accounts, places, begun.places.indexes, strict=True
        )
    ]
    records.sort()
    return records, packs
