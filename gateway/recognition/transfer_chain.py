"""Transfers as the chain has them: requests from the index, how they stand from the ledger itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import hex0x
from gateway.ledger.calls import Call
from gateway.ledger.errors import LedgerError
from gateway.recognition.book import Book
from gateway.recognition.transfer_values import (
    Details,
    Ref,
    Request,
    Return,
    Stage,
    TransferStanding,
    TransferState,
    UnknownTransfer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.recognition_events import Happened, RecognitionEvents

TRANSFERS: Final = "TransferLedger"
CLAIMS: Final = "ClaimBook"
REQUESTED: Final = "TransferRequested"


class DetailsDiffer(LedgerError):
    """The index tells other details than the ledger keeps."""

    code = "transfer.details"
    zh = "转换 {value} 的详情与链上所存摘要不符"
    en = "the details of the transfer {value} are not those that the ledger keeps"
    hint_zh = "索引已损坏，请重建（huren index rebuild）"
    hint_en = "the index is damaged: huren index rebuild"


class TransferBook(Book):
    """Reads transfers at the newest final block."""

    def __init__(self, calls: ChainCalls, events: RecognitionEvents) -> None:
        """Read through ``calls`` and from the index, which the caller has brought up to date."""
        super().__init__(calls, events)
        self._pairs: dict[int, dict[Ref, Request]] = {}

    def requests(self, province: int | None = None) -> list[Request]:
        """Every request, oldest first; with ``province`` those from or to it."""
        found = [_request(event) for event in self._events.read(REQUESTED)]
        return [one for one in found if province in {None, one.ref.source, one.ref.target}]

    def find(self, ref: Ref) -> Request:
        """One request, its details held against the ledger.

        Raises:
            UnknownTransfer: there is none.
            DetailsDiffer: the index tells something else than the ledger.
        """
        if ref.subject not in self._pairs:
            events = self._events.read(REQUESTED, subject=ref.subject)
            self._pairs[ref.subject] = {one.ref: one for one in map(_request, events)}
        request = self._pairs[ref.subject].get(ref)
        if request is None:
            raise UnknownTransfer(str(ref))
        [state] = self.states([request])
        if request.details.digest != state.details:
            raise DetailsDiffer(str(ref), found=hex0x(request.details.digest))
        return request

    def states(self, requests: Sequence[Request]) -> list[TransferState]:
        """How each stands now, in one request to the node.

        Raises:
            ChainUnavailable: no answer.
        """
        calls = []
        for one in requests:
            calls.append(Call(TRANSFERS, "transferOf", (one.ref.values,)))
            calls.append(Call(TRANSFERS, "standingOf", (one.ref.values, one.details.values)))
        answers = self._answers(calls)
        return [
            TransferState(
                standing=TransferStanding(standing),
                stage=Stage(kept.stage),
                reason=Return(kept.reason),
                quoted=kept.quoted,
                awarded=kept.awarded,
                deadline=kept.deadline,
                decided_at=kept.decidedAt,
                details=bytes(kept.details),
            )
            for kept, standing in zip(answers[::2], answers[1::2], strict=True)
        ]


def _request(event: Happened) -> Request:
    told = event.fields
    ref = Ref(int(told["source"]), int(told["target"]), int(told["number"]))
    details = Details.of_event(told["details"])
    return Request(ref, details, int(told["quoted"]), int(told["deadline"]), event.time, event.block)
