"""A learner's consent to one request: what it names, how it was given, and the source institution's word for it.

    consent = Consent(leaf, agreement, 0, institution, programme, ANY, deadline, nonce, Given(How.PAPER, at, evidence))
    record = consent.signed(signer, proof_time(now))       # JSON with one eddsa-jcs-2022 proof
    found, key = Consent.read(record, about)

Source: PIPL articles 13, 14 and 23 (separate consent to hand personal information to another handler). The record goes
to the target institution in the application's letter; the chain has the letter's digest. What the learner signed stays
with the centre, its SHA-256 in the record. The nonce keeps two consents apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from gateway.domain.did_key import MalformedKey
from gateway.domain.errors import Said, cause_of
from gateway.domain.hashing import hex0x
from gateway.domain.proof import ProofError
from gateway.domain.secured import sign_document, verify_document
from gateway.domain.wire import MalformedDocument, read_hex
from gateway.recognition.transfers.errors import LetterMalformed, LetterUnsigned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.proof import Signer

TYPE: Final = "huren.consent.v2"


class How(StrEnum):
    """How a learner said yes."""

    PAPER = "paper"
    COUNTER = "counter"
    ONLINE = "online"
    OTHER = "other"

    @property
    def zh(self) -> str:
        """The way in Chinese."""
        return _WAYS[self][0]

    @property
    def en(self) -> str:
        """The way in English."""
        return _WAYS[self][1]


_WAYS: Final = {
    How.PAPER: ("书面签署", "signed on paper"),
    How.COUNTER: ("柜台当面", "given at the counter"),
    How.ONLINE: ("在线确认", "given online"),
    How.OTHER: ("其他方式", "given another way"),
}

Word = Annotated[str, Meta(min_length=66, max_length=66)]
Time = Annotated[int, Meta(ge=0, le=2**48)]


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Members that are all there are."""


class _Given(_Closed, frozen=True):
    how: How
    at: Time
    evidence: Word | UnsetType = UNSET


class _Record(_Closed, frozen=True):
    type: Literal["huren.consent.v2"]
    leaf: Word
    agreement: Word
    rule: Annotated[int, Meta(ge=0, le=2**32 - 1)]
    target_institution: Word
    programme: Word
    course: Word
    deadline: Time
    nonce: Word
    given: _Given
    proof: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """How and when (seconds) a learner consented.

    ``evidence`` is the sha256 of what shows it, None where it is kept elsewhere.
    """

    how: How
    at: int
    evidence: bytes | None = None

    def to_json(self) -> dict[str, Any]:
        """Its JSON."""
        told: dict[str, Any] = {"how": self.how.value, "at": self.at}
        return told if self.evidence is None else {**told, "evidence": hex0x(self.evidence)}


@dataclass(frozen=True, slots=True)
class Consent:
    """What a learner consents to. Words are 32 bytes, ``rule`` counts from 0, ``deadline`` is in seconds."""

    leaf: bytes
    agreement: bytes
    rule: int
    target_institution: bytes
    programme: bytes
    course: bytes
    deadline: int
    nonce: bytes
    """32 unpredictable bytes."""
    given: Given

    def to_json(self) -> dict[str, Any]:
        """The record, unsigned."""
        return {
            "type": TYPE,
            "leaf": hex0x(self.leaf),
            "agreement": hex0x(self.agreement),
            "rule": self.rule,
            "targetInstitution": hex0x(self.target_institution),
            "programme": hex0x(self.programme),
            "course": hex0x(self.course),
            "deadline": self.deadline,
            "nonce": hex0x(self.nonce),
            "given": self.given.to_json(),
        }

    def signed(self, signer: Signer, created: str) -> dict[str, Any]:
        """The record with the source institution's proof; ``created`` is of `gateway.domain.proof.proof_time`."""
        return sign_document(self.to_json(), signer, created)

    @classmethod
    def read(cls, record: Mapping[str, Any], about: str) -> tuple[Consent, bytes]:
        """A record and the Ed25519 key (32 bytes) that signed it; whether the key may is for the caller to see.

        Raises:
            LetterMalformed: another shape.
            LetterUnsigned: no proof, or one that is not good.
        """
        try:
            parsed = msgspec.convert(dict(record), _Record)
            given = parsed.given
            evidence = None if given.evidence is UNSET else read_hex(given.evidence, "given.evidence")
            consent = cls(
                leaf=read_hex(parsed.leaf, "leaf"),
                agreement=read_hex(parsed.agreement, "agreement"),
                rule=parsed.rule,
                target_institution=read_hex(parsed.target_institution, "targetInstitution"),
                programme=read_hex(parsed.programme, "programme"),
                course=read_hex(parsed.course, "course"),
                deadline=parsed.deadline,
                nonce=read_hex(parsed.nonce, "nonce"),
                given=Given(given.how, given.at, evidence),
            )
        except msgspec.ValidationError as error:
            raise LetterMalformed(about, why=Said(f"同意书：{error}", f"consent: {error}")) from error
        except MalformedDocument as error:
            raise LetterMalformed(about, why=error) from error
        try:
            return consent, verify_document(record)
        except (ProofError, MalformedKey) as error:
            raise LetterUnsigned(about, why=cause_of(error)) from error
