"""The parts of a gateway that make statements: `Gateway.statements`. Each is made at its first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gateway.accounts.documents import further_documents
from gateway.domain.civil_time import moment_text
from gateway.issuance.held import HeldCredentials
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.applications.export import application_files
from gateway.recognition.applications.rows import ApplicationRows
from gateway.recognition.applications.vault import ApplicationVault
from gateway.statements.books import Books, Period
from gateway.statements.export import LearnerExport
from gateway.statements.learner import Learners
from gateway.statements.learner_values import HeldCertificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gateway.accounts.values import OpenedAccount
    from gateway.bootstrap import Gateway
    from gateway.issuance.held import Held
    from gateway.statements.books import Statement
    from gateway.statements.learner_values import LearnerStatement


class StatementParts:
    """Statements of learners, institutions and centres; a learner's export. From the index as it stands."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway

    def learner(self, account: int) -> LearnerStatement:
        """What a learner holds, uses and has left. Raises: as `Learners.statement`."""
        return self._learners.statement(account)

    def institution(self, institution: str, first_month: str | None = None, last_month: str | None = None) -> Statement:
        """An institution's, by months of request (``2026-03``). Raises: as `Books.institution`, `Period`."""
        return self._books.institution(institution, Period(first_month, last_month))

    def centre(self, province: int, first_month: str | None = None, last_month: str | None = None) -> Statement:
        """A centre's. Raises: as `Books.centre`, `Period`."""
        return self._books.centre(province, Period(first_month, last_month))

    def export(self, account: int) -> Iterator[tuple[str, bytes]]:
        """Everything held about a learner: file name and content. Raises: as `LearnerExport.files`."""
        return LearnerExport(self._gateway.database, self._learners, self._sources).files(account)

    @cached_property
    def _books(self) -> Books:
        return Books(self._gateway.database)

    @cached_property
    def _learners(self) -> Learners:
        database = self._gateway.database
        return Learners(database, TransferRows(database), RecognitionEvents(database), self._sources)

    @cached_property
    def _sources(self) -> _Sources:
        return _Sources(self._gateway)


class _Sources:
    """What statements and the export ask of the other capabilities."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @cached_property
    def _held(self) -> HeldCredentials:
        gateway = self._gateway
        return HeldCredentials(gateway.records, gateway.accounts, gateway.blobs, gateway.exporter)

    def person(self, account: int) -> OpenedAccount | None:
        """Whom an account is about."""
        return next(iter(self._gateway.accounts.open_many([account])), None)

    def certificates(self, account: int) -> Sequence[HeldCertificate]:
        """The certificates issued here."""
        return [_certificate(held) for held in self._held.of(account)]

    def account(self, account: int) -> Mapping[str, Any]:
        """Documents and name, opened."""
        gateway = self._gateway
        [found] = gateway.accounts.open_many([account])
        further = further_documents(gateway.database, gateway.accounts, gateway.keys.master(), account)
        return {
            "account": found.id,
            "kind": found.kind,
            "number": found.number,
            "name": found.name,
            "openedAt": moment_text(found.opened_at),
            "furtherDocuments": [
                {"kind": one.person.kind, "number": one.person.number, "addedAt": moment_text(one.added_at)}
                for one in further
            ],
        }

    def certificate_files(self, account: int) -> Iterable[tuple[str, bytes | None, bytes]]:
        """The certificate files."""
        for held in self._held.of(account):
            name, content = self._held.file(held) or ("", None)
            yield name, content, held.row.leaf

    def application_files(self, account: int) -> Iterable[tuple[str, bytes | None]]:
        """What was entered in applications, and the evidence."""
        gateway = self._gateway
        rows = ApplicationRows(gateway.database, TransferRows(gateway.database))
        folder = gateway.settings.data_dir / "consents"
        return application_files(rows, ApplicationVault(folder, lambda: gateway.accounts, gateway.keys.master), account)

    def letter(self, digest: bytes, transfer: str, institutions: tuple[str, str]) -> Mapping[str, Any]:
        """A letter's content: of our own applications from the vault, of all others as it was sealed."""
        recognition = self._gateway.recognition
        return recognition.applications.letter(digest) or recognition.letters.open(digest, transfer, institutions)


def _certificate(held: Held) -> HeldCertificate:
    row, credential = held.row, held.credential
    if credential is None:
        return HeldCertificate(row.leaf, row.claim, held.institution, held.state)
    subject = credential.document.credential_subject
    return HeldCertificate(
        leaf=row.leaf,
        claim=row.claim,
        institution=held.institution,
        state=held.state,
        facts=credential.facts(),
        code=subject.achievement.human_code,
        title=subject.achievement.name,
        number=subject.license_number,
    )
