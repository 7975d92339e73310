"""The facts that a request opened on the chain, and those that a document says: held against each other.

opened = Opened(mask, {0: …, 2: 2, 3: 4, 4: 800, 5: 16})
check_facts(opened, document_facts(file))       # of a certificate, whole or in part

The leaf binds both already; this asks the document itself, as an officer would who reads it (steps 1–8 come before).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET

from gateway.domain.hashing import hex0x, word
from gateway.domain.leaf import FACT_NAMES
from gateway.domain.partial import Presentation, present
from gateway.domain.partial_schema import FACT_MEMBERS
from gateway.domain.receipt import Certificate
from gateway.domain.rule import CLAIM, GRADE, OUTCOME
from gateway.domain.wire import read_hex
from gateway.recognition.transfers.errors import FactsDiffer, FactsHidden, LearnerHidden

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateway.ledger.transfer_rows import TransferRow

_PARTIAL_MARK: Final = b'"HurenPartialCertificate"'
ALWAYS_SHOWN: Final = ("name", "validFrom", "learner", "licenseNumber", "achievement", "creditsEarned")
"""What a presentation to a target institution shows, whatever the rule: whose, which, how much. Never the document
number, unless it is asked for."""


@dataclass(frozen=True, slots=True)
class OpenedFacts:
    """What a request opened: bit k of the mask for fact k, and the values of those (words as integers)."""

    mask: int
    values: Mapping[int, int]

    @classmethod
    def of(cls, row: TransferRow) -> OpenedFacts:
        """Those of a request that the index holds."""
        told = (row.outcome, row.claim, row.category, row.level, row.credits, row.grade, row.month)
        plain = [int.from_bytes(one, "big") if isinstance(one, bytes) else one for one in told]
        return cls(row.mask, {k: one for k, one in enumerate(plain) if row.mask >> k & 1 and one is not None})


def document_facts(file: bytes) -> dict[int, int]:
    """The facts (by number) that a certificate file says, whole or in part, after its leaf was recomputed.

    Raises:
        DomainError: it is no such file, or does not hold together.
    """
    if _PARTIAL_MARK not in file:
        certificate = Certificate.parse(file)
        certificate.leaf()
        return {k: int.from_bytes(one, "big") for k, one in enumerate(certificate.receipt.facts.words)}
    presentation = Presentation.parse(file)
    presentation.leaf()
    found: dict[int, int] = {}
    for k, member in enumerate(FACT_MEMBERS):
        opened: Any = getattr(presentation.partial.facts.opened, member, UNSET)
        if opened is not UNSET:
            value = opened.value
            found[k] = value if isinstance(value, int) else int.from_bytes(read_hex(value, member), "big")
    return found


def outcome_code(file: bytes) -> str | None:
    """The code of the outcome that a certificate file shows, whole or in part; None where it is hidden.

    Raises:
        DomainError: it is no such file.
    """
    if _PARTIAL_MARK not in file:
        return Certificate.parse(file).credential.document.credential_subject.achievement.human_code
    shown = Presentation.parse(file).partial.shown.achievement
    return None if shown is UNSET else shown.value.human_code


def check_facts(opened: OpenedFacts, document: Mapping[int, int]) -> None:
    """Refuse a document that says other facts than the request opened, or hides one.

    The claim is never in a partial certificate: it stays with the holder. Where there was no grade, none is shown.

    Raises:
        FactsHidden, FactsDiffer: as they say.
    """
    hidden = [
        k for k, value in opened.values.items() if k not in document and k != CLAIM and not (k == GRADE and value == 0)
    ]
    if hidden:
        raise FactsHidden(", ".join(FACT_NAMES[k] for k in hidden))
    for k, value in opened.values.items():
        if k in document and document[k] != value:
            raise FactsDiffer(_shown(k, value), fact=FACT_NAMES[k], document=_shown(k, document[k]))


def require_learner(file: bytes, about: str) -> None:
    """Refuse a certificate file that hides whose it is; a whole one shows it.

    What a source shows is its own choice, so the target asks: by the name the officer finds the student.

    Raises:
        LearnerHidden: a partial one without the learner's name.
        DomainError: it is no such file.
    """
    if _PARTIAL_MARK in file and Presentation.parse(file).partial.shown.learner_name is UNSET:
        raise LearnerHidden(about)


def presented(certificate: Certificate, mask: int, more: Collection[str] = ()) -> bytes:
    """The partial certificate that goes to a target institution: what the rule reads, whose it is, and ``more``.

    Raises:
        UnknownField: a name among ``more`` that is no disclosable field's.
        AbsentField: one that this certificate does not have.
    """
    wanted = {*ALWAYS_SHOWN, *more}
    if mask >> GRADE & 1 and certificate.credential.document.credential_subject.result is not UNSET:
        wanted.add("result")
    return present(certificate, wanted).to_json()


def _shown(fact: int, value: int) -> str:
    return hex0x(word(value)) if fact in {OUTCOME, CLAIM} else str(value)
