"""Transfers at work: applications, and the letters that this gateway wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.LargeBinary(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.BigInteger(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("agreement", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("source_institution", sa.String(length=18), nullable=False),
        sa.Column("target_institution", sa.String(length=18), nullable=False),
        sa.Column("programme", sa.LargeBinary(length=32), nullable=False),
        sa.Column("course", sa.LargeBinary(length=32), nullable=False),
        sa.Column("quoted", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "confirmed",
                "requested",
                "failed",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("consent", sa.LargeBinary(length=32), nullable=True),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=1000), nullable=True),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("purpose", "round", name=op.f("uq_applications_purpose_round")),
    )
    for column in ("state", "learner_id", "leaf", "consent"):
        op.create_index(op.f(f"ix_applications_{column}"), "applications", [column])
    op.create_table(
        "sent_letters",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sent_letters")),
        sa.UniqueConstraint("occasion", name=op.f("uq_sent_letters_occasion")),
    )
    op.create_index(op.f("ix_sent_letters_leaf"), "sent_letters", ["leaf"])


def downgrade() -> None:
    op.drop_table("sent_letters")
    op.drop_table("applications")
