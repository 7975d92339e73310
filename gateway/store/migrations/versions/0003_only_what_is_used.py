"""What nothing read goes: the table of jobs, and an institution's school code and address.

Rosters, batches and the outbox say what is going on, each for itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_jobs_state"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_column("institution_profiles", "school_code")
    op.drop_column("institution_profiles", "url")


def downgrade() -> None:
    op.add_column("institution_profiles", sa.Column("school_code", sa.String(length=10), nullable=True))
    op.add_column("institution_profiles", sa.Column("url", sa.String(length=400), nullable=True))
    states = ("queued", "running", "done", "failed")
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*states, name="jobstate", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(length=1000), nullable=True),
        sa.Column("correlation_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"], unique=False)
