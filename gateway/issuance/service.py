"""Issuing a roster: the way in.

    issuer = Issuer(database=…, accounts=…, book=…, …)
    report = issuer.issue(Path("roster.csv"), IssueOptions(accept_good_rows=False))
    report.outcome, report.findings, report.batches

Issuing is exactly once: a row that is issued already is passed over, so that after a kill, at any point, the same call
finishes what is left and does nothing twice (docs/decisions/0050-exactly-once.md).
"""

from __future__ import annotations

import datetime as dt
import gc
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from gateway.domain.manifest import cid_of
from gateway.domain.proof import proof_time
from gateway.issuance import checkpoints
from gateway.issuance.assess import Assessor
from gateway.issuance.errors import IssuingBusy
from gateway.issuance.judging import JudgedRoster, judge_roster
from gateway.issuance.pipeline import Pipeline, Run
from gateway.issuance.ports import BatchDraft
from gateway.issuance.records import Records
from gateway.issuance.report import IssuedBatch, IssueReport, Outcome, silent
from gateway.issuance.roster.judge import CERTIFICATE_NUMBER, Rules
from gateway.issuance.roster.reader import digest_of, open_roster
from gateway.issuance.spool import Spool
from gateway.issuance.status_lists import StatusLists
from gateway.issuance.workers import InlineMint, WorkerPool
from gateway.ledger.checkpoints import Reached, nothing
from gateway.ledger.code_book import CodeBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.documents.place import BlobPlace
    from gateway.issuance.ports import AccountBook, AnchorQueue, Approver, BlobStore, InstitutionBook, IssuingKeys
    from gateway.issuance.report import Progress
    from gateway.issuance.row_keys import RowKeys
    from gateway.issuance.workers import Mint
    from gateway.store.engine import Database

