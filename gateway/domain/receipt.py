"""The anchor receipt and the certificate file (``*.huren.json``): a credential with all that proves it.

The receipt is detached: {version, chainId, registry, institution, root, facts with salt, proof, manifest, province,
sequence}. It holds the salt, so it is as private as the certificate; a partial certificate has a receipt of its own
without facts and salt (:mod:`gateway.domain.partial`).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from gateway.domain.credential import Credential, DocumentFacts
from gateway.domain.errors import AGAINST, DomainError
from gateway.domain.evidence import split
from gateway.domain.hashing import hex0x
from gateway.domain.leaf import Facts, Leaf, make_leaf
from gateway.domain.manifest import cid_digest
from gateway.domain.schema import CredentialDocument
from gateway.domain.strict_json import JsonLimits
from gateway.domain.tree import MAX_DEPTH
from gateway.domain.wire import encode, read_address, read_hex, read_strict

RECEIPT_VERSION: Final = 1
MAX_FILE_BYTES: Final = 131_072
"""A certificate file is about 4 kB."""

Word = Annotated[str, Meta(min_length=66, max_length=66)]
Positive = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Siblings = Annotated[tuple[Word, ...], Meta(max_length=MAX_DEPTH)]


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    """Members in the order of RFC 8785, as in ``schema``."""


class SaltedFacts(_Closed, frozen=True):
    """The seven facts and the salt, as JSON."""

    awarded_month: Annotated[int, Meta(ge=0, le=65_535)]
    category: Annotated[int, Meta(ge=1, le=3)]
    claim: Word
    credits: Annotated[int, Meta(ge=1, le=99_999)]
    grade_step: Annotated[int, Meta(ge=0, le=255)]
    level: Annotated[int, Meta(ge=1, le=10)]
    outcome: Word
    salt: Word


class AnchoringDocument(_Closed, frozen=True):
    """A receipt that opens nothing, as JSON: a partial certificate's."""

    chain_id: Positive
    institution: Word
    manifest: Annotated[str, Meta(max_length=100)]
    proof: Siblings
    province: Positive
    registry: Annotated[str, Meta(min_length=42, max_length=42)]
    root: Word
    sequence: Positive
    version: Literal[1]


class ReceiptDocument(_Closed, frozen=True):
    """A receipt, as JSON."""

    chain_id: Positive
    facts: SaltedFacts
    institution: Word
    manifest: Annotated[str, Meta(max_length=100)]
    proof: Siblings
    province: Positive
    registry: Annotated[str, Meta(min_length=42, max_length=42)]
    root: Word
    sequence: Positive
    version: Literal[1]


class Anchoring(Struct, frozen=True, gc=False):
    """Where a leaf is anchored: what a receipt says whether or not it opens anything."""

    chain_id: int
    registry: bytes
    """20 bytes: the CredentialRegistry that was anchored in."""
    institution: bytes
    root: bytes
    proof: tuple[bytes, ...]
    """Siblings, from the bottom."""
    manifest: str
    """CID."""
    province: int
    sequence: int
    """Of the Anchored event, in its province."""

    @classmethod
    def from_document(cls, document: AnchoringDocument | ReceiptDocument) -> Anchoring:
        """What a receipt's JSON says of the anchor.

        Raises:
            MalformedDocument: a word or address that is not written as it should be.
            MalformedCid: a manifest that is no CID of the one kind.
        """
        cid_digest(document.manifest)
        return cls(
            chain_id=document.chain_id,
            registry=read_address(document.registry, "$.receipt.registry"),
            institution=read_hex(document.institution, "$.receipt.institution"),
            root=read_hex(document.root, "$.receipt.root"),
            proof=tuple([read_hex(sibling, "$.receipt.proof") for sibling in document.proof]),
            manifest=document.manifest,
            province=document.province,
            sequence=document.sequence,
        )

    def to_document(self) -> AnchoringDocument:
        """Its JSON."""
        return AnchoringDocument(
            chain_id=self.chain_id,
            institution=hex0x(self.institution),
            manifest=self.manifest,
            proof=tuple(map(hex0x, self.proof)),
            province=self.province,
            registry=hex0x(self.registry),
            root=hex0x(self.root),
            sequence=self.sequence,
            version=RECEIPT_VERSION,
        )


