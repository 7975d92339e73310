"""What the office checks of each transfer that a centre opened, and what it keeps of it: outcomes and keyed digests.

1 the document is well-formed, its leaf is that of the transfer, and it verifies · 2 the facts that the request opened
are the document's · 3 the number is one of its kind, and the document commits to it · 4 the claim recomputed from the
person's key is the one on the chain · 5 one document number has one person's key, and one certificate number one claim,
over all answers.

Names, numbers, documents and persons' keys are looked at and forgotten. Kept are 16 bytes each of HMAC-SHA256 under a
key that follows from the office's own (`Tags`), so that step 5 reaches over answers and samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.audit.findings.numbers import folded
from gateway.audit.samples.errors import SampleUncheckable
from gateway.audit.samples.words import FINDINGS
from gateway.domain.claims import claim
from gateway.domain.errors import HurenError, cause_of
from gateway.domain.hashing import hmac_sha256
from gateway.domain.identifiers import DocumentType, LearnerDocument, institution_word
from gateway.domain.issue import number_commitment
from gateway.domain.receipt import Certificate
from gateway.domain.rule import CATEGORY, CREDITS, GRADE, LEVEL, MONTH
from gateway.domain.verdict import Kind
from gateway.store.models import SampleState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.samples.answers import Answered, Opened
    from gateway.audit.samples.draw import Name
    from gateway.domain.verdict import Verdict
    from gateway.ledger.transfer_rows import TransferRow

_TAG: Final = 16
_AGAINST: Final = frozenset({Kind.INVALID, Kind.UNTRUSTED_ISSUER, Kind.NOT_FOUND})
_SINCE: Final = frozenset({Kind.REVOKED, Kind.SUSPENDED, Kind.EXPIRED})


class Verifying(Protocol):
    """What verifies a certificate file."""

    def by_file(self, data: bytes) -> Verdict:
        """The verdict."""


class Known(NamedTuple):
    """What is kept of an earlier answer that shares a digest with this one."""

    transfer: Name
    claim: bytes
    person: bytes
    document: bytes
    paper: bytes


class Kept(Protocol):
    """What the office holds: transfers, aliases, and the digests of earlier answers."""

    def transfer(self, name: Name) -> TransferRow | None:
        """A transfer of the index."""

    def canonical(self, institution: str, outcome: bytes) -> tuple[str, bytes]:
        """The institution and outcome under which an outcome's claims are made."""

    def known(self, document: bytes, paper: bytes) -> Iterable[Known]:
        """Earlier answers with that document or paper."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a transfer."""

    transfer: Name
    state: SampleState
    findings: tuple[dict[str, str], ...]
    person: bytes | None = None
    document: bytes | None = None
    paper: bytes | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The columns of `SampleTransfer`."""
        return {
            "state": self.state,
            "findings": orjson.dumps(self.findings).decode() if self.findings else None,
            "person_tag": self.person,
            "document_tag": self.document,
            "paper_tag": self.paper,
        }


class Tags:
    """Keyed digests by which something is known again, and from which nothing follows without the office's key."""

    def __init__(self, office_key: bytes) -> None:
        """Derive the key from the office's private key (32 bytes)."""
        self._key = HKDF(SHA256(), 32, salt=None, info=b"huren.sample.tags.v1").derive(office_key)

    def of(self, what: str, value: bytes) -> bytes:
        """16 bytes."""
        return hmac_sha256(self._key, what.encode() + b"\0" + value)[:_TAG]


