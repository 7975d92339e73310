"""The cache of the chain: what the indexer read from events and manifests.

Dropping it and indexing again gives the same answers.
Statuses, reasons, standings and key kinds are the numbers of the contracts' enums. `institution` is text, roots, leaves
and heads are 32 bytes, addresses 20.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Address, Base, Big, Digest, Id, Institution, Seconds, Small, state_type


class ManifestState(StrEnum):
    """Whether this gateway holds the manifest of an anchored batch, and whether it is what the chain says."""

    MISSING = "missing"
    HELD = "held"
    MALFORMED = "malformed"


class ChainCursor(Base):
    """The last block read. One row."""

    __tablename__ = "chain_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[Id]
    chain_id: Mapped[Big]
    block: Mapped[Big]
    block_hash: Mapped[Digest]
    block_time: Mapped[Seconds]
    updated_at: Mapped[Seconds]


class ContractHead(Base):
    """The head of each contract's subject as recomputed from the events read."""

    __tablename__ = "contract_heads"

    contract: Mapped[Address] = mapped_column(primary_key=True)
    subject: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    head: Mapped[Digest]
    sequence: Mapped[Big]


class ListedContract(Base):
    """A contract that a Directory listed under a name, in force there from `in_force_from` until the next version's."""

    __tablename__ = "listed_contracts"

    directory: Mapped[Address] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[Address]
    in_force_from: Mapped[Seconds]
    block: Mapped[Big]


class ChainEvent(Base):
    """One event, compactly. `digest` is keccak256 of its ABI-encoded fields, the one that enters the head."""

    __tablename__ = "chain_events"
    __table_args__ = ({"sqlite_with_rowid": False},)

    contract: Mapped[Address] = mapped_column(primary_key=True)
    subject: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Small]
    actor: Mapped[Address]
    digest: Mapped[Digest]
    block: Mapped[Big]
    block_time: Mapped[Seconds]
    tx_index: Mapped[int]
    log_index: Mapped[int]


class Anchor(Base):
    """An anchored batch of any province. `id` is the batch number that the leaf index answers with."""

    __tablename__ = "anchors"
    __table_args__ = (UniqueConstraint("institution", "root"),)

    id: Mapped[Id]
    institution: Mapped[Institution]
    root: Mapped[Digest]
    province: Mapped[int]
    manifest: Mapped[Digest]
    leaf_count: Mapped[int]
    accreditation: Mapped[int]
    officer: Mapped[Address]
    actor: Mapped[Address]
    sequence: Mapped[Big]
    block: Mapped[Big]
    tx_hash: Mapped[Digest]
    anchored_at: Mapped[Seconds]
    manifest_state: Mapped[ManifestState] = mapped_column(state_type(ManifestState), index=True)
    manifest_finding: Mapped[str | None]
    status: Mapped[Small]
    reason: Mapped[Small]
    set_by: Mapped[int]
    since: Mapped[Seconds]


class Attestation(Base):
    """Another province says that it fetched and checked the manifest."""

    __tablename__ = "attestations"

    anchor_id: Mapped[int] = mapped_column(ForeignKey("anchors.id"), primary_key=True)
    province: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block: Mapped[Big]
    attested_at: Mapped[Seconds]


class LeafStatus(Base):
    """The status of a leaf that somebody changed; a leaf with no row is valid."""

    __tablename__ = "leaf_status"
    __table_args__ = ({"sqlite_with_rowid": False},)

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    leaf: Mapped[Digest] = mapped_column(primary_key=True)
    status: Mapped[Small]
    reason: Mapped[Small]
    successor: Mapped[Digest | None]
    set_by: Mapped[int]
    since: Mapped[Seconds]
    block: Mapped[Big]


class Accreditation(Base):
    """One version of an institution's accreditation, in force from `valid_from` until the next version's."""

    __tablename__ = "accreditations"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    province: Mapped[int]
    standing: Mapped[Small]
    categories: Mapped[Small]
    highest_level: Mapped[Small]
    most_credits: Mapped[int]
    valid_from: Mapped[Seconds]
    block: Mapped[Big]


class Officer(Base):
    """An officer of an institution, in force in [valid_from, min(retired_at, compromised_since))."""

    __tablename__ = "officers"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    address: Mapped[Address] = mapped_column(primary_key=True)
    valid_from: Mapped[Seconds]
    retired_at: Mapped[Seconds | None]
    compromised_since: Mapped[Seconds | None]
    founding: Mapped[bool]
    block: Mapped[Big]


class IssuingKey(Base):
    """A public key of an institution, in force in [valid_from, min(retired_at, compromised_since))."""

    __tablename__ = "issuing_keys"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    public_key: Mapped[Digest] = mapped_column(primary_key=True)
    kind: Mapped[Small]
    valid_from: Mapped[Seconds]
    retired_at: Mapped[Seconds | None]
    compromised_since: Mapped[Seconds | None]
    block: Mapped[Big]


class OutcomeAlias(Base):
    """A renamed or jointly awarded outcome and the one it counts as."""

    __tablename__ = "outcome_aliases"

    institution: Mapped[Institution] = mapped_column(primary_key=True)
    outcome: Mapped[Digest] = mapped_column(primary_key=True)
    canonical_institution: Mapped[Institution]
    canonical_outcome: Mapped[Digest]
    block: Mapped[Big]
