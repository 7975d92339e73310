"""Who may ask over HTTP, and who is told: tokens, webhooks and their deliveries, requests that came with a key.

Of a token only its SHA-256 is kept, of a webhook's secret only a sealed copy: neither can be used out of this database.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base, Big, Digest, Id, Institution, Seconds, state_type


class Role(StrEnum):
    """In which capacity somebody asks."""

    OPERATOR = "operator"
    """Runs the centre: applies, sends, sees everything that the centre may see."""
    APPROVER = "approver"
    """Second account of the centre's binding acts."""
    OFFICER = "officer"
    """Of one institution: sees and decides what concerns it."""
    AUDITOR = "auditor"
    """Reads what is on the chain, no person's data."""
    LEARNER = "learner"
    """One account: sees and uses what is its own."""


class AccessToken(Base):
    """A bearer token. `institution` is an officer's, `account` a learner's; None otherwise."""

    __tablename__ = "access_tokens"

    id: Mapped[Id]
    digest: Mapped[Digest] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(state_type(Role))
    institution: Mapped[Institution | None]
    account: Mapped[int | None] = mapped_column(ForeignKey("learners.id"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]
    revoked_at: Mapped[Seconds | None]
    last_used_at: Mapped[Seconds | None]
    """To the hour: a request shall not cost a write."""


class KeyedRequest(Base):
    """A request that came with an Idempotency-Key, and what it was answered; `status` is None while it is worked on."""

    __tablename__ = "keyed_requests"

    token_id: Mapped[int] = mapped_column(ForeignKey("access_tokens.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[Digest]
    """SHA-256 of method, path and body."""
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Seconds] = mapped_column(index=True)


class Webhook(Base):
    """An address that is told of events, in the order of the chain.

    `cursor_block` and `cursor_log` are of the last event that was put among its deliveries.
    """

    __tablename__ = "webhooks"

    id: Mapped[Id]
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed."""
    events: Mapped[str] = mapped_column(Text)
    """The types that are sent, separated by blanks; empty: all."""
    institution: Mapped[Institution | None]
    created_at: Mapped[Seconds]
    cursor_block: Mapped[Big]
    cursor_log: Mapped[int]
    failing_since: Mapped[Seconds | None]
    disabled_at: Mapped[Seconds | None]
    disabled_why: Mapped[str | None] = mapped_column(String(200))


class Delivery(Base):
    """One message to one webhook. `delivered_at` is None until it was taken; `outcome`: how the last attempt ended."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (UniqueConstraint("webhook_id", "message"), Index(None, "webhook_id", "delivered_at"))

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(String(64))
    """The header webhook-id: the same at every attempt."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Seconds]
    attempts: Mapped[int]
    next_at: Mapped[Seconds]
    outcome: Mapped[str | None] = mapped_column(String(200))
    delivered_at: Mapped[Seconds | None]
