"""The credential leaf: salts, field digests, commitment, facts and the 32 bytes that are anchored.

    salt       32 unpredictable bytes a credential;  s(i) = sha256(salt ‖ uint8 i)
    field_i    = sha256(s(i) ‖ JCS of disclosable field i)
    commitment = keccak256(abi.encode(CREDENTIAL_TAG, sha256(JCS(body)), sha256(field_0 ‖ … ‖ field_8)))
    fact_k     = keccak256(abi.encode(s(0xf0 + k), uint256 value))
    facts      = keccak256(abi.encode(FACTS_TAG, fact_0, …, fact_6))
    leaf       = keccak256(keccak256(abi.encode(LEAF_TAG, commitment, institution, facts)))

All values are static words, so abi.encode is their concatenation. Everything takes and gives bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from gateway.domain.errors import DomainError
from gateway.domain.hashing import WORD, keccak256, sha256, sha256_each, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.credential import DocumentFacts

CREDENTIAL_TAG: Final = keccak256(b"huren.credential.v1")
FACTS_TAG: Final = keccak256(b"huren.facts.v1")
LEAF_TAG: Final = keccak256(b"huren.leaf.v1")

DISCLOSABLE: Final = (
    "/name",
    "/validFrom",
    "/credentialSubject/identifier/0",
    "/credentialSubject/identifier/1",
    "/credentialSubject/licenseNumber",
    "/credentialSubject/achievement",
    "/credentialSubject/creditsEarned",
    "/credentialSubject/result",
    "/evidence",
)
"""The disclosable fields (JSON Pointers) in the order of their digests."""

FACT_NAMES: Final = ("outcome", "claim", "category", "level", "credits", "gradeStep", "awardedMonth")
"""The facts in the order of their digests, by their names in JSON."""

_FIELD_BYTES: Final = tuple(bytes((index,)) for index in range(len(DISCLOSABLE)))
_FACT_BYTES: Final = tuple(bytes((0xF0 + index,)) for index in range(len(FACT_NAMES)))
_MAX_MASK: Final = 0x7F


class BadSalt(DomainError):
    """A salt that is not 32 bytes."""

    code = "leaf.salt"
    zh = "盐值应为 32 字节，实为 {value} 字节"
    en = "a salt has 32 bytes, not {value}"


class BadMask(DomainError):
    """A mask of opened facts outside 0x00–0x7f."""

    code = "leaf.mask"
    zh = "事实掩码 {value} 不在 0 至 127 之间"
    en = "the mask of opened facts {value} is not between 0 and 127"


class Facts(Struct, frozen=True, gc=False):
    """The seven facts of a leaf."""

    outcome: bytes
    """32 bytes: keccak256 of the institution's own code."""
    claim: bytes
    """32 bytes."""
    category: int
    level: int
    credits: int
    """Hundredths."""
    grade_step: int
    awarded_month: int

    @property
    def words(self) -> tuple[bytes, ...]:
        """The seven as ABI words, in the ledger's order."""
        return (
            self.outcome,
            self.claim,
            word(self.category),
            word(self.level),
            word(self.credits),
            word(self.grade_step),
            word(self.awarded_month),
        )

    @classmethod
    def of(cls, document: DocumentFacts, claim: bytes) -> Facts:
        """The facts of a document and the claim, which is not in it."""
        return cls(
            document.outcome,
            claim,
            document.category,
            document.level,
            document.credits,
            document.grade_step,
            document.awarded_month,
        )


class Leaf(Struct, frozen=True, gc=False):
    """A leaf and the two hashes it is made of besides the institution: 32 bytes each."""

    leaf: bytes
    commitment: bytes
    facts: bytes


class Opening(Struct, frozen=True):
    """Some of a leaf's facts opened, as the contracts take it."""

    commitment: bytes
    institution: bytes
    mask: int
    """Bit k opens fact k."""
    values: tuple[int, ...]
    """Of the opened facts, ascending."""
    salts: tuple[bytes, ...]
    """Of the opened facts, ascending."""
    digests: tuple[bytes, ...]
    """Of the closed facts, ascending."""


def field_salt(salt: bytes, index: int) -> bytes:
    """s(i) of the disclosable field ``index`` (0–8)."""
    return sha256(salt + _FIELD_BYTES[index])


