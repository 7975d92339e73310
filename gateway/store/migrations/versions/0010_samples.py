"""Samples of transfers that the regional office draws: their records, and what came of each transfer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_samples",
        sa.Column("id", _id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("drawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_samples")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_samples_digest")),
    )
    op.create_table(
        "audit_sample_transfers",
        sa.Column("sample_id", _id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "right", "wrong", "refused",
                name="samplestate", native_enum=False, create_constraint=True, length=16,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("person_tag", sa.LargeBinary(length=16), nullable=True),
        sa.Column("document_tag", sa.LargeBinary(length=16), nullable=True),
        sa.Column("paper_tag", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["audit_samples.id"],
            name=op.f("fk_audit_sample_transfers_sample_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sample_id", "position", name=op.f("pk_audit_sample_transfers")),
    )  # fmt: skip
    for tag in ("person", "document", "paper"):
        op.create_index(op.f(f"ix_audit_sample_transfers_{tag}"), "audit_sample_transfers", [f"{tag}_tag"])


def downgrade() -> None:
    for tag in ("person", "document", "paper"):
        op.drop_index(op.f(f"ix_audit_sample_transfers_{tag}"), table_name="audit_sample_transfers")
    op.drop_table("audit_sample_transfers")
    op.drop_table("audit_samples")
