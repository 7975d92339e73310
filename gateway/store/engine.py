"""Opening the database, SQLite or PostgreSQL; transactions with their durability said.

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

What each database is told so that it behaves like this stands in `gateway.store.sqlite` and `gateway.store.postgresql`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.orm import Session

from gateway.store import postgresql, sqlite
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
        """Take what was overwritten out of the database's own files; True if nothing of it is left in them now.

        False while another connection is reading an older state: call it again later. SQLite empties its log into the
        file, in which nothing deleted stays; PostgreSQL writes the tables with personal data anew, and keeps a log of
        its own, whose retention is the operator's matter (docs/threat-model.md).
        """
        return sqlite.scrub(self.engine) if self.engine.dialect.name == "sqlite" else postgresql.scrub(self.engine)

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
    """Opens what a URL names (`postgresql://user@host/name`, `sqlite:///path`), brought to the newest revision.

    Raises:
        StoreError: as `open_database`; or no server answers there.
    """
    parsed = make_url(url)
    lite = parsed.get_backend_name() == "sqlite"
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    # hide_parameters: a failing statement's error ends in a log, its values must not
    engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=not lite)
    event.listen(engine, "handle_error", _explain)
    (sqlite if lite else postgresql).configure(engine, write=_WRITE, relaxed=_RELAXED)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def _explain(context: ExceptionContext) -> None:
    """Says what an error of the driver means, in place of SQLAlchemy's words and the statement in them."""
    if context.is_pre_ping:
        return  # the pool finds out whether a connection still lives, and makes another one
    met = explained(context.original_exception, name_of(context.engine) if context.engine else "SQLite")
    if met:
        raise met from context.original_exception
    wrapped = context.sqlalchemy_exception
    if isinstance(wrapped, exc.IntegrityError | exc.DataError) and hasattr(context.original_exception, "diag"):
        said = postgresql.without_values(context.original_exception)
        raise type(wrapped)(context.statement, None, said, hide_parameters=True) from None
