"""Who: institutions, learners' documents, and how identifiers are cleaned before they are read.

Constructors are strict. What people type (full-width digits, a lower-case x, stray spaces) goes
through :func:`normalise` first, which says whether it changed anything, so that a report can say so.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import Final, Self

from gateway.domain.errors import DomainError
from gateway.domain.hashing import WORD
from gateway.domain.provinces import PROVINCE_DIGITS, Province

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: digits and capital letters without I, O, Z, S, V."""
_USCC_LENGTH: Final = 18
_USCC_VALUES: Final = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(_USCC_LENGTH - 1))
_NATIONAL_DIGITS: Final = "10"
"""Region digits of bodies registered nationally: a code, but of no one province."""

_RESIDENT_FORM: Final = re.compile(r"[0-9]{17}[0-9X]\Z", re.ASCII)
_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_EXCESS: Final = ord("0") * sum(_RESIDENT_WEIGHTS)
_RESIDENT_CHECK: Final = "10X98765432"
_RESIDENT_TAIWAN: Final = "83"
"""Residence permits of Taiwan residents are numbered 83…, outside GB/T 2260."""

_SPREADSHEET: Final = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+\Z", re.ASCII)
_INVISIBLE: Final = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


class IdentifierError(DomainError):
    """The family of malformed identifiers; their values are personal or institutional data."""

    code = "identifier"


class UsccMalformed(IdentifierError):
    """A unified social credit code with a wrong length or a letter GB 32100 leaves out."""

    code = "identifier.uscc.form"
    zh = "统一社会信用代码“{value}”应为 18 位数字或大写字母（不含 I、O、Z、S、V）"
    en = "the credit code {value!r} must be 18 digits or capital letters other than I, O, Z, S, V"
    hint_zh = "请对照法人证书核对"
    hint_en = "compare it with the certificate of the legal person"


class UsccCheckCharacter(IdentifierError):
    """A unified social credit code whose last character does not check."""

    code = "identifier.uscc.check"
    zh = "统一社会信用代码“{value}”的校验码应为 {expected}"
    en = "the check character of the credit code {value!r} should be {expected}"
    hint_zh = "某一位可能写错，请对照法人证书核对"
    hint_en = "a character is probably mistyped; compare it with the certificate"


class UsccProvince(IdentifierError):
    """A unified social credit code whose 3rd and 4th digits name no province."""

    code = "identifier.uscc.province"
    zh = "统一社会信用代码“{value}”的第 3、4 位不是省级代码"
    en = "the 3rd and 4th digits of the credit code {value!r} name no province"
    hint_zh = "请对照法人证书核对"
    hint_en = "compare it with the certificate of the legal person"


class DocumentNumberError(IdentifierError):
    """The family of what is wrong with a learner's document number."""

    code = "identifier.number"
    sensitive = True


class SpreadsheetDamage(DocumentNumberError):
    """A number that a spreadsheet turned into scientific notation: its last digits are lost."""

    code = "identifier.number.spreadsheet"
    zh = "证件号码“{value}”被电子表格转成了科学计数法，末尾数字已丢失"
    en = "the document number {value!r} was turned into scientific notation; digits are lost"
    hint_zh = "请把该列设为文本格式，并重新填写原号码"
    hint_en = "format the column as text and enter the number again from its source"


class ResidentNumberMalformed(DocumentNumberError):
    """Not 17 digits and a digit or X."""

    code = "identifier.resident.form"
    zh = "居民身份证号码“{value}”应为 17 位数字加 1 位数字或 X"
    en = "the resident number {value!r} must be 17 digits and a digit or X"
    hint_zh = "请对照身份证核对"
    hint_en = "compare it with the identity card"


class ResidentNumberProvince(DocumentNumberError):
    """The two leading digits name no province."""

    code = "identifier.resident.province"
    zh = "居民身份证号码“{value}”的前两位不是省级代码"
    en = "the first two digits of the resident number {value!r} name no province"
    hint_zh = "请对照身份证核对"
    hint_en = "compare it with the identity card"


class ResidentNumberBirthDate(DocumentNumberError):
    """The eight digits of the birth date are no date of the calendar."""

    code = "identifier.resident.date"
    zh = "居民身份证号码“{value}”中的出生日期不存在"
    en = "the birth date within the resident number {value!r} does not exist"
    hint_zh = "请对照身份证核对"
    hint_en = "compare it with the identity card"


class ResidentNumberCheckCharacter(DocumentNumberError):
    """The last character does not check (GB 11643)."""

    code = "identifier.resident.check"
    zh = "居民身份证号码“{value}”的校验码应为 {expected}"
    en = "the check character of the resident number {value!r} should be {expected}"
    hint_zh = "某一位可能写错，请对照身份证核对"
    hint_en = "a digit is probably mistyped; compare it with the identity card"


class TravelDocumentMalformed(DocumentNumberError):
    """A passport or permit number of the wrong form."""

    code = "identifier.document.form"
    zh = "证件号码“{value}”不符合证件类型 {kind} 的格式"
    en = "the number {value!r} does not have the form of a {kind} document"
    hint_zh = "请核对证件类型（ID、PP、HK、TW）与号码"
    hint_en = "check the document type (ID, PP, HK, TW) and the number"


