"""What the routes of recognition ask of a gateway: books of the chain, rows of the index, own records."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.recognition_feed import RecognitionFeed
from gateway.ledger.transfer_asked import Knows
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.evaluations.chain import EvaluationBook
from gateway.recognition.evaluations.records import DossierRecords

if TYPE_CHECKING:
    from gateway.api.held import HeldKeys
    from gateway.bootstrap import Gateway
    from gateway.bootstrap.statements import StatementParts
    from gateway.ledger.code_book import CodeBook, Labels
    from gateway.ledger.pending import PendingActs
    from gateway.recognition.options.book import OptionBook
    from gateway.recognition.transfers.naming import Naming


class Known(Knows, Protocol):
    """What there is to ask for, and until when."""

    def reached(self) -> int | None:
        """The time of the newest block that was followed, seconds; None: none was."""


class Recognised(Protocol):
    """What there is to ask about mutual recognition."""

    @property
    def transfers(self) -> TransferRows:
        """The transfers of the index."""

    @property
    def feed(self) -> RecognitionFeed:
        """What happened, in order."""

    def agreements(self) -> AgreementBook:
        """Agreements as of the newest final block."""

    def evaluations(self) -> EvaluationBook:
        """Evaluations as of the newest final block."""

    def outcome_code(self, dossier: bytes) -> str | None:
        """The outcome's code, where this gateway opened the evaluation."""

    @property
    def codes(self) -> Labels:
        """What digests of codes stand for."""

    @property
    def naming(self) -> Naming:
        """Words beside the digests of applications and requests."""

    @property
    def known(self) -> Known:
        """What filters may name."""

    def leaves_of(self, account: int) -> list[bytes]:
        """The credentials that this centre issued to a learner, oldest first."""

    @property
    def province(self) -> int | None:
        """Whose gateway this is; None: an observer's, of no province."""

    @property
    def options(self) -> OptionBook:
        """What outcomes would give."""

    @property
    def pending(self) -> PendingActs:
        """What waits for a second account."""

    @property
    def statements(self) -> StatementParts:
        """Statements of institutions and centres."""

    def learner_statement(self, account: int) -> dict[str, Any]:
        """A learner's statement.

        Raises:
            KeyNotHeld: names and documents cannot be opened here.
        """


class OfGateway:
    """The same, of a gateway's parts."""

    def __init__(self, gateway: Gateway, held: HeldKeys) -> None:
        """Take the gateway, whose index somebody keeps up to date, and what it may open."""
        self._gateway = gateway
        self._held = held

    @cached_property
    def transfers(self) -> TransferRows:
        """The transfers of the index."""
        return TransferRows(self._gateway.database)

    @cached_property
    def feed(self) -> RecognitionFeed:
        """What happened, in order."""
        return RecognitionFeed(self._gateway.database)

    def agreements(self) -> AgreementBook:
        """Agreements as of the newest final block."""
        return AgreementBook(self._gateway.calls, self._events)

    def evaluations(self) -> EvaluationBook:
        """Evaluations as of the newest final block."""
        return EvaluationBook(self._gateway.calls, self._events)

    def outcome_code(self, dossier: bytes) -> str | None:
        """The outcome's code, where this gateway opened the evaluation."""
        return DossierRecords(self._gateway.settings.data_dir / "dossiers").code_of(dossier)

    @property
    def known(self) -> Known:
        """What filters may name."""
        return self._gateway.audit.known

    @property
    def codes(self) -> CodeBook:
        """What digests of codes stand for."""
        return self._gateway.codes

    @property
    def naming(self) -> Naming:
        """Words beside the digests of applications and requests."""
        return self._gateway.recognition.naming

    def leaves_of(self, account: int) -> list[bytes]:
        """The credentials that this centre issued to a learner, oldest first."""
        return [row.leaf for row in self._gateway.records.credentials_of([account])]

    @property
    def province(self) -> int | None:
        """Whose gateway this is; None: an observer's, of no province."""
        return self._gateway.settings.province or None

    @property
    def options(self) -> OptionBook:
        """What outcomes would give."""
        return self._gateway.recognition.options

    @property
    def pending(self) -> PendingActs:
        """What waits for a second account."""
        return self._gateway.recognition.pending

    @property
    def statements(self) -> StatementParts:
        """Statements of institutions and centres."""
        return self._gateway.statements

    def learner_statement(self, account: int) -> dict[str, Any]:
        """A learner's statement."""
        self._held.need_master()
        return self._gateway.statements.learner(account).to_json()

    @cached_property
    def _events(self) -> RecognitionEvents:
        return RecognitionEvents(self._gateway.database)
