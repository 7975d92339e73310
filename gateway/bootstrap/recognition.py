"""The parts of a gateway that work on mutual recognition: `Gateway.recognition`. Each is made at its first use."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.bootstrap.desk import TransferDesk
from gateway.issuance.profiles import Names
from gateway.ledger.code_book import Meanings
from gateway.ledger.pending import PendingActs
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.act_names import ActNames
from gateway.recognition.applications.rows import ApplicationRows
from gateway.recognition.applications.service import ApplicationService
from gateway.recognition.applications.vault import ApplicationVault
from gateway.recognition.letters.box import LetterBox
from gateway.recognition.letters.correspondence import Correspondence
from gateway.recognition.options.book import OptionBook
from gateway.recognition.transfers.chain import TransferBook
from gateway.recognition.transfers.decisions import DecisionService
from gateway.recognition.transfers.inbox import Inbox
from gateway.recognition.transfers.naming import Naming
from gateway.recognition.transfers.steward import Expiry, Steward

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway


class RecognitionParts:
    """Applications, decisions, letters, options, statements, what waits for a second account."""

    def __init__(self, gateway: Gateway) -> None:
        """Take what they stand on."""
        self._gateway = gateway

    @cached_property
    def pending(self) -> PendingActs:
        """What waits for a second account."""
        gateway = self._gateway
        about = ActNames(gateway.calls, RecognitionEvents(gateway.database))
        return PendingActs(gateway.calls, names=Names(gateway.database).name_of, about=about)

    @cached_property
    def meanings(self) -> Meanings:
        """What the digests in a contract's refusal stand for."""
        return Meanings(self._gateway.database)

    @cached_property
    def naming(self) -> Naming:
        """Words beside what surfaces show of applications and requests."""
        return Naming(self._gateway.codes, Names(self._gateway.database).name_of)

    @cached_property
    def options(self) -> OptionBook:
        """What an outcome would give."""
        gateway = self._gateway
        return OptionBook(gateway.calls, RecognitionEvents(gateway.database), gateway.reader, gateway.codes)

    # --- transfers at work

    @cached_property
    def transfers(self) -> TransferRows:
        """The transfers that the index holds."""
        return TransferRows(self._gateway.database)

    def book(self) -> TransferBook:
        """Transfers as they stand at the newest final block."""
        return TransferBook(self._gateway.calls, self.transfers)

    @cached_property
    def desk(self) -> TransferDesk:
        """Keys, accounts and contracts, as those who work on transfers ask for them."""
        return TransferDesk(self._gateway)

    @cached_property
    def letters(self) -> LetterBox:
        """Letters about transfers."""
        gateway = self._gateway
        return LetterBox(
            gateway.database,
            gateway.blobs,
            gateway.library,
            gateway.index,
            lambda: gateway.keys.agreement,
            clock=time.time,
        )

    @cached_property
    def application_rows(self) -> ApplicationRows:
        """The table of applications."""
        return ApplicationRows(self._gateway.database, self.transfers)

    @cached_property
    def application_vault(self) -> ApplicationVault:
        """What is kept of applications, sealed."""
        gateway = self._gateway
        return ApplicationVault(gateway.settings.data_dir / "consents", lambda: gateway.accounts, gateway.keys.master)

    @cached_property
    def applications(self) -> ApplicationService:
        """What learners apply for here."""
        gateway = self._gateway
        return ApplicationService(
            gateway.database,
            self.application_rows,
            self.application_vault,
            self.letters,
            gateway.index,
            self.desk,
            clock=time.time,
        )

    @cached_property
    def inbox(self) -> Inbox:
        """What waits for a decision here."""
        gateway = self._gateway
        province = gateway.settings.province
        return Inbox(province, self.book, self.transfers, self.letters, gateway.index, gateway.verifier, gateway.codes)

    @cached_property
    def correspondence(self) -> Correspondence:
        """Explanations, appeals and the answers to them."""
        return Correspondence(self.letters, self.desk.marks)

    @cached_property
    def decisions(self) -> DecisionService:
        """Where officers decide."""
        return DecisionService(self._gateway.database, self.inbox, self.correspondence, self.desk, clock=time.time)

    @cached_property
    def expiry(self) -> Expiry:
        """Sends back what nobody decided in time."""
        gateway, desk = self._gateway, self.desk
        return Expiry(
            gateway.database, gateway.settings.province, self.book, self.transfers, desk.operator, desk.ledger
        )

    @cached_property
    def steward(self) -> Steward:
        """What a server does for transfers by itself."""
        settings = self._gateway.settings
        expiry = self.expiry if settings.expire_overdue else None
        return Steward(settings.province, self.transfers, self.letters, expiry)
