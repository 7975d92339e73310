"""What was recognised: the events of evaluations, agreements, claims and transfers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recognition_events",
        sa.Column("contract", sa.LargeBinary(length=20), nullable=False),
        sa.Column("subject", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("about", sa.LargeBinary(length=32), nullable=True),
        sa.Column("actor", sa.LargeBinary(length=20), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contract", "subject", "sequence", name=op.f("pk_recognition_events")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_recognition_events_about"), "recognition_events", ["about"])
    op.create_index(op.f("ix_recognition_events_name_block"), "recognition_events", ["name", "block"])


def downgrade() -> None:
    op.drop_index(op.f("ix_recognition_events_name_block"), table_name="recognition_events")
    op.drop_index(op.f("ix_recognition_events_about"), table_name="recognition_events")
    op.drop_table("recognition_events")
