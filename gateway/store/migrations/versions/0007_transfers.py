"""Transfers, one row each. The rows are made of the events that are kept, by the indexer's first round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEXES = {
    "figures": (
        "source", "target", "category", "requested_month", "stage", "reason", "days",
        "last_block", "requested_block", "deadline", "appeal", "quoted", "awarded", "withdrawn",
    ),
    "decisions": (
        "source", "target", "category", "decided_month", "stage", "reason", "last_block", "awarded", "withdrawn",
    ),
    "inbox": ("target_institution", "stage", "deadline"),
    "institution_requested_month": ("institution", "requested_month"),
    "agreement_rule": ("agreement", "rule"),
    "leaf": ("leaf",),
    "claim": ("claim",),
    "last_block": ("last_block",),
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("source", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agreement", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rule", sa.BigInteger(), nullable=False),
        sa.Column("institution", sa.String(length=18), nullable=False),
        sa.Column("target_institution", sa.String(length=18), nullable=False),
        sa.Column("canonical", sa.String(length=18), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("outcome", sa.LargeBinary(length=32), nullable=False),
        sa.Column("claim", sa.LargeBinary(length=32), nullable=False),
        sa.Column("programme", sa.LargeBinary(length=32), nullable=False),
        sa.Column("course", sa.LargeBinary(length=32), nullable=False),
        sa.Column("consent", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mask", sa.SmallInteger(), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("credits", sa.BigInteger(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("quoted", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_month", sa.Integer(), nullable=False),
        sa.Column("requested_block", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.LargeBinary(length=20), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=True),
        sa.Column("enrolment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("explanation", sa.LargeBinary(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_block", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.LargeBinary(length=20), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("decided_month", sa.Integer(), nullable=True),
        sa.Column("reversed_at", sa.BigInteger(), nullable=True),
        sa.Column("reversed_block", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.BigInteger(), nullable=True),
        sa.Column("spent", sa.Boolean(), nullable=True),
        sa.Column("appeal", sa.SmallInteger(), nullable=False),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.Column("appealed_block", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.LargeBinary(length=32), nullable=True),
        sa.Column("appeal_decided_at", sa.BigInteger(), nullable=True),
        sa.Column("appeal_decided_block", sa.BigInteger(), nullable=True),
        sa.Column("appeal_answer", sa.LargeBinary(length=32), nullable=True),
        sa.Column("last_block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "target", "number", name=op.f("pk_transfers")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(op.f(f"ix_transfers_{name}"), "transfers", list(columns))


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(op.f(f"ix_transfers_{name}"), table_name="transfers")
    op.drop_table("transfers")
