"""Transfers, one row each: what the office counts, what an institution has to decide.

A cache of the chain: made of the events that `recognition_events` keeps whole, and made again from them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Institution, Seconds, Small

_UNDECIDED: Final = text("stage = 1")
"""Requested, and neither accepted nor returned (Stage.REQUESTED)."""


class Transfer(Base):
    """A request and what became of it, as it stands at the block that the index stands at.

    Credits are hundredths. ``requested_month`` and ``decided_month`` count months since January 1970 in UTC+8;
    ``month`` is the award's, as the ledger's facts count it. What a request did not open is NULL (the category, without
    which no rule gives anything, is always open), and so is what has not happened. ``reason`` stays 0 unless the
    request came back, ``awarded`` stays after a reversal: each step writes its own columns and ``stage``, so that how
    a transfer stood at an earlier block can be told from the blocks of its steps. ``last_block`` is that of the newest
    step of all: where it is not after B, the row stood at B as it stands now.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        # What reports count, in the order in which they group it: read without the table (decision 0221).
        Index(
            "ix_transfers_figures",
            "source", "target", "category", "requested_month", "stage", "reason", "days",
            "last_block", "requested_block", "deadline", "appeal", "quoted", "awarded", "withdrawn",
        ),
        Index(
            "ix_transfers_decisions",
            "source", "target", "category", "decided_month", "stage", "reason", "last_block", "awarded", "withdrawn",
        ),
        Index("ix_transfers_inbox", "target_institution", "stage", "deadline"),
        # What waits at all, a handful among millions: a server looks every few seconds.
        Index("ix_transfers_undecided", "deadline", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
        Index(None, "institution", "requested_month"),
        Index(None, "agreement", "rule"),
        Index(None, "leaf"),
        Index(None, "claim"),
        Index(None, "last_block"),
    )  # fmt: skip

    source: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    target: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    agreement: Mapped[Digest]
    rule: Mapped[Big]
    institution: Mapped[Institution]
    target_institution: Mapped[Institution]
    canonical: Mapped[Institution]
    root: Mapped[Digest]
    leaf: Mapped[Digest]
    outcome: Mapped[Digest]
    claim: Mapped[Digest]
    programme: Mapped[Digest]
    course: Mapped[Digest]
    consent: Mapped[Digest]
    mask: Mapped[Small]
    category: Mapped[Small]
    level: Mapped[Small | None]
    credits: Mapped[Big | None]
    grade: Mapped[Small | None]
    month: Mapped[int | None]
    quoted: Mapped[Big]
    deadline: Mapped[Seconds]
    requested_at: Mapped[Seconds]
    requested_month: Mapped[int]
    requested_block: Mapped[Big]
    requested_by: Mapped[Address]
    stage: Mapped[Small]
    reason: Mapped[Small]
    awarded: Mapped[Big | None]
    enrolment: Mapped[Digest | None]
    explanation: Mapped[Digest | None]
    decided_at: Mapped[Seconds | None]
    decided_block: Mapped[Big | None]
    decided_by: Mapped[Address | None]
    days: Mapped[int | None]
    """Whole days from the request to the decision."""
    decided_month: Mapped[int | None]
    reversed_at: Mapped[Seconds | None]
    reversed_block: Mapped[Big | None]
    withdrawn: Mapped[Big | None]
    spent: Mapped[bool | None]
    appeal: Mapped[Small]
    appealed_at: Mapped[Seconds | None]
    appealed_block: Mapped[Big | None]
    statement: Mapped[Digest | None]
    appeal_decided_at: Mapped[Seconds | None]
    appeal_decided_block: Mapped[Big | None]
    appeal_answer: Mapped[Digest | None]
    last_block: Mapped[Big]
