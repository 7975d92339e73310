"""What was recognised: every event of the registries of evaluations, agreements, claims and transfers, whole.

A cache of the chain like the tables of `gateway.store.models.chain`: dropped and read again, it is the same.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from gateway.store.models.base import Base, Digest, WholeEvent


class RecognitionEvent(WholeEvent, Base):
    """One event.

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

    about: Mapped[Digest | None]
