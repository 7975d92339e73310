"""What was recognised: every event of the registries of evaluations, agreements, claims and transfers, whole.

A cache of the chain like the tables of `gateway.store.models.chain`: dropped and read again, it is the same.
"""

from __future__ import annotations

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Seconds, Small


class RecognitionEvent(Base):
    """One event. `fields` is a JSON object of its declared fields without actor, sequence and head; bytes are 0x-hex.

    `about` is what it is about: the evaluation, the agreement, the claim or the programme; None where it is a transfer,
    whose pair of provinces is the subject and whose number is in the fields.
    """

    __tablename__ = "recognition_events"
    __table_args__ = (
        Index(None, "about"),
        Index(None, "name", "block"),
        Index(None, "block", "log_index"),
        {"sqlite_with_rowid": False},
    )

    contract: Mapped[Address] = mapped_column(primary_key=True)
    subject: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Small]
    name: Mapped[str] = mapped_column(String(32))
    about: Mapped[Digest | None]
    actor: Mapped[Address]
    fields: Mapped[str] = mapped_column(Text)
    block: Mapped[Big]
    log_index: Mapped[int]
    happened_at: Mapped[Seconds]
