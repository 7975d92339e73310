"""A credential: read strictly, written canonically, its facts by one rule each.

credential = Credential.parse(data)      # raises JsonRefused or MalformedDocument
credential.facts().credits               # hundredths
credential.canonical                     # RFC 8785 of the whole document, proofs included
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import msgspec
from msgspec import UNSET

from gateway.domain import schema
from gateway.domain.claims import outcome_word
from gateway.domain.credits import award_date, awarded_month, grade_step, hundredths
from gateway.domain.crosswalk import Category
from gateway.domain.errors import DomainError, cause_of
from gateway.domain.frame import NULL, Frame
from gateway.domain.identifiers import Uscc, institution_word
from gateway.domain.strict_json import JsonLimits
from gateway.domain.validity import check_order
from gateway.domain.wire import MalformedDocument, convert, encode, plain_number, read_strict

MAX_DOCUMENT_BYTES: Final = 65_536
"""A credential is about 1.4 kB; evidence and proofs have room."""

_DECODER: Final = msgspec.json.Decoder(schema.CredentialDocument)
_LIMITS: Final = JsonLimits(max_bytes=MAX_DOCUMENT_BYTES)


class DocumentFacts(msgspec.Struct, frozen=True, gc=False):
    """What the ledger needs to know of a credential, out of the document alone (the claim is not in it)."""

    institution: bytes
    """32 bytes: the issuer's USCC, left-aligned."""
    outcome: bytes
    """32 bytes: keccak256 of the outcome's code."""
    category: int
    level: int
    credits: int
    """Hundredths."""
    grade_step: int
    awarded_month: int
    """Months since 1970-01 in UTC+8."""


class Credential(msgspec.Struct, frozen=True, gc=False):
    """A well-formed credential. Make it by :meth:`parse`, :meth:`from_document` or :meth:`checked`."""

    document: schema.CredentialDocument
    awarded: dt.date
    """The civil date (UTC+8) of the award: ``validFrom``."""
    body: bytes
    """RFC 8785 of the document without proofs and disclosable fields."""
    fields: tuple[bytes, ...]
    """RFC 8785 of the nine disclosable fields in the ledger's order; ``null`` for one that is absent."""
    _facts: DocumentFacts
    _around_proof: tuple[bytes, bytes]

    @classmethod
    def parse(cls, data: bytes) -> Credential:
        """Read a credential from JSON in UTF-8.

        Raises:
            JsonRefused: malformed or ambiguous JSON (duplicate keys, null, depth, size …).
            MalformedDocument: another shape; the message names the place.
        """
        return read_strict(data, _DECODER, cls.checked, lambda credential: credential.canonical, _LIMITS)

    @classmethod
    def from_document(cls, document: object) -> Credential:
        """Take a parsed JSON document (of ``parse_json_strict``, so that no key was lost on the way).

        Raises:
            NotCanonicalisable: a value that JSON cannot carry.
            MalformedDocument: another shape; the message names the place.
        """
        return cls.checked(convert(document, _DECODER))

    @classmethod
    def checked(cls, document: schema.CredentialDocument) -> Credential:
        """Refuse what the decoder's types cannot say; the facts' rules are part of the shape.

        Raises:
            MalformedDocument: as they say.
        """
        subject = document.credential_subject
        if (amount := plain_number(subject.credits_earned)) is not subject.credits_earned:
            subject = msgspec.structs.replace(subject, credits_earned=amount)
            document = msgspec.structs.replace(document, credential_subject=subject)
        name, number = document.credential_subject.identifier
        if name.hashed or not number.hashed:
            raise MalformedDocument("hashed - at `$.credentialSubject.identifier`")
        status = document.credential_status
        if status.id != f"{status.status_list_credential}#{status.status_list_index}":
            raise MalformedDocument("id - at `$.credentialStatus`")
        uscc, achievement = document.issuer.other_identifier[0].identifier, document.credential_subject.achievement
        if achievement.id != f"{schema.OUTCOME_PREFIX}{uscc}:{achievement.human_code}":
            raise MalformedDocument("id - at `$.credentialSubject.achievement`")
        try:
            awarded = award_date(document.valid_from)
            facts = _facts_of(document, uscc, awarded)
            if document.valid_until is not UNSET:
                check_order(awarded, document.valid_until)
        except MalformedDocument:
            raise
        except DomainError as error:
            raise MalformedDocument(cause_of(error), cause=error.code) from error
        frame, fields = Frame.of(document), _fields_of(document)
        return cls(document, awarded, frame.body(), fields, facts, frame.around_proof(fields))

    @property
    def uscc_text(self) -> str:
        """The issuing institution's unified social credit code."""
        return self.document.issuer.other_identifier[0].identifier

    @property
    def uscc(self) -> Uscc:
        """The same as a value."""
        return Uscc(self.uscc_text)

    @property
    def valid_until(self) -> str | None:
        """``validUntil``, a time with its offset: the latest moment at which it is valid; None where it has no end."""
        until = self.document.valid_until
        return None if until is UNSET else until

    @property
    def crosswalk_version(self) -> str:
        """The crosswalk's version that the level was found under."""
        return self.document.credential_subject.achievement.alignment[1].target_url[len(schema.CROSSWALK_PREFIX) :]

    def facts(self) -> DocumentFacts:
        """The facts of the document, by the ledger's one rule each."""
        return self._facts

    @property
    def canonical(self) -> bytes:
        """RFC 8785 of the whole document, proofs included."""
        proofs = self.document.proof
        if proofs is UNSET:
            return self.unsecured
        before, after = self._around_proof
        return b'%b,"proof":%b%b' % (before, encode(proofs), after)

    @property
    def unsecured(self) -> bytes:
        """RFC 8785 of the document without its proofs: what a Data Integrity proof signs."""
        before, after = self._around_proof
        return before + after

    @property
    def body_document(self) -> schema.Body:
        """The document without proofs and disclosable fields."""
        document = self.document
        return schema.Body(
            context=document.context,
            credential_status=document.credential_status,
            credential_subject=schema.BodySubject(type=document.credential_subject.type),
            id=document.id,
            issuer=document.issuer,
            type=document.type,
            valid_until=document.valid_until,
        )


