"""SELECTs compiled once and run without ceremony: for look-ups that are made thousands of times a second.

    FIND = Prepared(select(TABLE).where(TABLE.c.leaf == bindparam("leaf")), "leaf")
    rows = database.fetch(FIND, [(leaf,)])          # for each tuple of values, its rows as named tuples

Building and running one SELECT through SQLAlchemy costs 200 µs and more, of which the database takes five. The price
of the short way: values come as the driver gives them (integers, text, bytes), so what a column type would convert
(enums) must be selected and compared as what is stored.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

from gateway.store import postgresql
from gateway.store.errors import was_lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Dialect, Engine, Select


class Prepared:
    """A SELECT with named parameters, which are given by position."""

    __slots__ = ("_names", "_query", "_rows", "_texts")

    def __init__(self, query: Select[Any], *names: str) -> None:
        """Take the query and the names of its ``bindparam``s, in the order in which values will be given."""
        self._query = query
        self._names = names
        # The columns are known at run time only.
        row: Any = namedtuple("Row", query.selected_columns.keys())  # type: ignore[misc]  # noqa: PYI024
        self._rows = row._make
        self._texts: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def run(self, cursor: Any, dialect: Dialect, values: Sequence[object]) -> list[Any]:  # noqa: ANN401 - DB-API
        """The rows for one tuple of values, as named tuples."""
        text, order, fixed = self._texts.get(dialect.name) or self._compile(dialect)
        if order != self._names:
            named = {**fixed, **dict(zip(self._names, values, strict=True))}
            cursor.execute(text, named if order is None else [named[name] for name in order])
        else:
            cursor.execute(text, values)
        return list(map(self._rows, cursor.fetchall()))

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._query.compile(dialect=dialect)
        order = tuple(compiled.positiontup or ()) if compiled.positional else None
        fixed = {name: value for name, value in compiled.params.items() if name not in self._names}
        self._texts[dialect.name] = str(compiled), order, fixed
        return self._texts[dialect.name]


class Connections:
    """Driver connections kept open between look-ups, outside of the engine's pool; any thread may take one."""

    __slots__ = ("_engine", "_idle")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Any] = []  # of the DB-API

    def fetch(self, statement: Prepared, asked: Iterable[Sequence[object]]) -> list[list[Any]]:
        """The rows of ``statement`` for each tuple of values; all see one snapshot.

        A server that was restarted while nobody asked has hung up on every idle connection, which shows in its next
        use only. Reading changes nothing, so what such a one could not answer is asked once more, of a new one.
        """
        asked = list(asked)
        try:
            idle = self._idle.pop()  # atomic: two threads never get the same one
        except IndexError:
            return self._fetch(self._open(), statement, asked)
        try:
            return self._fetch(idle, statement, asked)
        except Exception as error:
            if not was_lost(error):
                raise
        return self._fetch(self._open(), statement, asked)

    def _fetch(self, connection: Any, statement: Prepared, asked: list[Sequence[object]]) -> list[list[Any]]:  # noqa: ANN401 - DB-API
        dialect = self._engine.dialect
        try:
            cursor = connection.cursor()
            alone = len(asked) == 1  # one SELECT is its own snapshot
            if dialect.name != "sqlite":
                connection.autocommit = alone  # else it begins by itself
            elif not alone:
                cursor.execute("BEGIN")
            found = [statement.run(cursor, dialect, values) for values in asked]
            cursor.close()
            if not alone:
                connection.rollback()
        except BaseException:
            connection.close()
            self.close()  # where a server went away, the others are of no use either
            raise
        self._idle.append(connection)
        return found

    def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _open(self) -> Any:  # noqa: ANN401 - DB-API
        driver = detached(self._engine)
        if self._engine.dialect.name == "postgresql":
            postgresql.only_read(driver)
        return driver


def detached(engine: Engine) -> Any:  # noqa: ANN401 - DB-API
    """A new connection of the driver's own, which is nobody's in the engine's pool: whoever has it closes it."""
    pooled = engine.raw_connection()
    driver = pooled.dbapi_connection
    pooled.detach()
    return driver
