"""Bringing a database to the newest revision with Alembic; safe to call at every start, from several processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "0001"
"""The newest revision; said here so that a database that has it opens without importing Alembic (half a second)."""


class NewerDatabaseError(Exception):
    """The database carries a revision this release does not know."""

    def __init__(self, revision: str, url: str) -> None:
        self.revision = revision
        self.url = url
        super().__init__(
            f"数据库 {url} 的版本 {revision} 比本程序新，请升级程序 / "
            f"database {url} is at revision {revision}, which this release does not know: upgrade the program"
        )


def migrate(engine: Engine) -> None:
    """Upgrades to the newest revision, in one transaction that excludes other writers.

    Raises:
        NewerDatabaseError: a newer release wrote the database; nothing was changed.
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
                raise NewerDatabaseError(found, engine.url.render_as_string(hide_password=True))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


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
