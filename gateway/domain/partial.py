"""Partial certificates: the holder shows some fields, and nobody has to sign again.

Who is shown a part gets the body, the chosen fields with their s(i), the digests of the other fields, and the facts:
those that belong to shown fields opened, the others as digests. The same leaf comes out. Claim and salt stay with the
holder. There is no signature to check: the anchor stands for it.

    data = present(certificate, ["/name", "/credentialSubject/creditsEarned"]).to_json()
    Presentation.parse(data).leaf()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Struct

from gateway.domain.claims import outcome_word
from gateway.domain.credential import achievement_levels
from gateway.domain.credits import award_date, awarded_month, grade_step, hundredths
from gateway.domain.errors import DomainError, cause_of
from gateway.domain.evidence import split
from gateway.domain.hashing import hex0x, sha256, word
from gateway.domain.identifiers import institution_word
from gateway.domain.leaf import (
    DISCLOSABLE,
    FACT_NAMES,
    Leaf,
    commitment_hash,
    fact_digest,
    fact_digests,
    fact_salt,
    facts_hash,
    field_digests,
    field_salt,
    leaf_hash,
)
from gateway.domain.partial_schema import (
    FACT_MEMBERS,
    FIELD_MEMBERS,
    ClosedFacts,
    Hidden,
    OpenedFacts,
    PartialBody,
    PartialFacts,
    PresentationDocument,
    Salted,
    Shown,
)
from gateway.domain.receipt import Anchoring, FactMismatch
from gateway.domain.strict_json import JsonLimits
from gateway.domain.validity import check_order, valid_until_time
from gateway.domain.wire import MalformedDocument, decode_strict, encode, plain_number, read_hex

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.domain.receipt import Certificate

MAX_FILE_BYTES: Final = 131_072
_TYPE: Final = "HurenPartialCertificate"

SHORT_NAMES: Final = {
    "name": "/name",
    "validFrom": "/validFrom",
    "learner": "/credentialSubject/identifier/0",
    "number": "/credentialSubject/identifier/1",
    "licenseNumber": "/credentialSubject/licenseNumber",
    "achievement": "/credentialSubject/achievement",
    "creditsEarned": "/credentialSubject/creditsEarned",
    "result": "/credentialSubject/result",
    "evidence": "/evidence",
}
"""What a person may call a disclosable field; its JSON Pointer does too."""

_FACTS_OF_FIELD: Final = {1: (6,), 5: (0, 2, 3), 6: (4,), 7: (5,)}
"""Field (its place in ``DISCLOSABLE``) → the facts (places in ``FACT_NAMES``) that it says."""

_DECODER: Final = msgspec.json.Decoder(PresentationDocument)
_LIMITS: Final = JsonLimits(max_bytes=MAX_FILE_BYTES)


class UnknownField(DomainError):
    """A name that is no disclosable field's."""

    code = "present.field"
    zh = "“{value}”不是可选择披露的字段"
    en = "{value!r} is no field that can be shown by itself"
    hint_zh = "可用：{known}"
    hint_en = "known are: {known}"


class AbsentField(DomainError):
    """A field that this certificate does not have."""

    code = "present.absent"
    zh = "该证书没有字段“{value}”"
    en = "this certificate has no {value}"


def field_pointer(name: str) -> str:
    """The JSON Pointer of a disclosable field, by its short name or the pointer itself.

    Raises:
        UnknownField: neither.
    """
    pointer = SHORT_NAMES.get(name, name)
    if pointer not in DISCLOSABLE:
        raise UnknownField(name, known=", ".join(SHORT_NAMES))
    return pointer


