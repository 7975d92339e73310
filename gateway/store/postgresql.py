"""PostgreSQL 15 and newer: what a transaction is told, one writer at a time, many rows in one stream, scrubbing.

What the gateway relies on of SQLite it gets here by asking for it (decision 0222): a reading transaction is one
snapshot (REPEATABLE READ), and a writing one takes the one write lock of the database at its start (an advisory lock,
held to the end of the transaction), so that writers queue up, see what the one before committed, and never fail
half-way for one another's sake. A durable commit waits for the server's log to be on disk; a relaxed one does not
(`synchronous_commit`), which can lose the newest commits in a crash of the server, never half of one.

The driver is imported where it is used: a gateway on SQLite does without it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, exc

from gateway.store.errors import UnsuitableDatabase, explained
from gateway.store.models import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

LOCK_MILLISECONDS = 60_000
_SCRUB_SECONDS: Final = 1.0
_WRITER: Final = 0x687572656E
"""Of the advisory lock: whoever writes into this database holds it."""
_ARGUMENTS: Final[dict[str, Any]] = {
    "client_encoding": "UTF8",
    "connect_timeout": 10,
    "fallback_application_name": "huren",
}


def configure(engine: Engine, *, write: str, relaxed: str) -> None:
    """Have every transaction of the engine behave; `write` and `relaxed` name the execution options that say so."""
    from psycopg import IsolationLevel  # noqa: PLC0415 - see above

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes = bool(options.get(write))
        driver: Any = connection.connection.driver_connection
        # Of the client's: it is sent with BEGIN, and costs no round trip.
        driver.isolation_level = IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ
        driver.read_only = not writes
        if writes:
            # READ COMMITTED: what comes after the lock sees all that was committed before it was had.
            connection.exec_driver_sql(
                "SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', %s, true),"
                " pg_advisory_xact_lock(%s)",
                (f"{LOCK_MILLISECONDS}ms", "off" if options.get(relaxed) else "on", _WRITER),
            )

    def connecting(_dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]) -> None:
        for name, value in _ARGUMENTS.items():
            parameters.setdefault(name, value)

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "begin", begin)


def only_read(driver: Any) -> None:  # noqa: ANN401 - psycopg's
    """Have a connection outside of the pool read only, each transaction from one snapshot."""
    from psycopg import IsolationLevel  # noqa: PLC0415 - see above

    driver.isolation_level, driver.read_only = IsolationLevel.REPEATABLE_READ, True


def require_suitable(connection: Connection, name: str) -> None:
    """Refuse a database in which text is not UTF-8 or is sorted by a language's rules.

    The order of text is that of its bytes in SQLite; lists and reports must come out the same on both.

    Raises:
        UnsuitableDatabase: it cannot be used; nothing was written.
    """
    query = (
        "SELECT pg_encoding_to_char(encoding), CASE datlocprovider WHEN 'i' THEN 'ICU' ELSE datcollate END"
        " FROM pg_database WHERE datname = current_database()"
    )
    encoding, collation = connection.exec_driver_sql(query).one()
    if encoding != "UTF8" or collation.split(".")[0] not in {"C", "POSIX"}:
        raise UnsuitableDatabase(name, encoding=encoding, collation=collation)


def copy_rows(connection: Connection, table: str, names: str, rows: Sequence[tuple[Any, ...]], database: str) -> None:
    """Insert many rows by COPY.

    Raises:
        sqlalchemy.exc.IntegrityError: as an INSERT would.
    """
    import psycopg  # noqa: PLC0415 - see above

    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({names}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise exc.IntegrityError(statement, None, without_values(error), hide_parameters=True) from None
    except psycopg.Error as error:
        if met := explained(error, database):
            raise met from error
        raise


def without_values(error: Any) -> BaseException:  # noqa: ANN401 - psycopg's
    """The error of a statement without the rows that PostgreSQL quotes in its details: they would end in a log."""
    said = error.diag.message_primary if error.diag.sqlstate and error.diag.sqlstate.startswith("23") else None
    kind: type[BaseException] = type(error)
    return kind(said or f"SQLSTATE {error.sqlstate}")


def scrub(engine: Engine) -> bool:
    """Write the tables that hold personal data anew, without what was overwritten in them.

    PostgreSQL keeps the old version of a changed row until it is vacuumed, and its bytes in the page after that; a new
    file has neither. False while somebody is reading an older state, or the tables themselves: call it again later.
    Its log keeps what was written until it is recycled, an archive of it for as long as the operator keeps one.
    """
    import psycopg  # noqa: PLC0415 - see above

    try:
        pooled = engine.raw_connection()
        pooled.detach()
        try:
            return _rewrite(pooled.dbapi_connection)
        finally:
            pooled.close()
    except psycopg.errors.LockNotAvailable:
        return False
    except psycopg.Error as error:
        if met := explained(error, engine.url.set(drivername="postgresql").render_as_string()):
            raise met from error
        raise


def _rewrite(driver: Any) -> bool:  # noqa: ANN401 - psycopg's
    driver.autocommit = True
    until = time.monotonic() + _SCRUB_SECONDS
    [(newest,)] = driver.execute("SELECT pg_current_xact_id()::text::bigint % (1::bigint << 32)").fetchall()
    while driver.execute(_OLDER, (str(newest),)).fetchone() is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    driver.execute(f"SET lock_timeout = {int(_SCRUB_SECONDS * 1000)}")
    for table in Base.metadata.sorted_tables:
        if table.info.get("personal"):
            driver.execute(f"VACUUM (FULL) {table.name}")
    return True


_OLDER: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) >= age(%s::xid) LIMIT 1"
)
"""Somebody whose snapshot still sees what was overwritten: a new file would get it too."""
