"""An application as its callers know it: what is wished for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.claims import OutcomeCode
from gateway.domain.credits import credits_text
from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x, sha256, word
from gateway.domain.identifiers import Uscc
from gateway.domain.rule import ANY
from gateway.store.models import ApplicationState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.receipt import Certificate
    from gateway.recognition.transfers.consent import How


_STATES: Final = {
    ApplicationState.WAITING: Said("待确认", "waiting"),
    ApplicationState.CONFIRMED: Said("正在上链", "confirmed"),
    ApplicationState.REQUESTED: Said("已上链", "requested"),
    ApplicationState.FAILED: Said("被拒绝", "failed"),
    ApplicationState.WITHDRAWN: Said("已撤销", "withdrawn"),
}


def state_words(state: ApplicationState) -> Said:
    """How far an application has come, in Chinese and English."""
    return _STATES[state]


@dataclass(frozen=True, slots=True)
class Consented:
    """How a learner said yes: the way, when (seconds), and the file that shows it; None: it is kept elsewhere.

    ``at`` None is the moment of the application.
    """

    how: How
    at: int | None = None
    evidence: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a learner asks for.

    Attributes:
        certificate: the certificate, whole.
        agreement: its id in 0x-hex, or the beginning of it.
        rule: which of its rules, from 0.
        institution: the target's USCC; programme and course: its own codes.
        consented: how the learner consented; deadline: until when (seconds), None: in DAYS days.
        note: to the target institution.
        show: fields of the certificate to be shown besides those that always are.
    """

    certificate: Certificate = field(repr=False)
    agreement: str
    rule: int
    institution: str
    programme: str
    consented: Consented
    course: str | None = None
    deadline: int | None = None
    note: str = field(default="", repr=False)
    show: tuple[str, ...] = ()

    @property
    def target(self) -> bytes:
        """The target institution's word.

        Raises:
            DomainError: no USCC.
        """
        return Uscc(self.institution).word

    @property
    def programme_word(self) -> bytes:
        """The programme as the chain knows it."""
        return OutcomeCode.read(self.programme).word

    @property
    def course_word(self) -> bytes:
        """The course as the chain knows it; ANY where none is named."""
        return ANY if self.course is None else OutcomeCode.read(self.course).word

    def purpose(self, leaf: bytes, agreement: bytes) -> bytes:
        """What makes two applications the same: certificate, rule and target."""
        return sha256(leaf + agreement + word(self.rule) + self.target + self.programme_word + self.course_word)


@dataclass(frozen=True, slots=True)
class Application:
    """An application and how far it has come. Words are 32 bytes, times seconds, amounts hundredths."""

    id: int
    state: ApplicationState
    learner: int | None
    leaf: bytes
    agreement: bytes
    rule: int
    source_institution: str
    target_institution: str
    programme: bytes
    course: bytes
    quoted: int
    deadline: int
    how: str
    given_at: int
    evidence: bytes | None
    consent: bytes | None
    """Digest of the application's letter, once it was confirmed."""
    outbox: int | None
    problem: Mapping[str, Any] | None
    """Why the chain refused it."""
    entered_by: str
    confirmed_by: str | None
    created_at: int
    updated_at: int
    transfer: str | None = None
    """The transfer that it became."""

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        return {
            "application": self.id,
            "state": self.state.value,
            "hash": hex0x(self.leaf),
            "agreement": hex0x(self.agreement),
            "rule": self.rule + 1,
            "institution": self.source_institution,
            "targetInstitution": self.target_institution,
            "programme": hex0x(self.programme),
            "course": hex0x(self.course),
            "quoted": credits_text(self.quoted),
            "deadline": self.deadline,
            "consent": {
                "how": self.how,
                "at": self.given_at,
                "evidence": None if self.evidence is None else hex0x(self.evidence),
                "letter": None if self.consent is None else hex0x(self.consent),
            },
            "transfer": self.transfer,
            "problem": None if self.problem is None else dict(self.problem),
            "enteredBy": self.entered_by,
            "confirmedBy": self.confirmed_by,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        }
