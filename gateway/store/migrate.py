"""Bringing a database to the newest revision with Alembic; safe to call at every start, from several processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from gateway.store import postgresql
from gateway.store.errors import ForeignDatabase, NewerDatabase

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "0013"
"""The newest revision; said here so that a database that has it opens without importing Alembic (half a second)."""


def migrate(engine: Engine) -> None:
    """Upgrades to the newest revision, in one transaction that excludes other writers.

    Raises:
        NewerDatabase: a newer release wrote the database; nothing was changed.
        ForeignDatabase: another program wrote it; nothing was changed.
        UnsuitableDatabase: a database of PostgreSQL that sorts text by a language's rules; nothing was changed.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    from alembic import command  # noqa: PLC0415 - see HEAD
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as plain:
        connection = plain.execution_options(huren_write=True)
        with connection.begin():
            # Read again under the lock: another process may have migrated while this one waited.
            found = _revision(connection)
            known = {script.revision for script in scripts.walk_revisions()}
            if found is not None and found not in known:
                raise NewerDatabase(name_of(engine), revision=found)
            strange = sorted({*inspect(connection).get_table_names()} - {"alembic_version"})
            if found is None and strange:
                raise ForeignDatabase(name_of(engine), tables=", ".join(strange))
            if found is None and connection.dialect.name == "postgresql":
                postgresql.require_suitable(connection, name_of(engine))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def name_of(engine: Engine) -> str:
    """What an error calls the database: SQLite's file, or the address without its password."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return url.database or str(url)
    return url.set(drivername="postgresql").render_as_string()


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see HEAD

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    """What Alembic's own table says, None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
