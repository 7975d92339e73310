"""Where everything stands in a credential's canonical JSON: the one place that knows, for issuing and for reading.

A credential is a frame, which everyone sees who is shown any part of it, and nine disclosable fields set into it:

    frame.body()                                # what the commitment takes the frame's digest of
    before, after = frame.around_proof(fields)  # the whole document; proofs go in between

So each part is encoded once, for the leaf and for the document. Tests hold both equal to the general canonicaliser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import UNSET, Struct

from gateway.domain import schema
from gateway.domain.wire import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgspec import UnsetType

NULL: Final = b"null"
"""The JSON of a disclosable field that a credential does not have."""
_TYPES: Final = b'"type":' + encode(("VerifiableCredential", "OpenBadgeCredential"))
_SUBJECT_TYPE: Final = b'"type":["AchievementSubject"]}'
_CONTEXT: Final = b'{"@context":' + encode(schema.CONTEXTS)


class Frame(Struct, frozen=True, gc=False):
    """What of a credential is neither proof nor disclosable, as canonical JSON."""

    status: bytes
    """``credentialStatus``, an object."""
    id: bytes
    """``id``, a string."""
    issuer: bytes
    """``issuer``, an object."""
    until: bytes = b""
    """``validUntil``, a string; empty where it has no end."""

    @classmethod
    def of(cls, document: schema.CredentialDocument) -> Frame:
        """The frame of a document."""
        until: str | UnsetType = document.valid_until
        return cls(
            encode(document.credential_status),
            encode(document.id),
            encode(document.issuer),
            b"" if until is UNSET else encode(until),
        )

    def body(self) -> bytes:
        """RFC 8785 of the document without proofs and disclosable fields."""
        return b"%b%b,%b,%b%b}" % (self._beginning(), _SUBJECT_TYPE, self._identity(), _TYPES, self._ending())

    def around_proof(self, fields: Sequence[bytes]) -> tuple[bytes, bytes]:
        """RFC 8785 of the document without proofs, cut where ``proof`` belongs.

        Args:
            fields: canonical JSON of the nine disclosable fields in the ledger's order, ``NULL`` where absent.
        """
        name, valid_from, learner, number, license_number, achievement, amount, result, evidence = fields
        before = (
            b'%b"achievement":%b,"creditsEarned":%b,"identifier":[%b,%b],"licenseNumber":%b,%b%b,%b%b,"name":%b'
            % (
                self._beginning(),
                achievement,
                amount,
                learner,
                number,
                license_number,
                b"" if result == NULL else b'"result":%b,' % result,
                _SUBJECT_TYPE,
                b"" if evidence == NULL else b'"evidence":%b,' % evidence,
                self._identity(),
                name,
            )
        )
        return before, b',%b,"validFrom":%b%b}' % (_TYPES, valid_from, self._ending())

    def _beginning(self) -> bytes:
        return b'%b,"credentialStatus":%b,"credentialSubject":{' % (_CONTEXT, self.status)

    def _identity(self) -> bytes:
        return b'"id":%b,"issuer":%b' % (self.id, self.issuer)

    def _ending(self) -> bytes:
        return b',"validUntil":%b' % self.until if self.until else b""