WORTH_WORKERS: Final = 4_096
"""A roster of fewer rows is minted before worker processes would have started."""
_UTC8: Final = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class IssueOptions:
    """What whoever issues a roster may ask for."""

    accept_good_rows: bool = False
    """Issue the good rows of a file that has findings."""
    dry_run: bool = False
    """Judge the rows, and write nothing."""
    template: Path | None = None
    """Where to write the corrected-file template, if there are findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Issues rosters for one centre."""

    database: Database
    accounts: AccountBook
    book: InstitutionBook
    keys: IssuingKeys
    row_keys: RowKeys
    blobs: BlobStore
    blobs_place: BlobPlace
    """Where the same store is: worker processes open it by themselves."""
    approver: Approver
    anchors: AnchorQueue
    province: int
    public_url: str
    work_folder: Path
    """For the spool and the lock."""
    workers: int
    certificate_number: str = CERTIFICATE_NUMBER
    clock: Callable[[], float] = time.time
    reached: Reached = nothing

    def issue(self, path: Path, options: IssueOptions | None = None, progress: Progress = silent) -> IssueReport:
        """Judge a roster and issue its rows.

        Raises:
            RosterUnreadable: the file is no roster; nothing was written.
            IssuingBusy: another process issues with this database.
            IssuanceError, KeyringError: a batch could not be issued; those before it are, and running again issues the
                rest.
        """
        options = options or IssueOptions()
        began = time.perf_counter()
        with ExitStack() as stack:
            if not options.dry_run:
                stack.enter_context(self._alone())
            stack.enter_context(_without_collector())
            roster = open_roster(path)
            digest = digest_of(path)
            records = Records(self.database)
            spool = stack.enter_context(Spool(self.work_folder))
            judging = time.perf_counter()
            judged = judge_roster(
                roster,
                path,
                self._rules(),
                Assessor(records, self.accounts, self.book, self.row_keys),
                self.row_keys,
                spool,
                progress,
            )
            timings = {"judging": time.perf_counter() - judging}
            refused = judged.has_errors and not (options.accept_good_rows and judged.good)
            if options.template is not None and judged.findings:
                # Imported where it is needed: half a second.
                from gateway.issuance.roster.template import write_template  # noqa: PLC0415

                write_template(roster, judged.findings, options.template)
            batches: list[IssuedBatch] = []
            again: list[IssuedBatch] = []
            if not options.dry_run:
                number = records.roster(digest, path.name, self.province, now=int(self.clock()))
                records.judged(number, judged.rows, judged.good, refused=refused)
                self.reached(checkpoints.JUDGED)
                if not refused:
                    again = self._anchor_again(records, number, path.name)
                    batches = self._issue(records, spool, number, path, judged, progress, timings)
                    records.completed(number)
        issued = sum(batch.leaf_count for batch in batches)
        return IssueReport(
            roster=path.name,
            digest=digest,
            outcome=_outcome(refused=refused, dry_run=options.dry_run, issued=issued),
            rows=judged.rows,
            good=judged.good,
            already=judged.already,
            issued=issued,
            institutions=frozenset(offering.institution for offering in judged.offerings),
            findings=tuple(judged.findings),
            batches=tuple(batches),
            again=tuple(again),
            seconds=time.perf_counter() - began,
            timings=timings,
        )

    def _rules(self) -> Rules:
        today = dt.datetime.fromtimestamp(self.clock(), _UTC8).date()
        return Rules(self.province, today, self.book, self.certificate_number)

    def _issue(
        self,
        records: Records,
        spool: Spool,
        number: int,
        path: Path,
        judged: JudgedRoster,
        progress: Progress,
        timings: dict[str, float],
    ) -> list[IssuedBatch]:
        if not spool.rows:
            return []
        CodeBook(self.database).learn({offering.outcome_code for offering in judged.offerings})
        institutions = {offering.institution for offering in judged.offerings}
        mint = self._mint({institution: self.keys.seed_for(institution) for institution in institutions}, spool.rows)
        try:
            pipeline = Pipeline(
                self.database,
                records,
                self.accounts,
                self.book,
                self.blobs,
                mint,
                self.approver,
                self.anchors,
                StatusLists(),
                self.public_url,
                self.reached,
                timings,
            )
            created = proof_time(dt.datetime.fromtimestamp(int(self.clock()), dt.UTC))
            run = Run(number, path.name, judged.offerings, created, spool.rows)
            return list(pipeline.issue(spool, run, progress))
        finally:
            mint.close()

    def _anchor_again(self, records: Records, roster: int, filename: str) -> list[IssuedBatch]:
        """Have batches of this roster approved anew whose anchor the chain refused."""
        done = []
        for batch in records.failed(roster):
            draft = BatchDraft(
                batch.institution, batch.root, batch.manifest, batch.leaf_count, filename, batch.leaf_count
            )
            approval = self.approver.approve(draft)
            queue = partial(self.anchors.queue, batch_id=batch.id, draft=draft, approval=approval)
            outbox = records.approve_again(batch.id, approval, queue)
            cid = cid_of(batch.manifest)
            done.append(IssuedBatch(batch.id, batch.institution, batch.root, cid, batch.leaf_count, outbox))
        return done

    def _mint(self, seeds: dict[str, bytes], rows: int) -> Mint:
        if rows < WORTH_WORKERS or self.workers < 1:
            return InlineMint(seeds, self.blobs)
        return WorkerPool(self.workers, seeds, self.blobs_place)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.work_folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.work_folder / "issuing.lock")
        try:
            with lock.acquire(timeout=0):
                yield
        except Timeout:
            raise IssuingBusy(str(lock.lock_file)) from None


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles, and millions of them make every collection long."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _outcome(*, refused: bool, dry_run: bool, issued: int) -> Outcome:
    if refused:
        return Outcome.REFUSED
    if dry_run:
        return Outcome.CHECKED
    return Outcome.ISSUED if issued else Outcome.NOTHING_TO_DO
