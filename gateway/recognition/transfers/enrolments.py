"""Who studies where, as the chain has it: a pseudonym of a student in a programme, an institution's own.

enrolment_of(key, institution, "20260001", programme)
"""

from __future__ import annotations

from gateway.domain.hashing import hmac_sha256
from gateway.domain.identifiers import normalise
from gateway.domain.text import read_text


def enrolment_of(key: bytes, institution: bytes, student: str, programme: bytes) -> bytes:
    """The pseudonym of a student of ``institution`` in a programme (32 bytes each): ledger.md, Identifiers.

    So neither members nor sources learn who studies where.

    Args:
        key: of the centre, for enrolments alone; the institution's own is derived from it.
        institution: 32 bytes.
        student: the institution's own number of the student, as a text.
        programme: 32 bytes.

    Raises:
        TextError: no number that could be written down.
    """
    return hmac_sha256(hmac_sha256(key, institution), student_number(student).encode() + programme)


def student_number(text: str) -> str:
    """A student's number in its one spelling: full-width forms, small letters and blanks make no other student.

    Raises:
        TextError: no number that could be written down.
    """
    return "".join(normalise(read_text(text)).text.split())
