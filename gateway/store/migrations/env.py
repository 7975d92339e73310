"""Alembic's entry: migrations run on the connection that `gateway.store.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from gateway.store.models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    message = "run migrations through gateway.store.migrate.migrate(engine), which holds the write lock"
    raise RuntimeError(message)

context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
