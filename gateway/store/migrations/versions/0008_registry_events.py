"""The registries' events, whole. What was read from the chain before is read again: these cannot be made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DERIVED = (
    "attestations",
    "anchors",
    "leaf_status",
    "accreditations",
    "officers",
    "issuing_keys",
    "outcome_aliases",
    "listed_contracts",
    "transfers",
    "recognition_events",
    "chain_events",
    "contract_heads",
    "chain_cursor",
)


def upgrade() -> None:
    op.create_table(
        "registry_events",
        sa.Column("contract", sa.LargeBinary(length=20), nullable=False),
        sa.Column("subject", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("about", sa.LargeBinary(length=32), nullable=False),
        sa.Column("successor", sa.LargeBinary(length=32), nullable=True),
        sa.Column("actor", sa.LargeBinary(length=20), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contract", "subject", "sequence", name=op.f("pk_registry_events")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_registry_events_about"), "registry_events", ["about"])
    took_a_place = sa.text("successor IS NOT NULL")
    op.create_index(
        op.f("ix_registry_events_successor"),
        "registry_events",
        ["successor"],
        sqlite_where=took_a_place,
        postgresql_where=took_a_place,
    )
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - the names stand above


def downgrade() -> None:
    op.drop_index(op.f("ix_registry_events_successor"), table_name="registry_events")
    op.drop_index(op.f("ix_registry_events_about"), table_name="registry_events")
    op.drop_table("registry_events")
