"""A conversion rule: which outcome counts for what, as the AgreementRegistry keeps it.

    rule.reads          # the facts that decide (bit k: fact k)
    rule.opens          # the facts that a request opens: those, and outcome and claim always
    rule.words          # abi.encode of the struct: 21 words

Field by field it is ``IAgreementEvents.Rule`` (contracts/interfaces/IAgreementEvents.sol). What is refused in one is
`gateway.domain.rule_law`; what it gives is `gateway.domain.quote`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from gateway.domain.hashing import WORD, word

ANY: Final = bytes(WORD)
"""Stands for any institution, outcome, programme or course."""
NO_CAP: Final = 2**32 - 1
"""The cap of a rule that sets none."""
HIGHEST_STEP: Final = 20
"""The greatest grade step: 100 %."""

FACTS: Final = 7
OUTCOME, CLAIM, CATEGORY, LEVEL, CREDITS, GRADE, MONTH = range(FACTS)
"""The indexes of a leaf's facts."""
_ALWAYS: Final = 1 << CATEGORY | 1 << LEVEL | 1 << CREDITS


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; the fields in the order in which the ledger encodes them. Hashes are 32 bytes, times seconds."""

    source_institution: bytes
    """Its USCC as a word, or ``ANY``."""
    outcome: bytes
    """keccak256 of its code, or ``ANY``; only with an institution."""
    evaluation: bytes
    """A panel's finding on this very outcome; ``ANY`` where none bounds the rule."""
    source_province: int
    category: int
    """1 academic, 2 vocational, 3 community and culture."""
    lowest_level: int
    highest_level: int
    minimum_grade: int
    """Step 1–20 (5 % each); 0 asks for no grade."""
    accepts_ungraded: bool
    """Whether 合格 meets the minimum; only with a minimum."""
    greatest_age: int
    """Whole months from the month of the award; 0: any."""
    target_institution: bytes
    programme: bytes
    """keccak256 of its code, or ``ANY``."""
    course: bytes
    """keccak256 of its code, or ``ANY``; only with a programme."""
    target_province: int
    kind: int
    """What it becomes: 1 academic, 2 vocational, 3 community and culture credit."""
    numerator: int
    denominator: int
    most_credits: int
    """Of one transfer, hundredths."""
    cap: int
    """Of all in (target institution, programme, enrolment, window), hundredths; ``NO_CAP``: none."""
    valid_from: int
    valid_until: int
    """The first moment after the rule's validity."""

    @property
    def reads(self) -> int:
        """The mask of the facts that the quote reads."""
        mask = _ALWAYS
        if self.outcome != ANY:
            mask |= 1 << OUTCOME
        if self.minimum_grade:
            mask |= 1 << GRADE
        if self.greatest_age or self.evaluation != ANY:
            mask |= 1 << MONTH
        return mask

    @property
    def opens(self) -> int:
        """The mask of the facts that a request under this rule opens."""
        return self.reads | 1 << OUTCOME | 1 << CLAIM

    @property
    def words(self) -> bytes:
        """``abi.encode`` of the struct: 21 words."""
        return b"".join(map(_word, (getattr(self, field) for field in FIELDS)))

    def converted(self, amount: int) -> int:
        """What ``amount`` hundredths become: rounded down, at most ``most_credits``."""
        return min(amount * self.numerator // self.denominator, self.most_credits)


FIELDS: Final = tuple(field.name for field in fields(Rule))
"""The fields of a rule in the order of the struct."""


def _word(value: bytes | int) -> bytes:
    return value if isinstance(value, bytes) else word(value)
