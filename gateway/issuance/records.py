"""What issuance keeps in the database: which rows are issued, and a batch in one transaction.

A batch becomes fact at one moment, the commit of :meth:`Records.commit_batch`: credentials, packs, places in the status
list, and the order to anchor. Whatever a killed run left elsewhere (files in the blob store, accounts) is named by
nothing, and harms nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, insert, select, update

from gateway.ledger.values import Status
from gateway.store.bulk import insert_rows, select_by_keys
from gateway.store.models import Anchor, Batch, BatchState, Credential, LeafStatus, Pack, Roster, RosterState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from gateway.issuance.minting import MintedPack
    from gateway.issuance.ports import BatchDraft, SignedApproval
    from gateway.store.engine import Database

REVOKED: Final = 2
"""ICredentialRegistry.Status.Revoked."""

_CREDENTIAL: Final = (
    "batch_id", "position", "leaf", "commitment", "facts", "claim", "row_key", "row_digest", "learner_id", "pack_id",
    "pack_offset", "pack_length", "list_number", "list_index",
)  # fmt: skip
_PACK: Final = ("digest", "size", "created_at")


class CredentialRecord(NamedTuple):
    """A credential of a batch, before the batch and its packs have numbers."""

    leaf: bytes
    commitment: bytes
    facts: bytes
    claim: bytes
    row_key: bytes
    row_digest: bytes
    learner_id: int
    pack: bytes
    """The digest of the pack that holds its document."""
    pack_offset: int
    pack_length: int
    list_index: int


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Everything that one transaction makes fact."""

    draft: BatchDraft
    approval: SignedApproval
    packs: Sequence[MintedPack]
    credentials: Sequence[CredentialRecord]
    """Ascending by leaf."""
    list_number: int


class Issued(NamedTuple):
    """A credential of a learner that is issued already."""

    claim: bytes
    institution: str
    leaf: bytes
    root: bytes


class CertificateStanding(NamedTuple):
    """How an issued credential stands, as far as this gateway has followed the chain."""

    institution: str
    state: str
    """The batch's state; suspended or revoked once the ledger says so of the credential or its batch."""


class BatchRow(NamedTuple):
    """A batch as it is kept."""

    id: int
    institution: str
    root: bytes
    manifest: bytes
    leaf_count: int


class CredentialRow(NamedTuple):
    """Where a credential stands, and where its document lies."""

    batch_id: int
    position: int
    leaf: bytes
    claim: bytes
    learner_id: int
    pack: bytes
    """The digest of its pack."""
    pack_offset: int
    pack_length: int


_ROW: Final = select(
    Credential.batch_id,
    Credential.position,
    Credential.leaf,
    Credential.claim,
    Credential.learner_id,
    Pack.digest,
    Credential.pack_offset,
    Credential.pack_length,
).join(Pack, Pack.id == Credential.pack_id)