class Receipt(Struct, frozen=True, gc=False):
    """A receipt: where the leaf is anchored, its facts, and the salt that ties them to the certificate."""

    anchoring: Anchoring
    facts: Facts
    salt: bytes

    @classmethod
    def from_document(cls, document: ReceiptDocument) -> Receipt:
        """The receipt of its JSON.

        Raises:
            MalformedDocument: a word or address that is not written as it should be.
            MalformedCid: a manifest that is no CID of the one kind.
        """
        facts = document.facts
        return cls(
            Anchoring.from_document(document),
            Facts(
                outcome=read_hex(facts.outcome, "$.receipt.facts.outcome"),
                claim=read_hex(facts.claim, "$.receipt.facts.claim"),
                category=facts.category,
                level=facts.level,
                credits=facts.credits,
                grade_step=facts.grade_step,
                awarded_month=facts.awarded_month,
            ),
            read_hex(facts.salt, "$.receipt.facts.salt"),
        )

    def to_document(self) -> ReceiptDocument:
        """Its JSON."""
        facts, anchor = self.facts, self.anchoring.to_document()
        return ReceiptDocument(
            chain_id=anchor.chain_id,
            facts=SaltedFacts(
                awarded_month=facts.awarded_month,
                category=facts.category,
                claim=hex0x(facts.claim),
                credits=facts.credits,
                grade_step=facts.grade_step,
                level=facts.level,
                outcome=hex0x(facts.outcome),
                salt=hex0x(self.salt),
            ),
            institution=anchor.institution,
            manifest=anchor.manifest,
            proof=anchor.proof,
            province=anchor.province,
            registry=anchor.registry,
            root=anchor.root,
            sequence=anchor.sequence,
            version=RECEIPT_VERSION,
        )


class _CertificateFile(_Closed, frozen=True):
    credential: CredentialDocument
    receipt: ReceiptDocument


def _parts_of(file: _CertificateFile) -> tuple[Credential, ReceiptDocument]:
    return Credential.checked(file.credential), file.receipt


def _written(parts: tuple[Credential, ReceiptDocument]) -> bytes:
    credential, receipt = parts
    return b'{"credential":%b,"receipt":%b}' % (credential.canonical, encode(receipt))


_DECODER: Final = msgspec.json.Decoder(_CertificateFile)
_LIMITS: Final = JsonLimits(max_bytes=MAX_FILE_BYTES)


class FactMismatch(DomainError):
    """A fact of the receipt that the document does not say (verification step 2)."""

    code = "facts.mismatch"
    exit_code = AGAINST
    zh = "链上事实“{fact}”为 {value}，而证书所载为 {document}"
    en = "the fact {fact} is {value}, while the document says {document}"
    hint_zh = "证书与链上登记不一致，请勿采信"
    hint_en = "the certificate and its registration disagree: do not rely on it"


class Certificate(Struct, frozen=True, gc=False):
    """A certificate file: {credential, receipt}."""

    credential: Credential
    receipt: Receipt

    @classmethod
    def parse(cls, data: bytes) -> Certificate:
        """Read a certificate file. Evidence of finality that it carries is not looked at (gateway.domain.evidence).

        Raises:
            JsonRefused: malformed or ambiguous JSON.
            MalformedDocument, MalformedCid: another shape.
        """
        credential, receipt = read_strict(split(data)[0], _DECODER, _parts_of, _written, _LIMITS)
        return cls(credential, Receipt.from_document(receipt))

    def to_json(self) -> bytes:
        """The file's bytes: canonical JSON."""
        return _written((self.credential, self.receipt.to_document()))

    def leaf(self) -> Leaf:
        """Commitment, facts and leaf recomputed, the facts held against the document (verification step 2).

        Raises:
            FactMismatch: a fact, or the institution, that the document does not say.
        """
        found = self.credential.facts()
        receipt = self.receipt
        check_facts(found, receipt.facts, receipt.anchoring.institution)
        credential = self.credential
        return make_leaf(credential.body, credential.fields, found.institution, receipt.facts.words, receipt.salt)


def check_facts(document: DocumentFacts, facts: Facts, institution: bytes) -> None:
    """Hold a receipt's facts and institution against the document's.

    Raises:
        FactMismatch: the first that differs.
    """
    registered = DocumentFacts(
        institution,
        facts.outcome,
        facts.category,
        facts.level,
        facts.credits,
        facts.grade_step,
        facts.awarded_month,
    )
    if document != registered:
        name = next(n for n in DocumentFacts.__struct_fields__ if getattr(document, n) != getattr(registered, n))
        raise FactMismatch(
            shown(getattr(registered, name)), fact=_JSON_NAMES.get(name, name), document=shown(getattr(document, name))
        )


_JSON_NAMES: Final = {"grade_step": "gradeStep", "awarded_month": "awardedMonth"}


def shown(value: bytes | int) -> str:
    """A fact as messages show it."""
    return hex0x(value) if isinstance(value, bytes) else str(value)
