"""What became of institutions and credentials: every event of the two registries, whole.

A cache of the chain like the tables of `gateway.store.models.chain`, which hold how things stand; this one holds how
they came to stand so, for the regional office's questions.
"""

from __future__ import annotations

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Seconds, Small


class RegistryEvent(Base):
    """One event. `fields` is a JSON object of its declared fields without actor, sequence and head; bytes are 0x-hex.

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

    contract: Mapped[Address] = mapped_column(primary_key=True)
    subject: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Small]
    name: Mapped[str] = mapped_column(String(32))
    about: Mapped[Digest]
    successor: Mapped[Digest | None]
    actor: Mapped[Address]
    fields: Mapped[str] = mapped_column(Text)
    block: Mapped[Big]
    log_index: Mapped[int]
    happened_at: Mapped[Seconds]
