"""What succeeds what: contracts under a name, certificates that replace earlier ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listed_contracts",
        sa.Column("directory", sa.LargeBinary(length=20), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.LargeBinary(length=20), nullable=False),
        sa.Column("in_force_from", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("directory", "name", "version", name=op.f("pk_listed_contracts")),
    )
    op.create_table(
        "replacements",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("replaced", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_replacements_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_replacements")),
    )


def downgrade() -> None:
    op.drop_table("replacements")
    op.drop_table("listed_contracts")
