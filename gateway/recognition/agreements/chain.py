"""Agreements as the chain has them: proposals and their terms from the index, how they stand from the contract itself.

    book = AgreementBook(calls, RecognitionEvents(database))
    book.find("0x1f3c5a")                  # Proposal
    book.standing(proposal.agreement)      # Standing, now

An id is given whole, or by its beginning. The terms are those whose hash is the id, whoever kept them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import hex0x
from gateway.domain.panel import Finding
from gateway.domain.rule import FACTS
from gateway.ledger.calls import Call
from gateway.recognition.agreements.values import (
    AgreementState,
    AmbiguousAgreement,
    Proposal,
    Standing,
    UnknownAgreement,
    terms_of,
)
from gateway.recognition.book import Book
from node.client.abi import ContractRevert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.ledger.recognition_events import Happened

AGREEMENTS: Final = "AgreementRegistry"
EVALUATIONS: Final = "EvaluationRegistry"
_SHORTEST: Final = 8
"""Characters of an id's beginning that are enough to look for it."""
_SHAPED: Final = ("AgreementProposed",)


class AgreementBook(Book):
    """Reads agreements at the newest final block."""

    @property
    def chain_id(self) -> int:
        """The chain's number."""
        return self._calls.deployment.chain_id

    @property
    def registry(self) -> bytes:
        """The AgreementRegistry in force, 20 bytes."""
        return bytes.fromhex(self._calls.address(AGREEMENTS, self.block)[2:])

    @property
    def now(self) -> int:
        """The block's time."""
        return self.block.time

    # --- agreements

    def proposals(self) -> list[Proposal]:
        """Everything that was ever proposed, oldest first."""
        return [_proposal(event) for event in self._events.read(*_SHAPED)]

    def find(self, name: str) -> Proposal:
        """The agreement with that id, or whose id alone begins like that.

        Raises:
            UnknownAgreement: none, or too short to look for.
            AmbiguousAgreement: several.
        """
        wanted = name.lower()
        events = self._events.read(*_SHAPED) if len(wanted) >= _SHORTEST else []
        found = [event for event in events if hex0x(event.about or b"").startswith(wanted)]
        if not found:
            raise UnknownAgreement(name, shortest=_SHORTEST)
        if len(found) > 1:
            raise AmbiguousAgreement(name, count=len(found))
        return _proposal(found[0])

    def known(self, agreement: bytes) -> Proposal | None:
        """The agreement, None where it was never proposed."""
        return next((_proposal(one) for one in self._events.read(*_SHAPED, about=agreement)), None)

    def history(self, agreement: bytes) -> list[Happened]:
        """What happened to it, oldest first."""
        return self._events.read(about=agreement)

    def states(self, agreements: Sequence[bytes], time: int | None = None) -> list[AgreementState]:
        """How each stands at ``time``; by default now."""
        at = self.now if time is None else time
        return [
            AgreementState(found) for found in self._answers(Call(AGREEMENTS, "stateAt", (a, at)) for a in agreements)
        ]

    def standing(self, agreement: bytes, time: int | None = None) -> Standing:
        """How one stands at ``time``; who has approved, and its successor, are those of now."""
        at = self.now if time is None else time
        state, stand, turn, outline, successor = self._answers(
            [
                Call(AGREEMENTS, "stateAt", (agreement, at)),
                Call(AGREEMENTS, "standAt", (agreement, at)),
                Call(AGREEMENTS, "roundOf", (agreement,)),
                Call(AGREEMENTS, "outlineOf", (agreement,)),
                Call(AGREEMENTS, "successorOf", (agreement,)),
            ]
        )
        return Standing(
            state=AgreementState(state),
            time=at,
            round=turn.number,
            approved=tuple(party for i, party in enumerate(outline.parties) if turn.approvals >> i & 1),
            active_from=stand.from_,
            deadline=stand.deadline,
            ends=stand.ends,
            successor=bytes(successor),
        )

    def quote(
        self, agreement: bytes, rule: int, institution: bytes, version: int, facts: Mapping[int, int]
    ) -> tuple[int, int]:
        """(hundredths, refusal) as the contract answers it for the block's moment."""
        mask, values = sum(1 << index for index in facts), [facts.get(index, 0) for index in range(FACTS)]
        call = Call(AGREEMENTS, "quote", (agreement, rule, institution, version, mask, values, self.now))
        [(amount, refusal)] = self._answers([call])
        return int(amount), int(refusal)

    # --- what a check asks (agreement_check.Chain)

    def members(self) -> Sequence[int]:
        """The consortium's members."""
        [found] = self._answers([Call("Consortium", "members")])
        return [int(code) for code in found]

    def findings(self, evaluations: Sequence[bytes]) -> Mapping[bytes, Finding]:
        """What panels found, by evaluation; those that do not exist are left out."""
        answers = self._answers(Call(EVALUATIONS, "findingOf", (evaluation,)) for evaluation in evaluations)
        return {
            evaluation: Finding(
                category=found.category,
                level=found.level,
                credits=found.credits,
                awarded_from=found.awardedFrom,
                awarded_until=found.awardedUntil,
                passed=found.passed,
                institution=bytes(found.institution),
                outcome=bytes(found.outcome),
            )
            for evaluation, found in zip(evaluations, answers, strict=True)
            if any(found.institution)
        }

    def live_parties(self, agreement: bytes) -> Sequence[int]:
        """The parties of an agreement that is not over; empty otherwise."""
        [state] = self.states([agreement])
        if state is AgreementState.UNKNOWN or state.final:
            return []
        [outline] = self._answers([Call(AGREEMENTS, "outlineOf", (agreement,))])
        return [int(code) for code in outline.parties]

    def is_known(self, agreement: bytes) -> bool:
        """Whether these terms were proposed before."""
        return self.states([agreement]) != [AgreementState.UNKNOWN]

    def provinces_of(self, institutions: Sequence[bytes]) -> Mapping[bytes, int]:
        """Which province accredits each institution now; 0: none."""
        calls = [Call("InstitutionRegistry", "provinceOf", (institution,)) for institution in institutions]
        answers = self._calls.read(calls, self.block)
        return {
            institution: 0 if isinstance(answer, ContractRevert) else int(answer)
            for institution, answer in zip(institutions, answers, strict=True)
        }


def _proposal(event: Happened) -> Proposal:
    agreement = event.about or b""
    terms = terms_of(event.fields["terms"], agreement)
    return Proposal(agreement, terms, event.subject, event.time, event.block)
