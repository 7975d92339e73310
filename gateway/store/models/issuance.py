"""The centre's own issuing: rosters read, batches sealed and approved, credentials and where their documents lie."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Explanation, Id, Institution, Seconds, Tag, state_type


class RosterState(StrEnum):
    """How far a roster file has come."""

    READING = "reading"
    REFUSED = "refused"
    ISSUED = "issued"


class BatchState(StrEnum):
    """How far a batch has come: sealed (files and rows are durable), approved by an officer, queued, anchored."""

    SEALED = "sealed"
    APPROVED = "approved"
    QUEUED = "queued"
    ANCHORED = "anchored"
    FAILED = "failed"


class InstitutionProfile(Base):
    """What the chain does not say of an institution that this centre issues for: its names."""

    __tablename__ = "institution_profiles"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[Seconds]


class StatusList(Base):
    """A Bitstring Status List of an institution: `taken` of its `capacity` indexes are given out.

    `permutation_key` (16 random bytes) orders the indexes, so that an index tells nothing about when or to whom.
    """

    __tablename__ = "status_lists"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    taken: Mapped[int]
    permutation_key: Mapped[Tag]


class Roster(Base):
    """A file that somebody asked to issue. `digest` is the sha256 of its bytes."""

    __tablename__ = "rosters"

    id: Mapped[Id]
    digest: Mapped[Digest] = mapped_column(unique=True)
    filename: Mapped[str] = mapped_column(String(400))
    province: Mapped[int]
    rows: Mapped[int]
    good_rows: Mapped[int]
    state: Mapped[RosterState] = mapped_column(state_type(RosterState))
    created_at: Mapped[Seconds]


class Batch(Base):
    """1 to 32,768 credentials of one institution under one root. The manifest's CID follows from `manifest`."""

    __tablename__ = "batches"
    __table_args__ = (UniqueConstraint("institution", "root"),)

    id: Mapped[Id]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    institution: Mapped[Institution]
    root: Mapped[Digest]
    manifest: Mapped[Digest]
    """sha256 of the sorted leaves concatenated."""
    leaf_count: Mapped[int]
    state: Mapped[BatchState] = mapped_column(state_type(BatchState), index=True)
    deadline: Mapped[Seconds | None]
    """Of the approval: the chain refuses the anchor from then on."""
    officer: Mapped[Address | None]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(65))
    """The officer's EIP-712 signature over institution, root, manifest, leaf count and deadline."""
    sealed_at: Mapped[Seconds]
    anchored_at: Mapped[Seconds | None]
    anchored_block: Mapped[Big | None]
    error: Mapped[Explanation | None]


class Pack(Base):
    """One file of encrypted documents in the blob store. Its CID follows from `digest` (sha256 of its bytes)."""

    __tablename__ = "packs"

    id: Mapped[Id]
    digest: Mapped[Digest] = mapped_column(unique=True)
    size: Mapped[int]
    created_at: Mapped[Seconds]


class Credential(Base):
    """One credential, at its place in the sorted batch; the document itself, salt included, lies sealed in a pack.

    Kept by (batch, position) so that a million rows are appended in order. `row_key` is the keyed digest of
    institution and certificate number (or of the whole normalised row where there is none): it makes issuing exactly
    once, and finds a certificate by its number. The claims of a learner are read through `learner_id`; a leaf is found
    through the leaf index, which answers with the batch and the position.
    """

    __tablename__ = "credentials"
    __table_args__ = ({"sqlite_with_rowid": False},)

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    leaf: Mapped[Digest]
    commitment: Mapped[Digest]
    facts: Mapped[Digest]
    claim: Mapped[Digest]
    row_key: Mapped[Tag] = mapped_column(unique=True)
    row_digest: Mapped[Tag]
    """Keyed digest of the whole normalised row: tells the same row issued again from another with its number."""
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("packs.id"))
    pack_offset: Mapped[int]
    pack_length: Mapped[int]
    list_number: Mapped[int]
    list_index: Mapped[int]


class Replacement(Base):
    """A credential that was issued in place of an earlier one of this centre: `replaced` is the earlier one's leaf.

    A list of what is to be done: once the new one's batch is final the earlier one is superseded, and the row goes.
    """

    __tablename__ = "replacements"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    replaced: Mapped[Digest]