@dataclass(frozen=True, slots=True)
class Normalised:
    """An identifier after cleaning, and whether cleaning changed it."""

    text: str
    changed: bool


def normalise(text: str) -> Normalised:
    """Full-width forms to ASCII (NFKC), no invisible or outer white space, capital letters."""
    clean = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip().upper()
    return Normalised(clean, clean != text)


def uscc_check_character(first17: str) -> str:
    """The 18th character of GB 32100 for the 17 before it (all in :data:`USCC_ALPHABET`)."""
    total = sum(_USCC_VALUES[character] * weight for character, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True, slots=True, order=True)
class Uscc:
    """A valid unified social credit code (GB 32100): the name of an institution.

    Raises:
        UsccMalformed: wrong length or alphabet.
        UsccProvince: the 3rd and 4th digits name no province (nor "10", national bodies).
        UsccCheckCharacter: the 18th character does not check.
    """

    text: str

    def __post_init__(self) -> None:
        text = self.text
        if len(text) != _USCC_LENGTH or any(c not in _USCC_VALUES for c in text):
            raise UsccMalformed(text)
        if text[2:4] not in PROVINCE_DIGITS and text[2:4] != _NATIONAL_DIGITS:
            raise UsccProvince(text)
        expected = uscc_check_character(text[:17])
        if text[17] != expected:
            raise UsccCheckCharacter(text, expected=expected)

    @classmethod
    def from_word(cls, word: bytes) -> Self:
        """Read the ledger's form: 18 ASCII characters, left-aligned in 32 bytes, zero-padded.

        Raises:
        UsccMalformed: other bytes than these.
        """
        if len(word) != WORD or any(word[_USCC_LENGTH:]) or not word.isascii():
            raise UsccMalformed("0x" + word.hex())
        return cls(word[:_USCC_LENGTH].decode("ascii"))

    @property
    def word(self) -> bytes:
        """The ledger's ``bytes32``."""
        return self.text.encode("ascii").ljust(WORD, b"\0")

    @property
    def province(self) -> Province | None:
        """The province of the 3rd and 4th digits; None for bodies registered nationally."""
        return PROVINCE_DIGITS.get(self.text[2:4])

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def institution_word(code: str) -> bytes:
    """The ledger's ``bytes32`` of a valid code; a few hundred institutions come back millions of times.

    Raises:
        IdentifierError: the code is not valid, one class a reason.
    """
    return Uscc(code).word


class DocumentType(StrEnum):
    """What kind of document names a learner: two ASCII letters, part of the claim's message."""

    RESIDENT = "ID"
    """Resident identity card (GB 11643), residence permits numbered alike included."""
    PASSPORT = "PP"
    HONG_KONG_MACAO = "HK"
    """Mainland travel permit for Hong Kong and Macao residents."""
    TAIWAN = "TW"
    """Mainland travel permit for Taiwan residents."""


_TRAVEL_FORMS: Final = {
    DocumentType.PASSPORT: re.compile(r"[A-Z0-9]{5,20}\Z", re.ASCII),
    DocumentType.HONG_KONG_MACAO: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?\Z", re.ASCII),
    DocumentType.TAIWAN: re.compile(r"[0-9]{8}(?:[0-9]{2})?\Z", re.ASCII),
}


def check_resident_number(number: str) -> None:
    """Refuse what is no resident number of GB 11643.

    Raises:
        DocumentNumberError: form, province, date or check character, one class each; a number that a spreadsheet
            damaged is told apart.
    """
    if _RESIDENT_FORM.match(number) is None:
        if _SPREADSHEET.match(number):
            raise SpreadsheetDamage(number)
        raise ResidentNumberMalformed(number)
    if number[:2] not in PROVINCE_DIGITS and number[:2] != _RESIDENT_TAIWAN:
        raise ResidentNumberProvince(number)
    try:
        dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ResidentNumberBirthDate(number) from None
    # The weights end before the check character; the ASCII codes of digits are 48 too great.
    total = sum(map(mul, number.encode("ascii"), _RESIDENT_WEIGHTS)) - _RESIDENT_EXCESS
    expected = _RESIDENT_CHECK[total % 11]
    if number[17] != expected:
        raise ResidentNumberCheckCharacter(number, expected=expected)


@dataclass(frozen=True, slots=True)
class LearnerDocument:
    """A learner's document: its type and its valid number. The claim is computed from it.

    Raises:
        DocumentNumberError: the number is not one of that type.
    """

    kind: DocumentType
    number: str

    def __post_init__(self) -> None:
        if self.kind is DocumentType.RESIDENT:
            check_resident_number(self.number)
            return
        if _TRAVEL_FORMS[self.kind].match(self.number) is None:
            if _SPREADSHEET.match(self.number):
                raise SpreadsheetDamage(self.number)
            raise TravelDocumentMalformed(self.number, kind=self.kind.value)

    def __repr__(self) -> str:
        """Without the number: representations end in logs and tracebacks."""
        return f"LearnerDocument({self.kind.value}, ***)"
