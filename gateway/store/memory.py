"""What was read of the database, kept until anybody changes it.

    anchor = database.remember(ANCHOR, (institution, root), lambda rows: made_of(rows))

Every use asks the database first whether anybody has committed since, in this process or another, so what is answered
is never older than the question: nothing is stale, nothing has to be told. SQLite counts (``PRAGMA data_version``);
PostgreSQL names its present snapshot, and two moments of the same snapshot see the same rows. An answer that needs
several values asks once:

    with database.moment():
        …

It pays for rows that few requests change and all requests read. Only what is there is kept, never that something is
not: what comes to be is found at once, also within a moment, and nobody fills the memory by asking for what is not.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock, local
from typing import TYPE_CHECKING, Any, Final

from gateway.store.errors import explained, was_lost
from gateway.store.migrate import name_of
from gateway.store.prepared import detached

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sqlalchemy import Engine

MOST: Final = 100_000
"""Values kept at most, some 50 MB; with one more all are forgotten."""


_ASKED: Final = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}


class Memory:
    """Values by what they were made of. Any thread may use it."""

    __slots__ = ("_connection", "_cursor", "_engine", "_kept", "_lock", "_moment", "_version", "_watches")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A database in memory has one connection, which does not tell its own changes from none.
        self._watches = engine.dialect.name != "sqlite" or bool(engine.url.database)
        self._lock = Lock()
        self._moment = local()
        self._connection: Any = None  # of the DB-API
        self._cursor: Any = None
        self._version: int | str | None = None
        self._kept: dict[Hashable, Any] = {}

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let this thread ask once for all that it uses in the block: values of its beginning or newer, never older."""
        outer = getattr(self._moment, "kept", None)
        self._moment.kept = self._asked() if outer is None else outer
        try:
            yield
        finally:
            self._moment.kept = outer

    def current(self) -> dict[Hashable, Any]:
        """What is kept of the database as it is now, to be added to.

        Whoever reads afterwards and adds what was read adds nothing older than this moment; should somebody commit in
        between, nobody who asks later sees it.
        """
        kept: dict[Hashable, Any] | None = getattr(self._moment, "kept", None)
        return self._asked() if kept is None else kept

    def _asked(self) -> dict[Hashable, Any]:
        if not self._watches:
            return {}
        with self._lock:
            version = self._read_version()
            if version != self._version or len(self._kept) >= MOST:
                self._version, self._kept = version, {}
            return self._kept

    def close(self) -> None:
        """Close the connection that watches."""
        with self._lock:
            self._forget()

    def _read_version(self) -> int | str:
        kept = self._connection is not None
        try:
            try:
                return self._asked_of_it()
            except Exception as error:
                self._forget()
                # A server that was restarted has hung up; what was kept of it is forgotten, and a new one asked once.
                if not (kept and was_lost(error)):
                    raise
            return self._asked_of_it()
        except Exception as error:
            self._forget()
            if met := explained(error, name_of(self._engine)):
                raise met from error
            raise

    def _asked_of_it(self) -> int | str:
        if self._cursor is None:
            # One connection of its own: the number means something on the same one only, and counts what others do.
            self._connection = detached(self._engine)
            if self._engine.dialect.name == "postgresql":
                self._connection.autocommit = True  # a transaction would go on seeing the snapshot of its beginning
            self._cursor = self._connection.cursor()
        self._cursor.execute(_ASKED[self._engine.dialect.name])
        version: int | str
        [(version,)] = self._cursor.fetchall()
        return version

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._cursor, self._version, self._kept = None, None, None, {}
