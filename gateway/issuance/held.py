"""What this centre issued to one learner, document by document: for statements and for the learner's own export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.documents.errors import BlobError
from gateway.domain.credential import Credential
from gateway.domain.manifest import cid_of
from gateway.issuance.errors import NotAnchored
from gateway.issuance.stored import open_stored

if TYPE_CHECKING:
    from gateway.issuance.export import Exporter, LearnerKeys
    from gateway.issuance.ports import BlobStore
    from gateway.issuance.records import CredentialRow, Records


@dataclass(frozen=True, slots=True)
class Held:
    """A credential, how it stands, and its document; None where that is lacking."""

    row: CredentialRow
    institution: str
    state: str
    credential: Credential | None


class HeldCredentials:
    """Reads what learners were issued."""

    def __init__(self, records: Records, learners: LearnerKeys, blobs: BlobStore, exporter: Exporter) -> None:
        """Take issuance's own tables, the learners' keys, the packs, and what makes certificate files."""
        self._records = records
        self._learners = learners
        self._blobs = blobs
        self._exporter = exporter

    def of(self, learner: int) -> list[Held]:
        """Everything issued to a learner, in the order of issue; nothing once the account is deleted."""
        key = self._learners.keys_of([learner]).get(learner)
        if key is None:
            return []
        return [self._held(row, key) for row in self._records.credentials_of([learner])]

    def file(self, held: Held) -> tuple[str, bytes] | None:
        """Name and content of the certificate file; None while the batch is not anchored, or the document lacking."""
        try:
            return self._exporter.credential(held.row)
        except (NotAnchored, BlobError):
            return None

    def _held(self, row: CredentialRow, key: bytes) -> Held:
        standing = self._records.standing(row)
        try:
            pack = self._blobs.get(cid_of(row.pack))
            stored = open_stored(row, pack, key)
        except BlobError:
            return Held(row, standing.institution, standing.state, None)
        return Held(row, standing.institution, standing.state, Credential.parse(bytes(stored.credential)))
