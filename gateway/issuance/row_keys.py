"""What makes a row the same row: the keyed digests that issuing is idempotent by.

The row key is institution and certificate number, or the whole row where there is no number; the row digest is always
the whole row. Both are HMAC-SHA256 cut to 16 bytes, under a key derived from the master key: without it nobody finds a
certificate in the database by guessing its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.keys.secrets import KeyedHash

if TYPE_CHECKING:
    from gateway.issuance.roster.rows import Offering, Row

TAG_BYTES: Final = 16
_UNIT: Final = "\x1f"
_GENERATED: Final = "HR"


class RowKeys:
    """Computes keys and digests of rows, and the certificate number of a row that has none."""

    def __init__(self, key: bytes) -> None:
        """Take the key for this purpose (``Purpose.ROW_INDEX``), 32 bytes."""
        self._hash = KeyedHash(key)
        self._offerings: dict[int, tuple[Offering, str]] = {}

    def of_number(self, institution: str, certificate_number: str) -> bytes:
        """The row key of a certificate number: how a certificate is found by its number."""
        return self._hash(f"{institution}\0number\0{certificate_number}".encode())[:TAG_BYTES]

    def of_row(self, row: Row) -> tuple[bytes, bytes, str]:
        """Row key, row digest, and the certificate number: the row's own, or one that follows from the whole row."""
        known = self._offerings.get(id(row.offering))
        if known is None:
            # The offering is kept beside its text, so that nothing else ever gets its id.
            known = self._offerings[id(row.offering)] = (row.offering, _text_of(row.offering))
        offering, text = known
        # A row without an end has the digest that it always had.
        ending = () if row.valid_until is None else (str(row.valid_until.toordinal()),)
        text = _UNIT.join(
            (
                text,
                row.name,
                row.document_type.value,
                row.number,
                row.grade,
                str(row.awarded_on.toordinal()),
                row.certificate_number,
                *ending,
            )
        )
        whole = self._hash(text.encode())
        digest = whole[:TAG_BYTES]
        number = row.certificate_number or _GENERATED + whole[TAG_BYTES:].hex()[:20].upper()
        return self.of_number(offering.institution, number), digest, number


def _text_of(offering: Offering) -> str:
    return _UNIT.join(
        (
            f"{offering.institution}\0whole\0{offering.outcome_code}",
            offering.outcome_name,
            f"{offering.category.value} {offering.level} {offering.credits}",
            offering.framework,
            offering.framework_level,
            offering.hours,
        )
    )
