"""What this centre can open of its own for a sample: the document, the number that it commits to, the person's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.accounts.documents import further_documents
from gateway.accounts.values import Person
from gateway.audit.samples.answers import Opened
from gateway.audit.samples.errors import DocumentElsewhere, NothingOfOurs
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import DocumentType, LearnerDocument
from gateway.domain.issue import number_commitment
from gateway.domain.manifest import cid_of
from gateway.domain.receipt import Certificate
from gateway.issuance.stored import open_stored

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.issuance.records import CredentialRow
    from gateway.ledger.transfer_rows import TransferRow


class CentreOpenings:
    """Opens what a centre issued."""

    def __init__(self, gateway: Gateway) -> None:
        """Open by the keys of ``gateway``."""
        self._gateway = gateway

    def open(self, row: TransferRow) -> Opened:
        """The credential of a transfer.

        Raises:
            NothingOfOurs: this centre did not issue it.
            AccountDeleted: the learner was deleted, and with them what could be opened.
            DocumentElsewhere: the account has no document with that number.
            DocumentsError, KeyringError: pack or keys cannot be opened.
        """
        gateway = self._gateway
        found = self._row(row.leaf)
        accounts, learner = gateway.accounts, found.learner_id
        key = accounts.learner_key(learner)
        pack = gateway.blobs.get(cid_of(found.pack))
        stored = open_stored(found, pack, key)
        opening = bytes.fromhex(stored.opening)
        file = gateway.exporter.credential(found)
        if file is None:
            raise NothingOfOurs(gateway.settings.province)
        person = self._person(learner, Certificate.parse(file[1]), opening)
        return Opened(file[1], person.kind, person.number, opening, accounts.claim_key(learner))

    def _row(self, leaf: bytes) -> CredentialRow:
        for held in self._gateway.holdings.find(leaf):
            found = self._gateway.records.at(held.institution, held.root, held.position)
            if found is not None:
                return found
        raise NothingOfOurs(self._gateway.settings.province)

    def _person(self, learner: int, certificate: Certificate, opening: bytes) -> Person:
        """The document of the learner to which the certificate commits: the first one, or a further one."""
        gateway = self._gateway
        _, identity = certificate.credential.document.credential_subject.identifier
        people = [Person(one.kind, one.number, one.name) for one in gateway.accounts.open_many([learner])]
        further = further_documents(gateway.database, gateway.accounts, gateway.keys.master(), learner)
        for person in (*people, *(one.person for one in further)):
            document = LearnerDocument(DocumentType(person.kind), person.number)
            if number_commitment(document, opening) == identity.identity_hash:
                return person
        raise DocumentElsewhere(hex0x(certificate.leaf().leaf))
