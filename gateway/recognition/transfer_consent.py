"""A learner's consent to one request: what it names, and the digest by which the ledger knows it.

    consent = Consent(leaf, agreement, 0, institution, programme, ANY, deadline, nonce)
    consent.digest              # sha256 of its RFC 8785 JSON

Source: PIPL articles 13, 14 and 23 (separate consent to hand personal information to another handler). The record stays
with the centre; its digest alone goes on the chain. The nonce keeps two consents apart, and the digest unguessable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.hashing import hex0x, sha256
from gateway.domain.jcs import canonicalise
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Consent:
    """What a learner consents to. ``evidence`` is the sha256 of what the learner signed; None: it is kept elsewhere."""

    leaf: bytes
    agreement: bytes
    rule: int
    target_institution: bytes
    programme: bytes
    course: bytes
    deadline: int
    nonce: bytes
    """32 unpredictable bytes."""
    evidence: bytes | None = None

    def to_json(self) -> dict[str, Any]:
        """The record."""
        record: dict[str, Any] = {
            "type": "huren.consent.v1",
            "leaf": hex0x(self.leaf),
            "agreement": hex0x(self.agreement),
            "rule": self.rule,
            "targetInstitution": hex0x(self.target_institution),
            "programme": hex0x(self.programme),
            "course": hex0x(self.course),
            "deadline": self.deadline,
            "nonce": hex0x(self.nonce),
        }
        if self.evidence is not None:
            record["evidence"] = hex0x(self.evidence)
        return record

    @property
    def canonical(self) -> bytes:
        """The record as RFC 8785 writes it."""
        return canonicalise(self.to_json())

    @property
    def digest(self) -> bytes:
        """What the ledger is told: 32 bytes."""
        return sha256(self.canonical)

    def keep(self, folder: Path) -> Path:
        """Write the record, readable by its owner alone, under its digest; return where."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{self.digest.hex()}.json"
        write_whole(path, self.canonical, 0o600)
        return path
