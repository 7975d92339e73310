"""What was learned, and whose it is: outcome codes and the claim that binds person and outcome.

The claim depends on the person and the outcome alone, never on the certificate: reissues, deleted
accounts and joint awards lead to the same 32 bytes, so that the ledger can lock an outcome once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

from gateway.domain.errors import DomainError
from gateway.domain.hashing import hmac_sha256, keccak256

if TYPE_CHECKING:
    from gateway.domain.identifiers import LearnerDocument

_OUTCOME_CODE: Final = re.compile(r"[A-Z0-9.-]{1,32}\Z", re.ASCII)


class OutcomeCodeMalformed(DomainError):
    """An outcome's code that is not of the ledger's form."""

    code = "identifier.outcome.form"
    zh = "成果编码“{value}”应为 1 至 32 个大写字母、数字、点或连字符"
    en = "the outcome code {value!r} must be 1 to 32 capital letters, digits, dots or hyphens"
    hint_zh = "例如 JS-ASC-4；可重复取得的成果请在编码中写明届次"
    hint_en = "for example JS-ASC-4; a repeatable outcome carries its edition in the code"


@dataclass(frozen=True, slots=True, order=True)
class OutcomeCode:
    """An outcome's code, unique within its institution: ``[A-Z0-9.-]{1,32}``.

    Raises:
        OutcomeCodeMalformed: any other text.
    """

    text: str

    def __post_init__(self) -> None:
        if _OUTCOME_CODE.match(self.text) is None:
            raise OutcomeCodeMalformed(self.text)

    @classmethod
    def read(cls, text: str) -> Self:
        """The code of what a person typed: NFKC, outer white space removed.

        Raises:
            OutcomeCodeMalformed: no code after that either (small letters are not raised).
        """
        return cls(unicodedata.normalize("NFKC", text).strip())

    @property
    def word(self) -> bytes:
        """The ledger's ``bytes32``: keccak256 of the code."""
        return keccak256(self.text.encode("ascii"))

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=16_384)
def outcome_word(code: str) -> bytes:
    """The ledger's ``bytes32`` of a code; a region's few thousand outcomes come back millions of times.

    Raises:
        OutcomeCodeMalformed: the code is not of the ledger's form.
    """
    return OutcomeCode(code).word


def claim_key(pseudonym_key: bytes, document: LearnerDocument) -> bytes:
    """A person's key below the province's pseudonym key: HMAC over document type and number.

    It is as secret as the number: whoever has it can compute every claim of that person.
    """
    return hmac_sha256(pseudonym_key, (document.kind + document.number).encode("ascii"))


def claim(person_key: bytes, institution: bytes, outcome: bytes) -> bytes:
    """The claim of a person on an outcome: 32 bytes, the same for ever.

    ``person_key`` comes from :func:`claim_key`; ``institution`` and ``outcome`` are the canonical
    words of the ledger (32 bytes each).
    """
    return hmac_sha256(person_key, institution + outcome)
