"""What every book of recognition reads from: what there is from the index, how it stands from the contract itself."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.ledger.calls import Call, ChainCalls
    from gateway.ledger.recognition_events import RecognitionEvents
    from gateway.ledger.values import BlockRef


class Book:
    """Reads at the newest final block, which stays the same for the book's life."""

    def __init__(self, calls: ChainCalls, events: RecognitionEvents) -> None:
        """Read through ``calls`` and from the index, which the caller has brought up to date."""
        self._calls = calls
        self._events = events

    @cached_property
    def block(self) -> BlockRef:
        """The block that everything is read at."""
        return self._calls.final_block()

    def _answers(self, calls: Iterable[Call]) -> list[Any]:
        return self._calls.answers(list(calls), self.block)