class SampleCheck:
    """Checks answers."""

    def __init__(self, kept: Kept, verifier: Verifying, tags: Tags) -> None:
        """Hold them against ``kept``, verify documents by ``verifier``, remember by ``tags``."""
        self._kept = kept
        self._verifier = verifier
        self._tags = tags

    def check(self, answers: Sequence[Answered], asked: Iterable[Name]) -> list[Outcome]:
        """What came of each transfer that was asked for; others are passed over.

        Raises:
            SampleUncheckable: a document cannot be verified now.
        """
        wanted = set(asked)
        now: list[Known] = []
        outcomes = []
        for answered in answers:
            if answered.transfer not in wanted:
                continue
            wanted.discard(answered.transfer)
            if answered.opened is None:
                said = (answered.refusal,) if answered.refusal is not None else ()
                outcomes.append(Outcome(answered.transfer, SampleState.REFUSED, said))
                continue
            outcomes.append(self._one(answered.transfer, answered.opened, now))
        return outcomes

    def _one(self, name: Name, opened: Opened, now: list[Known]) -> Outcome:
        row = self._kept.transfer(name)
        try:
            certificate = Certificate.parse(opened.certificate)
            leaf = certificate.leaf().leaf
        except HurenError:
            return Outcome(name, SampleState.WRONG, (FINDINGS["document"],))
        if row is None or leaf != row.leaf:
            return Outcome(name, SampleState.WRONG, (FINDINGS["leaf"],))
        credential = certificate.credential
        paper = f"{credential.uscc_text}\0{folded(credential.document.credential_subject.license_number)}"
        tags = Known(
            name,
            row.claim,
            self._tags.of("person", opened.inner_key),
            self._tags.of("document", f"{row.source}\0{opened.kind}\0{opened.number}".encode()),
            self._tags.of("paper", paper.encode()),
        )
        codes = [
            *self._document(name, opened),
            *_facts(row, certificate),
            *_number(opened, certificate),
            *self._claim(row, opened, certificate),
            *self._consistent(tags, now),
        ]
        now.append(tags)
        wrong = any(code not in _NOTES for code in codes)
        state = SampleState.WRONG if wrong else SampleState.RIGHT
        findings = tuple(FINDINGS[code] for code in codes)
        return Outcome(name, state, findings, tags.person, tags.document, tags.paper)

    def _document(self, name: Name, opened: Opened) -> list[str]:
        verdict = self._verifier.by_file(opened.certificate)
        if verdict.kind is Kind.CANNOT_CHECK:
            raise SampleUncheckable("-".join(map(str, name)), why=cause_of(verdict.reason))
        if verdict.kind in _AGAINST:
            return ["verdict"]
        return ["status"] if verdict.kind in _SINCE else []

    def _claim(self, row: TransferRow, opened: Opened, certificate: Certificate) -> list[str]:
        facts = certificate.receipt.facts
        institution, outcome = self._kept.canonical(row.institution, facts.outcome)
        computed = claim(opened.inner_key, institution_word(institution), outcome)
        return [] if computed == facts.claim == row.claim else ["claim"]

    def _consistent(self, tags: Known, now: Sequence[Known]) -> list[str]:
        codes: dict[str, None] = {}
        for other in (*self._kept.known(tags.document, tags.paper), *now):
            if other.transfer == tags.transfer:
                continue
            if other.document == tags.document and other.person != tags.person:
                codes["person"] = None
            if other.paper == tags.paper and other.claim != tags.claim:
                codes["paper"] = None
        return list(codes)


_NOTES: Final = frozenset({"status"})
"""What is told and does not make an answer wrong."""


def _facts(row: TransferRow, certificate: Certificate) -> list[str]:
    """The facts that the request opened are the document's."""
    facts = certificate.receipt.facts
    opened = (
        (CATEGORY, row.category, facts.category),
        (LEVEL, row.level, facts.level),
        (CREDITS, row.credits, facts.credits),
        (GRADE, row.grade, facts.grade_step),
        (MONTH, row.month, facts.awarded_month),
    )
    same = row.outcome == facts.outcome and all(
        told == own for fact, told, own in opened if row.mask >> fact & 1 and told is not None
    )
    return [] if same else ["facts"]


def _number(opened: Opened, certificate: Certificate) -> list[str]:
    """The number is one of its kind, and the certificate commits to it."""
    try:
        document = LearnerDocument(DocumentType(opened.kind), opened.number)
    except (HurenError, ValueError):
        return ["number"]
    _, identity = certificate.credential.document.credential_subject.identifier
    return [] if number_commitment(document, opened.opening) == identity.identity_hash else ["commitment"]
