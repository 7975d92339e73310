"""Many rows in one call: the hot path's writes and look-ups, below the ORM.

SQLAlchemy's own executemany builds a dictionary a row; at a hundred thousand rows a second that costs more than SQLite
does. Here the driver gets the caller's tuples as they are, and the statement is still made from the table's names.
PostgreSQL is given many rows in one stream (COPY), and many keys as one array.

    >>> from sqlalchemy import create_engine
    >>> from gateway.store.models import Base, Pack
    >>> engine = create_engine("sqlite://")
    >>> Base.metadata.create_all(engine)
    >>> with engine.begin() as connection:
    ...     insert_rows(connection, Pack, ("digest", "size", "created_at"), [(b"a" * 32, 7, 0), (b"b" * 32, 9, 0)])
    ...     select_by_keys(connection, Pack, "digest", ("digest", "size"), [b"b" * 32, b"c" * 32])
    [(b'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 9)]
    >>> engine.dispose()
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gateway.store import postgresql
from gateway.store.migrate import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gateway.store.models import Base

_KEYS_A_QUERY = 8_000  # SQLite takes 32,766 parameters; longer statements gain nothing
_WORTH_A_STREAM = 50  # rows; fewer are inserted as fast


def insert_rows(
    connection: Connection, model: type[Base], columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts `rows`, each a tuple of driver-ready values (int, str, bytes, None) in the order of `columns`.

    Raises:
        KeyError: the table has no such column.
        sqlalchemy.exc.IntegrityError: a key is there already; none of the rows is kept once the transaction rolls back.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_A_STREAM:
        names, database = _names(model, columns), name_of(connection.engine)
        postgresql.copy_rows(connection, model.__tablename__, names, rows, database)
    else:
        connection.exec_driver_sql(_insert(connection.dialect.paramstyle, model, columns), list(rows))


def select_by_keys(
    connection: Connection, model: type[Base], key: str, columns: tuple[str, ...], keys: Sequence[bytes | int]
) -> list[Any]:
    """The rows whose `key` column is one of `keys`, as tuples of `columns`; absent keys have no row. No order.

    Raises:
        KeyError: the table has no such column.
    """
    if connection.dialect.name == "postgresql":
        statement = _select_array(model, key, columns)
        return list(connection.exec_driver_sql(statement, (list(keys),)).cursor.fetchall()) if keys else []
    found: list[Any] = []
    for start in range(0, len(keys), _KEYS_A_QUERY):
        part = tuple(keys[start : start + _KEYS_A_QUERY])
        statement = _select(connection.dialect.paramstyle, model, key, columns, len(part))
        found.extend(connection.exec_driver_sql(statement, part).cursor.fetchall())
    return found


@lru_cache(maxsize=64)
def _insert(paramstyle: str, model: type[Base], columns: tuple[str, ...]) -> str:
    marks = ", ".join([_mark(paramstyle)] * len(columns))
    # Names only: they come from the model, values are bound.
    return f"INSERT INTO {model.__tablename__} ({_names(model, columns)}) VALUES ({marks})"  # noqa: S608


@lru_cache(maxsize=64)
def _select(paramstyle: str, model: type[Base], key: str, columns: tuple[str, ...], count: int) -> str:
    marks = ", ".join([_mark(paramstyle)] * count)
    names, by = _names(model, columns), _names(model, (key,))
    return f"SELECT {names} FROM {model.__tablename__} WHERE {by} IN ({marks})"  # noqa: S608 - as above


@lru_cache(maxsize=64)
def _select_array(model: type[Base], key: str, columns: tuple[str, ...]) -> str:
    names, by = _names(model, columns), _names(model, (key,))
    return f"SELECT {names} FROM {model.__tablename__} WHERE {by} = ANY(%s)"  # noqa: S608 - as above


def _names(model: type[Base], columns: tuple[str, ...]) -> str:
    known = model.__table__.columns
    return ", ".join(known[name].name for name in columns)


def _mark(paramstyle: str) -> str:
    return "?" if paramstyle == "qmark" else "%s"
