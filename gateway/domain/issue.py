"""From what a roster says to a sealed credential: the hot path of issuance.

    template = Template(uscc, name, signer.did, list_url)      # once an institution, key and status list
    outcome  = OutcomeTemplate.of(outcome, uscc)               # once an outcome
    sealed   = template.seal(outcome, award, claim, salt)      # a credential: canonical bytes and its leaf
    document = sealed.signed(signer.prove(sealed.document, created))

What does not change from one credential to the next is encoded once; the rest is put between as bytes. A test holds
the outcome equal to the general path (``Credential.parse`` and ``make_leaf``) on generated credentials.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from gateway.domain import schema
from gateway.domain.claims import outcome_word
from gateway.domain.credits import PASSED, awarded_month, credits_json, grade_step, valid_from
from gateway.domain.crosswalk import CURRENT_VERSION, Category
from gateway.domain.frame import NULL, Frame
from gateway.domain.hashing import sha256, word
from gateway.domain.identifiers import DocumentType, institution_word
from gateway.domain.leaf import make_leaf
from gateway.domain.validity import valid_until
from gateway.domain.wire import encode

if TYPE_CHECKING:
    from gateway.domain.claims import OutcomeCode
    from gateway.domain.identifiers import LearnerDocument, Uscc

_IDENTITY_TYPES: Final = {
    DocumentType.RESIDENT: "nationalIdentityNumber",
    DocumentType.PASSPORT: "ext:PP",
    DocumentType.HONG_KONG_MACAO: "ext:HK",
    DocumentType.TAIWAN: "ext:TW",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can be learned at an institution."""

    code: OutcomeCode
    name: str
    category: Category
    level: int
    """The region's, 1–10: ``Crosswalk.regional_level(framework, framework_level)``."""
    framework: str
    framework_level: str
    hours: str
    """A decimal text, for example ``"192"``."""
    narrative: str = "考核合格"
    crosswalk_version: str = CURRENT_VERSION

    def achievement(self, uscc: str) -> schema.Achievement:
        """The outcome as the credential says it."""
        url = schema.CROSSWALK_PREFIX + self.crosswalk_version

        def alignment(framework: str, code: str, name: str) -> schema.Alignment:
            return schema.Alignment(
                target_code=code, target_framework=framework, target_name=name, target_url=url, type=("Alignment",)
            )

        level = str(self.level)
        return schema.Achievement(
            achievement_type="Certificate" if self.category is Category.VOCATIONAL else "Course",
            alignment=(
                alignment(schema.CATEGORY_FRAMEWORK, str(self.category.value), self.category.zh),
                alignment(schema.LEVEL_FRAMEWORK, level, level),
                alignment(schema.HOURS_FRAMEWORK, self.hours, self.hours),
                alignment(self.framework, self.framework_level, f"{self.framework} {self.framework_level}"),
            ),
            criteria=schema.Criteria(narrative=self.narrative),
            human_code=self.code.text,
            id=f"{schema.OUTCOME_PREFIX}{uscc}:{self.code.text}",
            name=self.name,
            type=("Achievement",),
        )


class OutcomeTemplate(Struct, frozen=True):
    """What the credentials of one outcome have in common."""

    name: bytes
    achievement: bytes
    """Canonical JSON, both."""
    outcome: bytes
    category: bytes
    level: bytes
    """Words of the ledger, the three."""

    @classmethod
    def of(cls, outcome: Outcome, uscc: Uscc) -> OutcomeTemplate:
        """The template of an outcome of an institution."""
        return cls(
            encode(outcome.name),
            encode(outcome.achievement(uscc.text)),
            outcome_word(outcome.code.text),
            word(outcome.category.value),
            word(outcome.level),
        )


class Award(Struct, frozen=True, gc=False):
    """What one row of a roster says, validated, and what issuance adds to it."""

    credential_id: str
    """``urn:uuid:…``"""
    learner_name: str
    number_commitment: str
    """Of :func:`number_commitment`."""
    document_type: DocumentType
    license_number: str
    credits: int
    """Hundredths."""
    awarded: dt.date
    """Civil date in UTC+8."""
    status_index: int
    """A free place of the status list."""
    result: str | None = PASSED
    """A decimal text from 0 to 100, 合格, or None where the award has no result."""
    evidence: tuple[schema.Evidence, ...] = ()
    until: dt.date | None = None
    """The last day, in UTC+8, on which it is valid; None where it has no end."""