def _facts_of(document: schema.CredentialDocument, uscc: str, awarded: dt.date) -> DocumentFacts:
    subject = document.credential_subject
    category, level = achievement_levels(subject.achievement)
    return DocumentFacts(
        institution=institution_word(uscc),
        outcome=outcome_word(subject.achievement.human_code),
        category=category,
        level=level,
        credits=hundredths(subject.credits_earned),
        grade_step=grade_step(None if subject.result is UNSET else subject.result[0].value),
        awarded_month=awarded_month(awarded),
    )


def _fields_of(document: schema.CredentialDocument) -> tuple[bytes, ...]:
    subject = document.credential_subject
    name, number = subject.identifier
    return (
        encode(document.name),
        encode(document.valid_from),
        encode(name),
        encode(number),
        encode(subject.license_number),
        encode(subject.achievement),
        encode(subject.credits_earned),
        NULL if subject.result is UNSET else encode(subject.result),
        NULL if document.evidence is UNSET else encode(document.evidence),
    )


def achievement_levels(achievement: schema.Achievement) -> tuple[int, int]:
    """Category and level of the alignments: category, level, hours, then the original framework, one each."""
    category, level, hours, original = achievement.alignment
    expected = (schema.CATEGORY_FRAMEWORK, schema.LEVEL_FRAMEWORK, schema.HOURS_FRAMEWORK)
    found = (category.target_framework, level.target_framework, hours.target_framework)
    place = "at `$.credentialSubject.achievement.alignment`"
    if found != expected or original.target_framework.startswith("huren:"):
        raise MalformedDocument(f"category, level, hours and the original framework, in this order - {place}")
    url = category.target_url
    if not url == level.target_url == hours.target_url == original.target_url or _CROSSWALK.match(url) is None:
        raise MalformedDocument(f"one version of the crosswalk - {place}")
    if _HOURS.match(hours.target_code) is None:
        raise MalformedDocument(f"hours as a decimal number - {place}")
    if category.target_code not in _CATEGORIES or level.target_code not in _LEVELS:
        raise MalformedDocument(f"category 1–3 and level 1–10 - {place}")
    return _CATEGORIES[category.target_code], _LEVELS[level.target_code]


_CROSSWALK: Final = re.compile(r"urn:huren:crosswalk:[0-9A-Za-z.-]{1,32}\Z", re.ASCII)
_HOURS: Final = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,4})?\Z", re.ASCII)
_CATEGORIES: Final = {str(category.value): category.value for category in Category}
_LEVELS: Final = {str(level): level for level in range(1, 11)}
