"""The parts of a gateway that work on mutual recognition: `Gateway.recognition`. Each is made at its first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gateway.issuance.profiles import Names
from gateway.ledger.pending import PendingActs
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.options import OptionBook

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
        return PendingActs(self._gateway.calls, names=Names(self._gateway.database).name_of)

    @cached_property
    def options(self) -> OptionBook:
        """What an outcome would give."""
        gateway = self._gateway
        return OptionBook(gateway.calls, RecognitionEvents(gateway.database), gateway.reader)
