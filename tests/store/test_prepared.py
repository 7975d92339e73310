"""The short way to read: the same rows as the long way, from one snapshot, by many threads beside a writer."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, create_mock_engine, func, insert, select, update

from gateway.store.models import StatusList
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

TABLE = StatusList.__table__
ONE = Prepared(
    select(TABLE.c.taken, TABLE.c.capacity).where(
        TABLE.c.institution == bindparam("institution"), TABLE.c.number == bindparam("number")
    ),
    "institution",
    "number",
)


@pytest.fixture
def database(stores: Stores, path: Path) -> Database:
    opened = stores.open(path)
    with opened.write() as connection:
        rows = [
            {"institution": "a", "number": number, "capacity": 8, "taken": 0, "permutation_key": b"\x01" * 16}
            for number in range(4)
        ]
        connection.execute(insert(TABLE), rows)
    return opened


def test_rows_come_by_name_for_each_tuple_of_values(database: Database) -> None:
    [found, [], again] = database.fetch(ONE, [("a", 3), ("b", 3), ("a", 3)])
    assert found == again
    assert (found[0].taken, found[0].capacity) == (0, 8)
    assert database.fetch(ONE, []) == []


def test_constants_and_another_order_of_values_are_kept_apart(database: Database) -> None:
    swapped = Prepared(
        select(TABLE.c.number).where(
            TABLE.c.capacity == 8, TABLE.c.number == bindparam("number"), TABLE.c.institution == bindparam("who")
        ),
        "who",
        "number",
    )
    assert [row.number for [row] in database.fetch(swapped, [("a", 2), ("a", 1)])] == [2, 1]


def test_values_that_are_too_few_are_refused(database: Database) -> None:
    with pytest.raises((sqlite3.ProgrammingError, ValueError)):
        database.fetch(ONE, [("a",)])
    assert len(database.fetch(ONE, [("a", 0)])[0]) == 1


def test_what_was_committed_is_seen_at_once(database: Database) -> None:
    for taken in range(1, 5):
        with database.write() as connection:
            connection.execute(update(TABLE).values(taken=taken))
        assert database.fetch(ONE, [("a", 0)])[0][0].taken == taken


def test_all_tuples_of_one_call_are_read_from_one_snapshot_beside_a_writer(database: Database) -> None:
    stop = threading.Event()
    torn: list[set[int]] = []

    def write() -> None:
        for taken in range(1, 200):
            with database.write(durable=False) as connection:
                connection.execute(update(TABLE).values(taken=taken))
        stop.set()

    def read() -> None:
        while not stop.is_set():
            seen = {rows[0].taken for rows in database.fetch(ONE, [("a", number) for number in range(4)])}
            if len(seen) != 1:
                torn.append(seen)

    threads = [threading.Thread(target=work) for work in (write, read, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert torn == []
    assert database.fetch(ONE, [("a", 0)])[0][0].taken == 199


def test_readers_do_not_keep_the_log_from_being_emptied(database: Database) -> None:
    database.fetch(ONE, [("a", 0), ("a", 1)])
    assert database.scrub()


def test_a_statement_is_written_for_the_database_that_is_asked() -> None:
    class Cursor:
        asked: tuple[str, object] = ("", None)

        def execute(self, text: str, values: object) -> None:
            self.asked = (text, values)

        def fetchall(self) -> list[tuple[int, ...]]:
            return [(3,)]

    count = Prepared(select(func.count().label("number")).where(TABLE.c.institution == bindparam("who")), "who")
    server = create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect
    cursor = Cursor()
    assert count.run(cursor, server, ("a",))[0].number == 3
    assert "%(who)s" in cursor.asked[0]
    assert cursor.asked[1] == {"who": "a"}
