"""Codes that were seen in clear, so that a digest on the chain can be shown as what it stands for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_codes",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_known_codes")),
    )


def downgrade() -> None:
    op.drop_table("known_codes")
