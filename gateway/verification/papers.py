"""The steps that need no ledger: 1 well-formed, 2 recomputed, 3 included, 6 signed.

paper = read_paper(data)         # a certificate file or a partial certificate; step 1
check_paper(paper)               # steps 2 and 3; raises what it finds
signature_of(paper)              # step 6: None where it is good or does not apply
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from msgspec import UNSET, Struct

from gateway.domain.credential import achievement_levels
from gateway.domain.credits import award_date, hundredths
from gateway.domain.hashing import hex0x
from gateway.domain.partial import Presentation
from gateway.domain.proof import CRYPTOSUITE, ProofState, check_proofs, signed_by_issuer
from gateway.domain.receipt import Anchoring, Certificate
from gateway.domain.tree import root_of
from gateway.verification.errors import BadSignature, Finding, NotIncluded, NotSigned

_PARTIAL_MARK: Final = b'"HurenPartialCertificate"'


class Paper(Struct, frozen=True, gc=False):
    """What a file says, whole or in part, in the terms that the ledger's steps need."""

    file: Certificate | Presentation
    anchoring: Anchoring
    institution: str
    """USCC of the issuer."""
    issuer: str
    """did:key that signs."""
    category: int | None
    level: int | None
    credits: int | None
    """Hundredths; the three are None where a partial certificate hides them."""
    awarded: dt.date | None
    valid_until: str | None
    """The latest moment at which it is valid, a time with its offset; None where it has no end."""

    @property
    def partial(self) -> bool:
        """Whether only some fields are shown."""
        return isinstance(self.file, Presentation)

    @property
    def facts_compared(self) -> tuple[str, ...] | None:
        """The facts held against shown fields, None for a whole certificate: all of them."""
        return self.file.facts_compared() if isinstance(self.file, Presentation) else None


def read_paper(data: bytes) -> Paper:
    """Step 1: read a certificate file or a partial certificate.

    Raises:
        JsonRefused, MalformedDocument, MalformedCid: it is neither.
    """
    if _PARTIAL_MARK in data:
        return _partial(Presentation.parse(data))
    certificate = Certificate.parse(data)
    credential = certificate.credential
    facts = credential.facts()
    return Paper(
        certificate,
        certificate.receipt.anchoring,
        credential.uscc_text,
        credential.document.issuer.id,
        facts.category,
        facts.level,
        facts.credits,
        credential.awarded,
        credential.valid_until,
    )


def _partial(presentation: Presentation) -> Paper:
    shown = presentation.partial.shown
    category = level = None
    if shown.achievement is not UNSET:
        category, level = achievement_levels(shown.achievement.value)
    return Paper(
        presentation,
        presentation.anchoring,
        presentation.uscc_text,
        presentation.partial.body.issuer.id,
        category,
        level,
        None if shown.credits_earned is UNSET else hundredths(shown.credits_earned.value),
        None if shown.valid_from is UNSET else award_date(shown.valid_from.value),
        presentation.valid_until,
    )


def recompute(paper: Paper) -> bytes:
    """Step 2: the leaf, recomputed from the file, its facts held against the document.

    Raises:
        FactMismatch, MalformedDocument: they disagree.
    """
    return paper.file.leaf().leaf


def check_inclusion(paper: Paper, leaf: bytes) -> None:
    """Step 3: the path of siblings leads from the leaf to the root.

    Raises:
        NotIncluded: it does not.
    """
    anchoring = paper.anchoring
    if root_of(leaf, anchoring.proof) != anchoring.root:
        raise NotIncluded(hex0x(anchoring.root))


def signature_finding(paper: Paper) -> Finding | None:
    """Step 6: what is wrong with the signature; None where it is good, or where a partial certificate has none."""
    if not isinstance(paper.file, Certificate):
        return None
    checks = check_proofs(paper.file.credential)
    if signed_by_issuer(checks):
        return None
    bad = next((check for check in checks if check.state is ProofState.BAD), None)
    if bad is not None:
        return BadSignature(bad.reason)
    return NotSigned(", ".join(check.cryptosuite for check in checks) or f"proof, {CRYPTOSUITE}")
