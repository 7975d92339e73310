"""What the routes of recognition ask of a gateway: books of the chain, rows of the index, own records."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.recognition_feed import RecognitionFeed
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.agreement_chain import AgreementBook
from gateway.recognition.evaluation_chain import EvaluationBook
from gateway.recognition.evaluation_records import DossierRecords

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


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

    def leaves_of(self, account: int) -> list[bytes]:
        """The credentials that this centre issued to a learner, oldest first."""


class OfGateway:
    """The same, of a gateway's parts."""

    def __init__(self, gateway: Gateway) -> None:
        """Take the gateway, whose index somebody keeps up to date."""
        self._gateway = gateway

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

    def leaves_of(self, account: int) -> list[bytes]:
        """The credentials that this centre issued to a learner, oldest first."""
        return [row.leaf for row in self._gateway.records.credentials_of([account])]

    @cached_property
    def _events(self) -> RecognitionEvents:
        return RecognitionEvents(self._gateway.database)