class Records:
    """Issuance's own tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def anything_issued(self) -> bool:
        """Whether any credential was issued yet: before the first, nothing needs to be looked up."""
        with self._database.read() as connection:
            return connection.execute(select(Credential.batch_id).limit(1)).first() is not None

    def digests_of(self, row_keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The row digests of those row keys that are issued."""
        with self._database.read() as connection:
            return dict(select_by_keys(connection, Credential, "row_key", ("row_key", "row_digest"), row_keys))

    def issued_to(self, learners: Sequence[int]) -> dict[int, list[Issued]]:
        """What is issued to each of ``learners``, revoked or not."""
        columns = ("learner_id", "claim", "leaf", "batch_id")
        with self._database.read() as connection:
            found = select_by_keys(connection, Credential, "learner_id", columns, learners)
            batches = sorted({row[3] for row in found})
            of_batch = {
                number: (institution, root)
                for number, institution, root in select_by_keys(
                    connection, Batch, "id", ("id", "institution", "root"), batches
                )
            }
        issued: dict[int, list[Issued]] = {}
        for learner, claim, leaf, batch in found:
            institution, root = of_batch[batch]
            issued.setdefault(learner, []).append(Issued(claim, institution, leaf, root))
        return issued

    def in_force(self, issued: Issued) -> bool:
        """Whether a credential still counts: neither it nor its batch is revoked, as far as this gateway has read."""
        own = select(LeafStatus.status).where(
            LeafStatus.institution == issued.institution, LeafStatus.leaf == issued.leaf
        )
        batch = select(Anchor.status).where(Anchor.institution == issued.institution, Anchor.root == issued.root)
        with self._database.read() as connection:
            return REVOKED not in (connection.execute(own).scalar(), connection.execute(batch).scalar())

    def roster(self, digest: bytes, filename: str, province: int, *, now: int) -> int:
        """The number of a roster file, by its digest; a new file gets one."""
        with self._database.write() as connection:
            known = connection.execute(select(Roster.id).where(Roster.digest == digest)).scalar()
            if known is not None:
                return known
            values = {"digest": digest, "filename": filename[-400:], "province": province, "rows": 0, "good_rows": 0}
            made = connection.execute(insert(Roster).values(**values, state=RosterState.READING, created_at=now))
            key = made.inserted_primary_key
            return int(key[0]) if key else 0

    def judged(self, roster: int, rows: int, good_rows: int, *, refused: bool) -> None:
        """Keep what became of a roster's rows."""
        state = RosterState.REFUSED if refused else RosterState.READING
        self._set_roster(roster, rows=rows, good_rows=good_rows, state=state)

    def completed(self, roster: int) -> None:
        """Every good row of the roster is issued."""
        self._set_roster(roster, state=RosterState.ISSUED)

    def _set_roster(self, roster: int, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(Roster).where(Roster.id == roster).values(**values))

    def batch(self, number: int) -> BatchRow | None:
        """A batch by its number."""
        query = select(Batch.id, Batch.institution, Batch.root, Batch.manifest, Batch.leaf_count)
        with self._database.read() as connection:
            row = connection.execute(query.where(Batch.id == number)).first()
        return BatchRow(*row) if row else None

    def failed(self, roster: int) -> list[BatchRow]:
        """The batches of a roster whose anchor the chain refused."""
        query = select(Batch.id, Batch.institution, Batch.root, Batch.manifest, Batch.leaf_count)
        at = (Batch.roster_id == roster) & (Batch.state == BatchState.FAILED)
        with self._database.read() as connection:
            return [BatchRow(*row) for row in connection.execute(query.where(at).order_by(Batch.id))]

    def approve_again(self, batch: int, approval: SignedApproval, queue: Callable[[Connection], int]) -> int:
        """Give a batch another approval, in one transaction with ``queue``; returns what that returns."""
        values = {
            "state": BatchState.QUEUED,
            "deadline": approval.deadline,
            "officer": approval.officer,
            "signature": approval.signature,
            "error": None,
        }
        with self._database.write() as connection:
            connection.execute(update(Batch).where(Batch.id == batch).values(**values))
            return queue(connection)

    def batches_of(self, digest: bytes) -> list[int]:
        """The numbers of the batches that a roster file (by its sha256) became, ascending."""
        query = select(Batch.id).join(Roster, Roster.id == Batch.roster_id).where(Roster.digest == digest)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(Batch.id)).scalars())

    def credentials(self, batch: int) -> list[CredentialRow]:
        """The credentials of a batch, ascending by leaf."""
        query = _ROW.where(Credential.batch_id == batch).order_by(Credential.position)
        with self._database.read() as connection:
            return [CredentialRow(*row) for row in connection.execute(query)]

    def by_row_key(self, row_key: bytes) -> CredentialRow | None:
        """The credential of a row key (``RowKeys.of_number``)."""
        return self._credential(Credential.row_key == row_key)

    def at(self, institution: str, root: bytes, position: int) -> CredentialRow | None:
        """The credential at a position of a batch, as the leaf index answers."""
        batch = select(Batch.id).where(Batch.institution == institution, Batch.root == root).scalar_subquery()
        return self._credential((Credential.batch_id == batch) & (Credential.position == position))

    def credentials_of(self, learners: Sequence[int]) -> list[CredentialRow]:
        """The credentials of some learners (those that a search found), in the order in which they were issued."""
        query = _ROW.where(Credential.learner_id.in_(learners)).order_by(Credential.batch_id, Credential.position)
        with self._database.read() as connection:
            return [CredentialRow(*row) for row in connection.execute(query)]

    def institutions(self) -> list[str]:
        """The institutions that this centre has issued for, ascending."""
        query = select(Batch.institution).distinct().order_by(Batch.institution)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def standing(self, row: CredentialRow) -> CertificateStanding:
        """How a credential stands."""
        batch = select(Batch.institution, Batch.root, Batch.state).where(Batch.id == row.batch_id)
        with self._database.read() as connection:
            institution, root, state = connection.execute(batch).one()
            own = select(LeafStatus.status).where(LeafStatus.institution == institution, LeafStatus.leaf == row.leaf)
            whole = select(Anchor.status).where(Anchor.institution == institution, Anchor.root == root)
            worst = max(connection.execute(query).scalar() or 0 for query in (own, whole))
        return CertificateStanding(institution, Status(worst).name.lower() if worst else state.value)

    def _credential(self, at: ColumnElement[bool]) -> CredentialRow | None:
        with self._database.read() as connection:
            row = connection.execute(_ROW.where(at)).first()
        return CredentialRow(*row) if row else None

    def commit_batch(
        self, roster: int, record: BatchRecord, also: Callable[[Connection, int], None], *, now: int
    ) -> int:
        """Make a batch fact, in one transaction together with what ``also`` does in it; the batch's number.

        Raises:
            sqlalchemy.exc.IntegrityError: a row of it is issued already; nothing is changed.
        """
        draft, approval = record.draft, record.approval
        with self._database.write() as connection:
            values = {
                "roster_id": roster,
                "institution": draft.institution,
                "root": draft.root,
                "manifest": draft.manifest,
                "leaf_count": draft.leaf_count,
                "state": BatchState.QUEUED,
                "deadline": approval.deadline,
                "officer": approval.officer,
                "signature": approval.signature,
                "sealed_at": now,
            }
            key = connection.execute(insert(Batch).values(**values)).inserted_primary_key
            batch = int(key[0]) if key else 0
            packs = self._insert_packs(connection, record.packs, now)
            rows = [
                (
                    batch,
                    position,
                    c[0],
                    c[1],
                    c[2],
                    c[3],
                    c[4],
                    c[5],
                    c[6],
                    packs[c[7]],
                    c[8],
                    c[9],
                    record.list_number,
                    c[10],
                )
                for position, c in enumerate(record.credentials)
            ]
            insert_rows(connection, Credential, _CREDENTIAL, rows)
            also(connection, batch)
        return batch

    @staticmethod
    def _insert_packs(connection: Connection, packs: Sequence[MintedPack], now: int) -> dict[bytes, int]:
        first = connection.execute(select(func.coalesce(func.max(Pack.id), 0))).scalar_one() + 1
        rows = [(first + at, pack.digest, pack.size, now) for at, pack in enumerate(packs)]
        insert_rows(connection, Pack, ("id", *_PACK), rows)
        return {pack.digest: first + at for at, pack in enumerate(packs)}
