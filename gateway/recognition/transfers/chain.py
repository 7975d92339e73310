"""Transfers as the chain has them: requests from the index, how they stand from the ledger itself."""

from __future__ import annotations

import heapq
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import hex0x
from gateway.ledger.calls import Call
from gateway.ledger.errors import LedgerError
from gateway.ledger.reader import institution_word
from gateway.ledger.transfer_rows import TransferFilter
from gateway.recognition.transfers.values import (
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
    from gateway.ledger.transfer_rows import TransferRow, TransferRows
    from gateway.ledger.values import BlockRef

TRANSFERS: Final = "TransferLedger"
CLAIMS: Final = "ClaimBook"


class DetailsDiffer(LedgerError):
    """The index tells other details than the ledger keeps."""

    code = "transfer.details"
    zh = "转换 {value} 的详情与链上所存摘要不符"
    en = "the details of the transfer {value} are not those that the ledger keeps"
    hint_zh = "索引已损坏，请重建（huren index rebuild）"
    hint_en = "the index is damaged: huren index rebuild"


class TransferBook:
    """Reads transfers at the newest final block, which stays the same for the book's life."""

    def __init__(self, calls: ChainCalls, rows: TransferRows) -> None:
        """Read through ``calls`` and from the index, which the caller has brought up to date."""
        self._calls = calls
        self._rows = rows

    @cached_property
    def block(self) -> BlockRef:
        """The block that everything is read at."""
        return self._calls.final_block()

    def requests(self, province: int | None = None, *, newest: int = 200) -> list[Request]:
        """The newest requests, oldest first; with ``province`` those from or to it."""
        filters = (
            [TransferFilter()]
            if province is None
            else [TransferFilter(source=province), TransferFilter(target=province)]
        )
        found = heapq.nlargest(
            newest,
            (row for where in filters for row in self._rows.stream(where)),
            key=lambda row: (row.requested_block, row.key),
        )
        return [request_of(row) for row in reversed(found)]

    def row(self, ref: Ref) -> TransferRow:
        """One transfer as the index has it.

        Raises:
            UnknownTransfer: there is none.
        """
        found = self._rows.one(*ref.values)
        if found is None:
            raise UnknownTransfer(str(ref))
        return found

    def find(self, ref: Ref) -> Request:
        """One request, its details held against the ledger.

        Raises:
            UnknownTransfer: there is none.
            DetailsDiffer: the index tells something else than the ledger.
        """
        request = request_of(self.row(ref))
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
        answers = self._calls.answers(calls, self.block)
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
                reversing=(kept.sourceReverses, kept.targetReverses),
            )
            for kept, standing in zip(answers[::2], answers[1::2], strict=True)
        ]


def request_of(row: TransferRow) -> Request:
    """A request as the index has it."""
    details = Details(
        institution=institution_word(row.institution),
        root=row.root,
        leaf=row.leaf,
        outcome=row.outcome,
        claim=row.claim,
        canonical=institution_word(row.canonical),
        agreement=row.agreement,
        rule=row.rule,
        target_institution=institution_word(row.target_institution),
        programme=row.programme,
        course=row.course,
        consent=row.consent,
    )
    return Request(Ref(*row.key), details, row.quoted, row.deadline, row.requested_at, row.requested_block)