class Sealed(Struct, frozen=True, gc=False):
    """An issued credential before its proof, and its leaf."""

    document: bytes
    """Canonical JSON without proof."""
    proof_at: int
    """Where in ``document`` the proof belongs."""
    leaf: bytes
    commitment: bytes
    facts: bytes

    def signed(self, proof: bytes) -> bytes:
        """Canonical JSON of the document with one proof (canonical JSON of an object, ``Signer.prove``)."""
        at = self.proof_at
        return b'%b,"proof":[%b]%b' % (self.document[:at], proof, self.document[at:])


def number_commitment(document: LearnerDocument, opening: bytes) -> str:
    """The commitment to a learner's number: ``sha256$`` and sha256(number ‖ opening) in hexadecimal.

    ``opening`` is 32 unpredictable bytes that are not in the credential: whoever shows them proves the number.
    """
    return "sha256$" + sha256(document.number.encode("ascii") + opening).hex()


# A batch repeats a few hundred amounts, dates and grades: each is written once, as JSON and as a word.
@lru_cache(maxsize=4096)
def _amount(credits_: int) -> tuple[bytes, bytes]:
    return credits_json(credits_).encode("ascii"), word(credits_)


@lru_cache(maxsize=4096)
def _awarded(award: dt.date) -> tuple[bytes, bytes]:
    return b'"%b"' % valid_from(award).encode("ascii"), word(awarded_month(award))


@lru_cache(maxsize=4096)
def _graded(result: str | None) -> tuple[bytes, bytes]:
    json = NULL if result is None else b'[{"type":["Result"],"value":%b}]' % encode(result)
    return json, word(grade_step(result))


@lru_cache(maxsize=4096)
def _ending(day: dt.date | None) -> bytes:
    return b"" if day is None else b'"%b"' % valid_until(day).encode("ascii")


class Template:
    """What the credentials of one institution, issuing key and status list have in common."""

    __slots__ = ("_identity", "_institution", "_issuer", "_list")

    def __init__(self, uscc: Uscc, issuer_name: str, did: str, status_list: str) -> None:
        """Take the institution, its name and did:key, and the address of the status list credential."""
        self._institution = institution_word(uscc.text)
        entry = schema.UsccEntry(identifier=uscc.text, identifier_type="ext:USCC", type="IdentifierEntry")
        issuer = schema.Issuer(id=did, name=issuer_name, other_identifier=(entry,), type=("Profile",))
        self._issuer = encode(issuer)
        self._list = encode(status_list)[1:-1]
        self._identity = {
            kind: b'","identityType":' + encode(name) + b',"type":"IdentityObject"}'
            for kind, name in _IDENTITY_TYPES.items()
        }

    def seal(self, outcome: OutcomeTemplate, award: Award, claim: bytes, salt: bytes) -> Sealed:
        """The credential of an award: its canonical JSON without proof, and its leaf.

        Args:
            outcome: the template of the award's outcome, of the same institution.
            award: validated; its texts are taken as they are.
            claim: 32 bytes.
            salt: 32 unpredictable bytes, this credential's own.

        Raises:
            BadSalt: the salt has another length.
            GradeMalformed, AwardedBefore1970: the award was not validated.
        """
        index = b"%d" % award.status_index
        status = (
            b'{"id":"%b#%b","statusListCredential":"%b","statusListIndex":"%b","statusPurpose":"revocation",'
            b'"type":"BitstringStatusListEntry"}' % (self._list, index, self._list, index)
        )
        frame = Frame(status, encode(award.credential_id), self._issuer, _ending(award.until))
        name = b'{"hashed":false,"identityHash":%b,"identityType":"name","type":"IdentityObject"}' % encode(
            award.learner_name
        )
        number = b'{"hashed":true,"identityHash":"%b%b' % (
            award.number_commitment.encode("ascii"),
            self._identity[award.document_type],
        )
        amount, amount_word = _amount(award.credits)
        awarded, month = _awarded(award.awarded)
        result, step = _graded(award.result)
        evidence = encode(award.evidence) if award.evidence else NULL
        fields = (
            outcome.name,
            awarded,
            name,
            number,
            encode(award.license_number),
            outcome.achievement,
            amount,
            result,
            evidence,
        )
        leaf = make_leaf(
            frame.body(),
            fields,
            self._institution,
            (
                outcome.outcome,
                claim,
                outcome.category,
                outcome.level,
                amount_word,
                step,
                month,
            ),
            salt,
        )
        before, after = frame.around_proof(fields)
        return Sealed(before + after, len(before), leaf.leaf, leaf.commitment, leaf.facts)