class Presentation(Struct, frozen=True):
    """A partial certificate. Make it by :func:`present` or :meth:`parse`."""

    partial: PartialBody
    anchoring: Anchoring

    @classmethod
    def parse(cls, data: bytes) -> Presentation:
        """Read a partial certificate's file. Evidence of finality that it carries is not looked at.

        Raises:
            JsonRefused: malformed or ambiguous JSON.
            MalformedDocument, MalformedCid: another shape; a disclosable path left in the body is one.
        """
        file = decode_strict(split(data)[0], _DECODER, _LIMITS)
        partial, shown = file.partial, file.partial.shown
        if shown.credits_earned is not UNSET:
            amount = msgspec.structs.replace(shown.credits_earned, value=plain_number(shown.credits_earned.value))
            partial = msgspec.structs.replace(partial, shown=msgspec.structs.replace(shown, credits_earned=amount))
        presentation = cls(partial, Anchoring.from_document(file.receipt))
        presentation._check_shape()
        return presentation

    def to_json(self) -> bytes:
        """The file's bytes: canonical JSON."""
        return encode(PresentationDocument(self.partial, self.anchoring.to_document()))

    @property
    def shown(self) -> tuple[str, ...]:
        """The JSON Pointers of the fields that are shown."""
        fields = self.partial.shown
        return tuple(p for p, m in zip(DISCLOSABLE, FIELD_MEMBERS, strict=True) if getattr(fields, m) is not UNSET)

    @property
    def uscc_text(self) -> str:
        """The issuing institution's unified social credit code."""
        return self.partial.body.issuer.other_identifier[0].identifier

    def facts_compared(self) -> tuple[str, ...]:
        """The names of the facts that shown fields say; the others are "not compared"."""
        return tuple(FACT_NAMES[k] for k in self._opened())

    def _opened(self) -> list[int]:
        shown = set(self.shown)
        return sorted(k for i, facts in _FACTS_OF_FIELD.items() if DISCLOSABLE[i] in shown for k in facts)

    def _check_shape(self) -> None:
        """Each field is either shown or hidden; each fact is opened exactly where its field is shown.

        Raises:
            MalformedDocument: otherwise, or where a shown value breaks a rule of the credential's shape.
        """
        partial = self.partial
        for pointer, member in zip(DISCLOSABLE, FIELD_MEMBERS, strict=True):
            if (getattr(partial.shown, member) is UNSET) == (getattr(partial.hidden, member) is UNSET):
                raise MalformedDocument(f"either shown or hidden - at `{pointer}`")
        opened = self._opened()
        for k, member in enumerate(FACT_MEMBERS):
            is_open = getattr(partial.facts.opened, member, UNSET) is not UNSET
            if is_open != (k in opened) or is_open == (getattr(partial.facts.closed, member) is not UNSET):
                raise MalformedDocument(f"opened if its field is shown, else closed - at `$.partial.facts.{member}`")
        status = partial.body.credential_status
        if status.id != f"{status.status_list_credential}#{status.status_list_index}":
            raise MalformedDocument("id - at `$.partial.body.credentialStatus`")
        try:
            institution_word(self.uscc_text)
            self._said()
            self._check_dates()
        except MalformedDocument:
            raise
        except DomainError as error:
            raise MalformedDocument(cause_of(error), cause=error.code) from error

    @property
    def valid_until(self) -> str | None:
        """The latest moment at which it is valid, a time with its offset; None where it has no end. Never hidden."""
        until = self.partial.body.valid_until
        return None if until is UNSET else until

    def _check_dates(self) -> None:
        """The end is a time, and not before the award where that is shown."""
        until, awarded = self.partial.body.valid_until, self.partial.shown.valid_from
        if until is not UNSET and awarded is not UNSET:
            check_order(award_date(awarded.value), until)
        elif until is not UNSET:
            valid_until_time(until)

    def _said(self) -> dict[int, int]:
        """The facts (by place) that the shown fields say, as integers."""
        shown = self.partial.shown
        said: dict[int, int] = {}
        if shown.valid_from is not UNSET:
            said[6] = awarded_month(award_date(shown.valid_from.value))
        if shown.achievement is not UNSET:
            achievement = shown.achievement.value
            said[0] = int.from_bytes(outcome_word(achievement.human_code), "big")
            said[2], said[3] = achievement_levels(achievement)
        if shown.credits_earned is not UNSET:
            said[4] = hundredths(shown.credits_earned.value)
        if shown.result is not UNSET:
            said[5] = grade_step(shown.result.value[0].value)
        return said

    def leaf(self) -> Leaf:
        """Commitment, facts and leaf recomputed; opened facts held against the shown fields (verification step 2).

        Raises:
            FactMismatch: an opened fact, or the institution, that the shown fields and the body do not say.
            MalformedDocument: a word that is not written as it should be.
        """
        institution = institution_word(self.uscc_text)
        if institution != self.anchoring.institution:
            raise FactMismatch(hex0x(self.anchoring.institution), fact="institution", document=hex0x(institution))
        facts = facts_hash(self._fact_digests())
        commitment = commitment_hash(encode(self.partial.body), self._field_digests())
        return Leaf(leaf_hash(commitment, institution, facts), commitment, facts)

    def _field_digests(self) -> list[bytes]:
        digests = []
        for pointer, member in zip(DISCLOSABLE, FIELD_MEMBERS, strict=True):
            shown = getattr(self.partial.shown, member)
            if shown is UNSET:
                digests.append(read_hex(getattr(self.partial.hidden, member), pointer))
            else:
                digests.append(sha256(read_hex(shown.salt, pointer) + encode(shown.value)))
        return digests

    def _fact_digests(self) -> list[bytes]:
        said = self._said()
        digests = []
        for k, member in enumerate(FACT_MEMBERS):
            place = f"$.partial.facts.{member}"
            if k not in said:
                digests.append(read_hex(getattr(self.partial.facts.closed, member), place))
                continue
            opened = getattr(self.partial.facts.opened, member)
            value = int.from_bytes(read_hex(opened.value, place), "big") if k == 0 else opened.value
            if value != said[k]:
                raise FactMismatch(str(opened.value), fact=FACT_NAMES[k], document=str(said[k]))
            digests.append(fact_digest(read_hex(opened.salt, place), word(value)))
        return digests


