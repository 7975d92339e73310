"""What a SQLite connection is told, and how its log is emptied.

Why WAL with `synchronous=FULL`: in WAL mode NORMAL never corrupts the file, but a power cut may take back commits that
were already answered. Rosters, accounts and outbox entries must survive what their callers were told, so a commit waits
for one fsync of the log. The cache of the chain need not: a relaxed write spares that fsync, and whatever a power cut
takes is read again from the chain. Killing the process loses no commit in either mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_MILLISECONDS = 60_000
_SCRUB_MILLISECONDS = 1_000
_CACHE_KIBIBYTES = 65_536


def configure(engine: Engine, *, write: str, relaxed: str) -> None:
    """Have every connection of the engine behave; `write` and `relaxed` name the execution options that say so."""

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(relaxed):
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(write) else "BEGIN")

    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", _forget_mode)


def scrub(engine: Engine) -> bool:
    """Empty the log into the database; False while another connection is reading an older state."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_SCRUB_MILLISECONDS}")
        try:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    return int(busy) == 0


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None  # the driver must not begin by itself; `begin` does
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # a destroyed key must not stay behind in a free page
        cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
        cursor.execute("PRAGMA temp_store=MEMORY")
    finally:
        cursor.close()


def _forget_mode(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    if connection is not None:
        connection.execute("PRAGMA synchronous=FULL")
