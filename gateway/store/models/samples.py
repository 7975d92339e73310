"""Samples of transfers that the regional office has drawn, and what became of each transfer: no document, no number.

What is kept of an answer are the outcome of the checks and three keyed digests (HMAC-SHA256 cut to 16 bytes, under a
key that follows from the office's own and lies in no database), by which the same person, document number or
certificate number is known again in a later answer. Without that key they are about nobody.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base, Big, Digest, Id, Seconds, Tag, state_type


class SampleState(StrEnum):
    """What became of a transfer that was drawn: waited for, opened and right, opened and wrong, or not to be opened."""

    WAITING = "waiting"
    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


class AuditSample(Base):
    """A sample: its record (JSON), and, once the block was there, by which hash and when it was drawn."""

    __tablename__ = "audit_samples"

    id: Mapped[Id]
    digest: Mapped[Digest] = mapped_column(unique=True)
    record: Mapped[str] = mapped_column(Text)
    announced_at: Mapped[Seconds]
    block_hash: Mapped[Digest | None]
    drawn_at: Mapped[Seconds | None]
    """The time of the block that drew."""


class SampleTransfer(Base):
    """A transfer that was drawn, the `position`th from 0. `findings` is a JSON list of code, zh and en."""

    __tablename__ = "audit_sample_transfers"
    __table_args__ = (
        Index("ix_audit_sample_transfers_person", "person_tag"),
        Index("ix_audit_sample_transfers_document", "document_tag"),
        Index("ix_audit_sample_transfers_paper", "paper_tag"),
    )

    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_samples.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[int]
    target: Mapped[int]
    number: Mapped[Big]
    state: Mapped[SampleState] = mapped_column(state_type(SampleState))
    answered_at: Mapped[Seconds | None]
    findings: Mapped[str | None] = mapped_column(Text)
    person_tag: Mapped[Tag | None]
    document_tag: Mapped[Tag | None]
    paper_tag: Mapped[Tag | None]
