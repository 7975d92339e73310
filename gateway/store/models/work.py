"""Work in progress: transactions on their way to the chain."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Explanation, Id, Seconds, state_type


class OutboxState(StrEnum):
    """How far a transaction has come: queued (no nonce yet), sent, mined, final, or failed for good."""

    QUEUED = "queued"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    FAILED = "failed"


class OutboxEntry(Base):
    """One transaction that must reach the chain exactly once; `dedupe_key` says what "the same" means."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("sender", "nonce"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """What is to be done, as JSON without personal data."""
    target: Mapped[Address | None]
    call: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The calldata, where it is fixed when the entry is made."""
    sender: Mapped[Address]
    nonce: Mapped[Big | None]
    raw_tx: Mapped[bytes | None] = mapped_column(LargeBinary)
    tx_hash: Mapped[Digest | None]
    state: Mapped[OutboxState] = mapped_column(state_type(OutboxState), index=True)
    attempts: Mapped[int]
    error: Mapped[Explanation | None]
    block: Mapped[Big | None]
    created_at: Mapped[Seconds]
    updated_at: Mapped[Seconds]
