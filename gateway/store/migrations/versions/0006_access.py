"""Who may ask over HTTP and who is told: tokens, requests that came with a key, webhooks and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", _id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "operator",
                "approver",
                "officer",
                "auditor",
                "learner",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("institution", sa.String(length=18), nullable=True),
        sa.Column("account", _id(), nullable=True),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["learners.id"], name=op.f("fk_access_tokens_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_tokens_digest")),
    )
    op.create_index(op.f("ix_access_tokens_account"), "access_tokens", ["account"])
    op.create_table(
        "keyed_requests",
        sa.Column("token_id", _id(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["access_tokens.id"], name=op.f("fk_keyed_requests_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_keyed_requests")),
    )
    op.create_index(op.f("ix_keyed_requests_created_at"), "keyed_requests", ["created_at"])
    op.create_table(
        "webhooks",
        sa.Column("id", _id(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("institution", sa.String(length=18), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("cursor_block", sa.BigInteger(), nullable=False),
        sa.Column("cursor_log", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("disabled_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", _id(), nullable=False),
        sa.Column("webhook_id", _id(), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("webhook_id", "message", name=op.f("uq_webhook_deliveries_webhook_id_message")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook_id_delivered_at"), "webhook_deliveries", ["webhook_id", "delivered_at"]
    )
    # What is told is read in the order of the chain.
    op.create_index(op.f("ix_recognition_events_block_log_index"), "recognition_events", ["block", "log_index"])


def downgrade() -> None:
    op.drop_index(op.f("ix_recognition_events_block_log_index"), table_name="recognition_events")
    op.drop_index(op.f("ix_webhook_deliveries_webhook_id_delivered_at"), table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_index(op.f("ix_keyed_requests_created_at"), table_name="keyed_requests")
    op.drop_table("keyed_requests")
    op.drop_index(op.f("ix_access_tokens_account"), table_name="access_tokens")
    op.drop_table("access_tokens")