def fact_salt(salt: bytes, index: int) -> bytes:
    """s(0xf0 + k) of the fact ``index`` (0–6)."""
    return sha256(salt + _FACT_BYTES[index])


def check_salt(salt: bytes) -> None:
    """Refuse what is no salt.

    Raises:
        BadSalt: other than 32 bytes.
    """
    if len(salt) != WORD:
        raise BadSalt(len(salt))


def field_digests(salt: bytes, fields: Sequence[bytes]) -> list[bytes]:
    """The nine field digests of the fields' canonical JSON."""
    return [sha256(own + f) for own, f in zip(sha256_each(salt, _FIELD_BYTES), fields, strict=True)]


def fact_digest(own_salt: bytes, value: bytes) -> bytes:
    """The digest of one fact: its own salt s(0xf0 + k) and its value as a word."""
    return keccak256(own_salt + value)


def fact_digests(salt: bytes, words: Sequence[bytes]) -> list[bytes]:
    """The seven fact digests of the facts' words."""
    return [keccak256(own + w) for own, w in zip(sha256_each(salt, _FACT_BYTES), words, strict=True)]


def commitment_hash(body: bytes, digests: Sequence[bytes]) -> bytes:
    """The commitment of a body (canonical JSON) and its nine field digests."""
    return keccak256(CREDENTIAL_TAG + sha256(body) + sha256(b"".join(digests)))


def facts_hash(digests: Sequence[bytes]) -> bytes:
    """The hash of the seven fact digests."""
    return keccak256(FACTS_TAG + b"".join(digests))


def leaf_hash(commitment: bytes, institution: bytes, facts: bytes) -> bytes:
    """The leaf: hashed twice, as OpenZeppelin's StandardMerkleTree does, so that no inner node can pass for one."""
    return keccak256(keccak256(LEAF_TAG + commitment + institution + facts))


def make_leaf(body: bytes, fields: Sequence[bytes], institution: bytes, words: Sequence[bytes], salt: bytes) -> Leaf:
    """The leaf of a credential: the hot path of issuance and of verification.

    Args:
        body: canonical JSON of the document without proof and disclosable fields.
        fields: canonical JSON of the nine disclosable fields, ``null`` where absent.
        institution: 32 bytes.
        words: the seven facts as words (``Facts.words``).
        salt: 32 bytes, a credential's own.

    Raises:
        BadSalt: other than 32 bytes.
    """
    check_salt(salt)
    commitment = commitment_hash(body, field_digests(salt, fields))
    facts = facts_hash(fact_digests(salt, words))
    return Leaf(leaf_hash(commitment, institution, facts), commitment, facts)


def open_facts(commitment: bytes, institution: bytes, facts: Facts, salt: bytes, mask: int) -> Opening:
    """Open the facts that ``mask`` names (bit k: fact k), as the contracts take an opening.

    Raises:
        BadMask: outside 0x00–0x7f.
        BadSalt: other than 32 bytes.
    """
    if not 0 <= mask <= _MAX_MASK:
        raise BadMask(mask)
    check_salt(salt)
    words = facts.words
    opened = [k for k in range(len(words)) if mask >> k & 1]
    digests = fact_digests(salt, words)
    return Opening(
        commitment=commitment,
        institution=institution,
        mask=mask,
        values=tuple(int.from_bytes(words[k], "big") for k in opened),
        salts=tuple(fact_salt(salt, k) for k in opened),
        digests=tuple(digests[k] for k in range(len(words)) if not mask >> k & 1),
    )


def opened_leaf(opening: Opening) -> bytes:
    """The leaf that an opening belongs to, as the contract recomputes it.

    Raises:
        BadMask: outside 0x00–0x7f, or other counts of values, salts and digests than it asks for.
    """
    count = opening.mask.bit_count() if 0 <= opening.mask <= _MAX_MASK else -1
    if len(opening.values) != count or len(opening.salts) != count or len(opening.digests) != len(FACT_NAMES) - count:
        raise BadMask(opening.mask)
    opened = iter(zip(opening.salts, opening.values, strict=True))
    closed = iter(opening.digests)
    digests = []
    for k in range(len(FACT_NAMES)):
        if opening.mask >> k & 1:
            own_salt, value = next(opened)
            digests.append(fact_digest(own_salt, word(value)))
        else:
            digests.append(next(closed))
    return leaf_hash(opening.commitment, opening.institution, facts_hash(digests))
