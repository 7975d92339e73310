"""Learners' accounts: one row a learner, nothing of whom can be read without the master key.

`number_index` and `name_index` are keyed digests, `wrapped_key` is the learner's own key under the master key, `sealed`
holds document type, number and name under the learner's key. Deleting an account empties name_index, wrapped_key and
sealed; the row stays as a tombstone, because the same person must never get a second claim for the same outcome.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base, Id, Seconds, Tag


class Learner(Base):
    """An account. `number_index` is that of its first document, which stays its claim document for ever."""

    __tablename__ = "learners"
    __table_args__ = (Index("ix_learners_name_index", "name_index"), {"info": {"personal": True}})

    id: Mapped[Id]
    number_index: Mapped[Tag] = mapped_column(unique=True)
    name_index: Mapped[Tag | None]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    claim_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a tombstone only: the person's claim key, sealed under the pseudonym key, for whoever reopens the account
    with another of their documents."""
    opened_at: Mapped[Seconds]
    deleted_at: Mapped[Seconds | None]


class LearnerDocument(Base):
    """A further identity document of a learner: it finds the account, it never makes another claim."""

    __tablename__ = "learner_documents"
    __table_args__ = ({"info": {"personal": True}},)

    number_index: Mapped[Tag] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_at: Mapped[Seconds]


class KeyMark(Base):
    """By what a database knows the keys that its rows were made with: a wrong one would find nobody, silently."""

    __tablename__ = "key_marks"

    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    mark: Mapped[Tag]
    """Derived from the key; says nothing about it."""
