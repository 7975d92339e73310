"""Transfers at work in a centre: what learners applied for, and the letters that this gateway wrote.

Nothing here can be read without the centre's keys. `Application.sealed` and the evidence beside it lie under a key
derived from the learner's own (under the master key); deleting the learner's account destroys that key.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base, Big, Digest, Explanation, Id, Institution, Seconds, state_type


class ApplicationState(StrEnum):
    """How far an application has come in the source centre; what follows on the chain is the transfer's to tell."""

    WAITING = "waiting"
    """Entered; an operator has to confirm it."""
    CONFIRMED = "confirmed"
    """Its letter is written and its request in the outbox."""
    REQUESTED = "requested"
    """On the chain."""
    FAILED = "failed"
    """The chain refused it."""
    WITHDRAWN = "withdrawn"


class Application(Base):
    """One application. `purpose` is what makes two the same: certificate, agreement, rule and target, hashed."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("purpose", "round"),
        Index(None, "state"),
        Index(None, "learner_id"),
        {"info": {"personal": True}},
    )

    id: Mapped[Id]
    purpose: Mapped[Digest]
    round: Mapped[int]
    """From 1: what came back, failed or was withdrawn may be applied for once more."""
    learner_id: Mapped[Big | None]
    """None where the certificate was issued elsewhere."""
    leaf: Mapped[Digest] = mapped_column(index=True)
    agreement: Mapped[Digest]
    rule: Mapped[int]
    source_institution: Mapped[Institution]
    target_institution: Mapped[Institution]
    programme: Mapped[Digest]
    course: Mapped[Digest]
    quoted: Mapped[int]
    deadline: Mapped[Seconds]
    how: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[Seconds]
    evidence: Mapped[Digest | None]
    """sha256 of the evidence file, which lies sealed beside the database; None: kept elsewhere."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Consent nonce, presentation and note, under the learner's key."""
    state: Mapped[ApplicationState] = mapped_column(state_type(ApplicationState))
    consent: Mapped[Digest | None] = mapped_column(index=True)
    """Digest of the application's letter, which the chain's request carries."""
    outbox_id: Mapped[Big | None]
    error: Mapped[Explanation | None]
    entered_by: Mapped[str] = mapped_column(String(64))
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[Seconds]
    updated_at: Mapped[Seconds]


class SentLetter(Base):
    """A letter that this gateway wrote; its bytes are in the blob folder.

    `occasion` says what it was written for, so that whoever does the same again sends the same letter.
    """

    __tablename__ = "sent_letters"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(200), unique=True)
    leaf: Mapped[Digest] = mapped_column(index=True)
    written_at: Mapped[Seconds]
