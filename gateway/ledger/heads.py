"""Heads recomputed from the events served, held against the heads that the contracts store.

An event that was left out, added or altered changes the head of its subject; the contract's own head is read at the
very block up to which events were read. Source: the ledger's rules, "Heads" (docs/events.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.ledger.calls import Call, ChainCalls
from gateway.ledger.errors import ChainUnavailable, EventMissing, HeadMismatch
from node.client.abi import ContractRevert
from node.client.heads import first_head, next_head, pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.ledger.events import FollowedContract, TimedEvent
    from gateway.ledger.values import BlockRef

OF_PAIRS = frozenset({"TransferLedger"})
"""The contracts whose subjects are ordered pairs of provinces besides provinces."""
_PAIRS_FROM = 1 << 32


@dataclass(frozen=True, slots=True)
class Head:
    """The running digest after event number `sequence` of a subject; 0 before the first."""

    digest: bytes
    sequence: int


HeadKey = tuple[str, int]
"""(contract's address, subject)."""


class HeadChain:
    """The heads of all subjects of all contracts, as far as events have been folded in."""

    def __init__(
        self, chain_id: int, contracts: Sequence[FollowedContract], known: Mapping[HeadKey, Head] | None = None
    ) -> None:
        """Start from the `known` heads, those that were checked before."""
        self._chain_id = chain_id
        self._contracts = {contract.address: contract for contract in contracts}
        self._heads = dict(known or {})
        self.moved: set[HeadKey] = set()

    def head(self, contract: str, subject: int) -> Head:
        """Return the head of `subject`: its own, or that with which its contract's predecessor ended, or the first."""
        head = self._heads.get((contract, subject))
        if head is not None:
            return head
        predecessor = self._contracts[contract].predecessor
        if predecessor in self._contracts:
            return self.head(predecessor, subject)
        return Head(first_head(self._chain_id, contract, subject), 0)

    def fold(self, events: Iterable[TimedEvent]) -> None:
        """Take in events, in the order of the chain.

        Raises:
            EventMissing: a sequence number is skipped.
            HeadMismatch: an event does not carry the head that it must give: it, or one before it, was altered.
        """
        for timed in events:
            event, subject = timed.event, timed.subject
            before = self.head(event.address, subject)
            found = {"subject": subject, "served": event.sequence, "block": event.block}
            if event.sequence > before.sequence + 1:
                raise EventMissing(event.contract, stored=before.sequence + 1, **found)
            digest = next_head(before.digest, event, timed.time)
            if event.sequence <= before.sequence or digest != event.head:
                raise HeadMismatch(event.contract, stored=before.sequence + 1, **found)
            self._heads[event.address, subject] = Head(digest, event.sequence)
            self.moved.add((event.address, subject))

    def check(self, calls: ChainCalls, subjects: Iterable[int], block: BlockRef) -> None:
        """Hold every head against the one stored at `block`, also of subjects of which no event was ever served.

        Raises:
            HeadMismatch: events of a subject were left out or altered.
            ChainUnavailable: no answer.
        """
        known = {subject for _, subject in self._heads}
        provinces = sorted({*subjects, *(subject for subject in known if subject < _PAIRS_FROM)} - {0})
        pairs = [pair(source, target) for source in provinces for target in provinces if source != target]
        wanted = [
            (contract, subject)
            for contract in self._contracts.values()
            for subject in (0, *provinces, *(pairs if contract.name in OF_PAIRS else ()))
        ]
        answers = calls.read([Call(c.name, "headOf", (subject,), at=c.address) for c, subject in wanted], block)
        for (contract, subject), answer in zip(wanted, answers, strict=True):
            if isinstance(answer, ContractRevert):
                raise ChainUnavailable(f"{contract.name}.headOf: {answer.name}")
            digest, sequence = answer
            ours = self.head(contract.address, subject)
            if (bytes(digest), sequence) != (ours.digest, ours.sequence):
                raise HeadMismatch(
                    contract.name, subject=subject, stored=sequence, served=ours.sequence, block=block.number
                )

    def moved_heads(self) -> list[tuple[HeadKey, Head]]:
        """Return the heads that moved since the start."""
        return [(key, self._heads[key]) for key in sorted(self.moved)]
