"""A clerk's search among this centre's own learners and certificates. Every answer is personal data.

    search = Search(records, accounts, blobs, row_keys)
    for found in search.by_name("张伟"): found.leaf, found.certificate, found.state

What the database holds is found by keyed indexes alone: whoever searches needs the master key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gateway.documents.errors import BlobError
from gateway.domain.credential import Credential
from gateway.domain.identifiers import normalise
from gateway.domain.manifest import cid_of
from gateway.issuance.stored import open_stored

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from gateway.issuance.ports import BlobStore
    from gateway.issuance.records import CredentialRow, Records
    from gateway.issuance.row_keys import RowKeys


class Learner(Protocol):
    """An account as a clerk sees it."""

    @property
    def id(self) -> int:
        """The account's number."""

    @property
    def kind(self) -> str:
        """The type of the first document: two letters."""

    @property
    def number(self) -> str:
        """The first document's number."""

    @property
    def name(self) -> str:
        """The learner's name."""


class LearnerBook(Protocol):
    """Accounts, found by their keyed indexes."""

    def find_by_number(self, number: str) -> Sequence[Learner]:
        """The accounts that a document number finds."""

    def find_by_name(self, name: str) -> Sequence[Learner]:
        """The accounts under a name."""

    def open_many(self, learner_ids: Sequence[int]) -> Sequence[Learner]:
        """The accounts with these ids; deleted ones are left out."""

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        """The keys of those accounts that are not deleted."""


@dataclass(frozen=True, slots=True)
class FoundCertificate:
    """A certificate that this centre issued, and how it stands as far as this gateway has followed the chain."""

    institution: str
    leaf: bytes
    batch: int
    state: str
    """queued, anchored or failed: the batch; suspended or revoked once the ledger says so of certificate or batch."""
    certificate: str | None = field(repr=False, default=None)
    """Its number; None, with the two that follow, where the document cannot be read (its pack is lacking)."""
    outcome: str | None = None
    awarded: dt.date | None = None


@dataclass(frozen=True, slots=True)
class FoundLearner:
    """A learner and all certificates of theirs, or the one that was asked for."""

    id: int
    kind: str = field(repr=False)
    number: str = field(repr=False)
    name: str = field(repr=False)
    certificates: tuple[FoundCertificate, ...] = ()


class Search:
    """Finds learners and their certificates."""

    def __init__(self, records: Records, learners: LearnerBook, blobs: BlobStore, row_keys: RowKeys) -> None:
        """Look accounts up in ``learners``, certificates in ``records``; read their documents from ``blobs``."""
        self._records = records
        self._row_keys = row_keys
        self._learners = learners
        self._blobs = blobs

    def by_name(self, name: str) -> list[FoundLearner]:
        """The learners of a name, with their certificates."""
        return self._with_certificates(self._learners.find_by_name(name))

    def by_number(self, number: str) -> list[FoundLearner]:
        """The learner whom a document number names, with their certificates."""
        return self._with_certificates(self._learners.find_by_number(normalise(number).text))

    def by_certificate(self, number: str) -> list[FoundLearner]:
        """The certificates of that number, of any institution that this centre issued for, but no deleted learner's."""
        found = []
        for institution in self._records.institutions():
            row = self._records.by_row_key(self._row_keys.of_number(institution, number))
            if row is not None:
                found += self._found(self._learners.open_many([row.learner_id]), [row])
        return found

    def _with_certificates(self, learners: Sequence[Learner]) -> list[FoundLearner]:
        return self._found(learners, self._records.credentials_of([learner.id for learner in learners]))

    def _found(self, learners: Iterable[Learner], rows: Sequence[CredentialRow]) -> list[FoundLearner]:
        keys = self._learners.keys_of(sorted({row.learner_id for row in rows}))
        return [
            FoundLearner(
                learner.id,
                learner.kind,
                learner.number,
                learner.name,
                tuple(self._certificate(row, keys[learner.id]) for row in rows if row.learner_id == learner.id),
            )
            for learner in learners
        ]

    def _certificate(self, row: CredentialRow, key: bytes) -> FoundCertificate:
        standing = self._records.standing(row)
        try:
            pack = self._blobs.get(cid_of(row.pack))
            stored = open_stored(row, pack, key)
        except BlobError:
            return FoundCertificate(standing.institution, row.leaf, row.batch_id, standing.state)
        credential = Credential.parse(bytes(stored.credential))
        subject = credential.document.credential_subject
        return FoundCertificate(
            standing.institution,
            row.leaf,
            row.batch_id,
            standing.state,
            subject.license_number,
            subject.achievement.name,
            credential.awarded,
        )
