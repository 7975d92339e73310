"""An index of the transfers that wait for a decision: a handful among millions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    undecided = sa.text("stage = 1")
    op.create_index(
        "ix_transfers_undecided", "transfers", ["deadline"], sqlite_where=undecided, postgresql_where=undecided
    )


def downgrade() -> None:
    op.drop_index("ix_transfers_undecided", table_name="transfers")
