"""Keys, accounts and contracts of one gateway, as those who work on transfers ask for them; each opened when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.keys.secrets import Purpose
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.sender import Sender
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.transfers.chain import TRANSFERS

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from gateway.bootstrap import Gateway
    from gateway.domain.proof import Signer
    from gateway.ledger.reader import ChainReader


class TransferDesk:
    """What `ApplicationService` and `DecisionService` need of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Take the gateway; nothing is opened yet."""
        self._gateway = gateway
        self._senders: dict[str, Sender] = {}

    def book(self) -> AgreementBook:
        """The agreements, at the newest final block."""
        return AgreementBook(self._gateway.calls, RecognitionEvents(self._gateway.database))

    def reader(self) -> ChainReader:
        """Live reads."""
        return self._gateway.reader

    def signer_for(self, institution: str) -> Signer:
        """The issuing key of an institution."""
        return self._gateway.keys.signer_for(institution)

    def learner_of(self, leaf: bytes) -> int | None:
        """The learner of a credential that was issued here."""
        for held in self._gateway.holdings.find(leaf):
            row = self._gateway.records.at(held.institution, held.root, held.position)
            if row is not None:
                return row.learner_id
        return None

    def operator(self) -> bytes:
        """The account that requests, 20 bytes."""
        return self._gateway.sender.address

    def ledger(self) -> bytes:
        """The TransferLedger in force, 20 bytes."""
        return bytes.fromhex(self._gateway.calls.address(TRANSFERS)[2:])

    def enrolments(self) -> bytes:
        """The key (32 bytes) from which institutions' pseudonyms of students are made."""
        return self._gateway.keys.master().derive(Purpose.ENROLMENTS)

    def marks(self) -> bytes:
        """The key (32 bytes) of the digests by which a letter's text is known again."""
        return self._gateway.keys.master().derive(Purpose.LETTERS)

    def sender_of(self, officer: LocalAccount) -> Sender:
        """What sends with an officer's key."""
        known = self._senders.get(officer.address)
        if known is None:
            gateway = self._gateway
            locks, caught_up = gateway.settings.data_dir / "locks", gateway.catching_up.run
            known = Sender(gateway.database, gateway.calls, officer, locks=locks, before=caught_up)
            self._senders[officer.address] = known
        return known
