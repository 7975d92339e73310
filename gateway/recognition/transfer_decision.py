"""What an officer of the target institution decides, by a transaction of their own; verified before it is accepted.

    desk = Desk(acts, verifier)
    desk.verify(request, presentation)
    desk.award(request, enrolment_of(key, institution, "20260001", programme), 800)

The enrolment is the institution's pseudonym of one student in one programme: HMAC-SHA256 under a key that only the
institution's own centre has, so that neither members nor sources learn who studies where (ledger.md, Identifiers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x, hmac_sha256
from gateway.domain.identifiers import normalise
from gateway.domain.text import read_text
from gateway.domain.verdict import Kind
from gateway.ledger.errors import LedgerError
from gateway.recognition.transfer_chain import TRANSFERS

if TYPE_CHECKING:
    from gateway.domain.verdict import Verdict
    from gateway.recognition.acts import RecognitionActs
    from gateway.recognition.transfer_values import Request, Return

GOOD: Final = frozenset({Kind.VALID, Kind.REGISTERED})


class NotVerified(LedgerError):
    """A credential that does not verify: nothing is awarded for it."""

    code = "transfer.verification"
    zh = "来源证书核验未通过（{value}），不能接受"
    en = "the credential does not verify ({value}); it is not accepted"
    hint_zh = "请拒绝该申请，或待其状态恢复后再决定"
    hint_en = "reject the request, or wait until its status is restored"


class AnotherCredential(LedgerError):
    """A presentation of another credential than the one applied with."""

    code = "transfer.presentation"
    zh = "所出示的证书（{value}）不是该申请所用的证书（{expected}）"
    en = "the certificate shown ({value}) is not the one of the request ({expected})"
    hint_zh = "请向来源中心索取该申请的出示文件"
    hint_en = "ask the source centre for the presentation that belongs to the request"


class Verifies(Protocol):
    """What answers about credentials."""

    def by_hash(self, leaf: bytes) -> Verdict:
        """The verdict on a hash."""

    def by_file(self, data: bytes) -> Verdict:
        """The verdict on a certificate file, whole or in part."""


def enrolment_of(key: bytes, institution: bytes, student: str, programme: bytes) -> bytes:
    """The pseudonym of a student of ``institution`` in a programme (32 bytes each).

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


class Desk:
    """Where an officer decides."""

    def __init__(self, acts: RecognitionActs, verifier: Verifies) -> None:
        """Decide by ``acts`` (the officer's account first), verify by ``verifier``."""
        self._acts = acts
        self._verifier = verifier

    def verify(self, request: Request, presentation: bytes | None = None) -> Verdict:
        """The verdict on the request's credential; by its hash where nothing was shown.

        Raises:
            NotVerified: it is not good.
            AnotherCredential: what was shown is another.
        """
        leaf = request.details.leaf
        verdict = self._verifier.by_hash(leaf) if presentation is None else self._verifier.by_file(presentation)
        if presentation is not None and verdict.leaf is not None and verdict.leaf != leaf:
            raise AnotherCredential(hex0x(verdict.leaf), expected=hex0x(leaf))
        if verdict.kind not in GOOD:
            raise NotVerified(Said(verdict.kind.zh, verdict.kind.en))
        return verdict

    def award(self, request: Request, enrolment: bytes, amount: int) -> int:
        """Award ``amount`` hundredths to an enrolment; return the block. The caller has verified the credential.

        Raises:
            CallRefused: the ledger refuses, and says why.
        """
        ref, details = request.ref.values, request.details.values
        return self._acts.once(TRANSFERS, "accept", ref, details, enrolment, amount)

    def reject(self, request: Request, reason: Return, explanation: bytes) -> int:
        """Send a request back; ``explanation`` (32 bytes) is the digest of the private one. Return the block.

        Raises:
            CallRefused: the ledger refuses, and says why.
        """
        ref, details = request.ref.values, request.details.values
        return self._acts.once(TRANSFERS, "reject", ref, details, int(reason), explanation)
