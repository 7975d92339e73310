"""The terms of an agreement, and the 32 bytes that are their name.

    terms.agreement_id          # keccak256(abi.encode(terms)), as AgreementRegistry.agreementId

Encoding: Solidity documentation, "Contract ABI Specification", "Formal Specification of the Encoding".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.domain.hashing import WORD, keccak256, word
from gateway.domain.rule import ANY, FIELDS, Rule

TYPE_TAG: Final = keccak256(b"huren.agreement.v1")
"""The first word of every agreement's terms."""
_HEAD_WORDS: Final = 13


@dataclass(frozen=True, slots=True)
class Terms:
    """All that the parties agree on; field by field ``IAgreementEvents.Terms``."""

    chain_id: int
    registry: bytes
    """20 bytes: the AgreementRegistry in which it is proposed."""
    nonce: int
    """Tells terms apart that are alike: withdrawn ones come back under another."""
    parties: tuple[int, ...]
    """At least two provinces, ascending."""
    rules: tuple[Rule, ...]
    valid_from: int
    valid_until: int
    """The first moment after the agreement's validity."""
    approve_by: int
    """All parties approve before this moment."""
    public_notice: int
    """Seconds."""
    withdrawal_notice: int
    """Seconds."""
    text: bytes
    """sha256 of the legal text."""
    supersedes: bytes = ANY
    """The agreement that this one takes the place of; ``ANY`` (zero) for none."""
    type_tag: bytes = TYPE_TAG

    @property
    def encoded(self) -> bytes:
        """``abi.encode(terms)``."""
        parties = word(len(self.parties)) + b"".join(map(word, self.parties))
        rules = word(len(self.rules)) + b"".join(rule.words for rule in self.rules)
        head = (
            self.type_tag,
            word(self.chain_id),
            self.registry.rjust(WORD, b"\0"),
            word(self.nonce),
            word(_HEAD_WORDS * WORD),
            word(_HEAD_WORDS * WORD + len(parties)),
            word(self.valid_from),
            word(self.valid_until),
            word(self.approve_by),
            word(self.public_notice),
            word(self.withdrawal_notice),
            self.text,
            self.supersedes,
        )
        return word(WORD) + b"".join(head) + parties + rules  # a dynamic struct lies behind its offset

    @property
    def agreement_id(self) -> bytes:
        """The agreement's name: 32 bytes."""
        return keccak256(self.encoded)

    @property
    def values(self) -> tuple[object, ...]:
        """The struct as the ABI codec takes it."""
        return (
            self.type_tag,
            self.chain_id,
            "0x" + self.registry.hex(),
            self.nonce,
            list(self.parties),
            [tuple(getattr(rule, field) for field in FIELDS) for rule in self.rules],
            self.valid_from,
            self.valid_until,
            self.approve_by,
            self.public_notice,
            self.withdrawal_notice,
            self.text,
            self.supersedes,
        )
