"""Opening the database: SQLite in WAL mode today, any SQLAlchemy URL later; transactions with their durability said.

    >>> import tempfile, pathlib
    >>> from sqlalchemy import select
    >>> from gateway.store.models import Roster
    >>> folder = tempfile.TemporaryDirectory()
    >>> database = open_database(pathlib.Path(folder.name) / "huren.db")
    >>> with database.write() as connection:  # BEGIN IMMEDIATE … COMMIT, fsynced
    ...     _ = connection.execute(select(Roster.id))
    >>> with database.read() as connection:  # a consistent snapshot
    ...     connection.execute(select(Roster.id)).all()
    []
    >>> database.close()
    >>> folder.cleanup()

Why WAL with `synchronous=FULL`: in WAL mode NORMAL never corrupts the file, but a power cut may take back commits that
were already answered. Rosters, accounts and outbox entries must survive what their callers were told, so a commit waits
for one fsync of the log. The cache of the chain need not: `write(durable=False)` spares that fsync, and whatever a
power cut takes is read again from the chain. Killing the process loses no commit in either mode.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from gateway.store.errors import DatabaseUnwritable, explained
from gateway.store.memory import Memory
from gateway.store.migrate import migrate, name_of
from gateway.store.prepared import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy.engine import ExceptionContext

    from gateway.store.prepared import Prepared

V = TypeVar("V")
_BUSY_MILLISECONDS = 60_000
_SCRUB_MILLISECONDS = 1_000
_CACHE_KIBIBYTES = 65_536
_WRITE = "huren_write"
_RELAXED = "huren_relaxed"


@dataclass(frozen=True, slots=True)
class Database:
    """An engine and the ways of using it. Threads may share one; processes open their own."""

    engine: Engine
    _connections: Connections = field(init=False, repr=False, compare=False)
    _memory: Memory = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_connections", Connections(self.engine))
        object.__setattr__(self, "_memory", Memory(self.engine))

    def fetch(self, statement: Prepared, asked: Iterable[Sequence[object]]) -> list[list[Any]]:
        """The rows of a prepared SELECT for each tuple of values, from one snapshot: the short way to read."""
        try:
            return self._connections.fetch(statement, asked)
        except Exception as error:  # the driver's own, whichever it is; SQLAlchemy is not asked on this way
            if met := explained(error, name_of(self.engine)):
                raise met from error
            raise

    def remember(self, statement: Prepared, values: Sequence[Hashable], make: Callable[[list[Any]], V]) -> V:
        """What ``make`` makes of the rows for one tuple of values, kept until the database is changed: see `memory`."""
        kept, key = self._memory.current(), (statement, *values)
        known: V | None = kept.get(key)
        if known is not None:
            return known
        [rows] = self.fetch(statement, [values])
        made = make(rows)
        if rows:
            kept[key] = made
        return made

    def moment(self) -> AbstractContextManager[None]:
        """A block in which this thread's `remember` asks once whether anybody has changed the database."""
        return self._memory.moment()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside a read transaction: every query sees the same snapshot. Nothing is committed."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A connection inside a write transaction: committed at the end, rolled back if the block raises.

        The write lock is taken at the start, so two writers queue up instead of failing half-way. `durable=False` is
        for what can be derived again.

        Raises:
            StoreError: another writer held the lock for a minute, the disk is full, …: one class each.
        """
        with self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True, _RELAXED: not durable})
            with connection.begin():
                yield connection

    @contextmanager
    def session(self, *, durable: bool = True) -> Iterator[Session]:
        """An ORM session in a write transaction of its own; for work that is not on a hot path."""
        with self.write(durable=durable) as connection, Session(connection, expire_on_commit=False) as session:
            yield session
            session.flush()

    def scrub(self) -> bool:
        """Empties SQLite's log into the database, so that nothing overwritten is left in it; True if it is empty now.

        False while another connection is reading an older state: call it again later. A server (PostgreSQL) keeps its
        own log, whose retention is the operator's matter: always True.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_SCRUB_MILLISECONDS}")
            try:
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        return int(busy) == 0

    def close(self) -> None:
        """Closes every pooled connection; a file database checkpoints its log."""
        self._memory.close()
        self._connections.close()
        self.engine.dispose()


def open_database(path: Path) -> Database:
    """Opens the SQLite database at `path`, makes it if it is absent, and brings it to the newest revision.

    Raises:
        StoreError: the file or its folder cannot be used, or another program or a newer release wrote it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnwritable(str(path), why=str(error)) from error
    return open_url(f"sqlite:///{path}")


def open_url(url: str) -> Database:
    """Opens what any SQLAlchemy URL names (`postgresql+psycopg://…`), brought to the newest revision."""
    parsed = make_url(url)
    # hide_parameters: a failing statement's error ends in a log, its values must not
    engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    event.listen(engine, "handle_error", _explain)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkin", _forget_mode)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def _explain(context: ExceptionContext) -> None:
    """Says what an error of the driver means, in place of SQLAlchemy's words and the statement in them."""
    met = explained(context.original_exception, name_of(context.engine) if context.engine else "SQLite")
    if met:
        raise met from context.original_exception


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None  # the driver must not begin by itself; _begin_sqlite does
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # a destroyed key must not stay behind in a free page
        cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
        cursor.execute("PRAGMA temp_store=MEMORY")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_RELAXED):
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITE) else "BEGIN")


def _forget_mode(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    if connection is not None:
        connection.execute("PRAGMA synchronous=FULL")
