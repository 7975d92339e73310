"""What became of institutions and credentials: every event of the two registries, whole.

A cache of the chain like the tables of `gateway.store.models.chain`, which hold how things stand; this one holds how
they came to stand so, for the regional office's questions.
"""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from gateway.store.models.base import Base, Digest, WholeEvent


class RegistryEvent(WholeEvent, Base):
    """One event.

    `about` is the leaf whose status was set, the root of the batch, or the institution's word; `successor` the leaf
    that took another's place, where one did.
    """

    __tablename__ = "registry_events"
    __table_args__ = (
        Index(None, "about"),
        Index(
            "ix_registry_events_successor",
            "successor",
            sqlite_where=text("successor IS NOT NULL"),
            postgresql_where=text("successor IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    about: Mapped[Digest]
    successor: Mapped[Digest | None]