def present(certificate: Certificate, show: Collection[str]) -> Presentation:
    """The partial certificate that shows the named fields (short names or JSON Pointers) and nothing else.

    Raises:
        UnknownField: a name that is no disclosable field's.
        AbsentField: a field that this certificate does not have.
        FactMismatch: the certificate itself does not hold together.
    """
    pointers = {field_pointer(name) for name in show}
    certificate.leaf()
    credential, receipt = certificate.credential, certificate.receipt
    document, subject, salt = credential.document, credential.document.credential_subject, receipt.salt
    name, number = subject.identifier
    values: tuple[Any, ...] = (
        document.name,
        document.valid_from,
        name,
        number,
        subject.license_number,
        subject.achievement,
        subject.credits_earned,
        subject.result,
        document.evidence,
    )
    digests = field_digests(salt, credential.fields)
    shown: dict[str, Any] = {}
    hidden: dict[str, str] = {}
    opened: set[int] = set()
    for i, (pointer, member) in enumerate(zip(DISCLOSABLE, FIELD_MEMBERS, strict=True)):
        if pointer not in pointers:
            hidden[member] = hex0x(digests[i])
            continue
        if values[i] is UNSET:
            raise AbsentField(pointer)
        shown[member] = Salted(hex0x(field_salt(salt, i)), values[i])
        opened.update(_FACTS_OF_FIELD.get(i, ()))
    facts = _part_facts(receipt.facts.words, salt, opened)
    partial = PartialBody(credential.body_document, facts, Hidden(**hidden), Shown(**shown), _TYPE, 1)
    return Presentation(partial, receipt.anchoring)


def _part_facts(words: tuple[bytes, ...], salt: bytes, opened: set[int]) -> PartialFacts:
    digests = fact_digests(salt, words)
    opened_members: dict[str, Any] = {}
    closed_members: dict[str, str] = {}
    for k, member in enumerate(FACT_MEMBERS):
        if k in opened:
            value = int.from_bytes(words[k], "big") if k else hex0x(words[k])
            opened_members[member] = Salted(hex0x(fact_salt(salt, k)), value)
        else:
            closed_members[member] = hex0x(digests[k])
    return PartialFacts(ClosedFacts(**closed_members), OpenedFacts(**opened_members))
