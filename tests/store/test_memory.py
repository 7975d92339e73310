"""What is kept of the database is never older than the question, whoever changed it and however."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any, cast

import psycopg
import pytest
from sqlalchemy import bindparam, create_engine, func, insert, select, update

from gateway.store import memory as memory_module
from gateway.store.memory import Memory
from gateway.store.models import StatusList
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

TABLE = StatusList.__table__
TAKEN = Prepared(select(TABLE.c.taken).where(TABLE.c.number == bindparam("number")), "number")
COUNT = Prepared(select(func.count().label("number")).select_from(TABLE))


class Reading:
    """Reads `taken` of a list, and counts how often it had to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reads = 0

    def taken(self, number: int) -> int | None:
        return self.database.remember(TAKEN, (number,), self._made)

    def _made(self, rows: list[Any]) -> int | None:
        self.reads += 1
        return int(rows[0].taken) if rows else None


@pytest.fixture
def database(stores: Stores, path: Path) -> Database:
    opened = stores.open(path)
    with opened.write() as connection:
        connection.execute(insert(TABLE), [row(number) for number in range(4)])
    return opened


@pytest.fixture
def reading(database: Database) -> Reading:
    return Reading(database)


def row(number: int) -> dict[str, object]:
    return {"institution": "a", "number": number, "capacity": 8, "taken": 0, "permutation_key": b"\x01" * 16}


def take(database: Database, taken: int) -> None:
    with database.write() as connection:
        connection.execute(update(TABLE).values(taken=taken))


def test_what_nobody_changed_is_read_once(reading: Reading) -> None:
    assert [reading.taken(at) for at in (0, 1, 0, 1)] == [0, 0, 0, 0]
    assert reading.reads == 2


@pytest.mark.parametrize("durable", [True, False])
def test_a_commit_of_this_process_is_seen_at_once(reading: Reading, *, durable: bool) -> None:
    for taken in range(1, 5):
        with reading.database.write(durable=durable) as connection:
            connection.execute(update(TABLE).values(taken=taken))
        assert reading.taken(0) == taken


def test_a_commit_of_another_program_is_seen_at_once(reading: Reading, stores: Stores, path: Path) -> None:
    assert reading.taken(0) == 0
    other = stores.open(path)
    for taken in (5, 6):
        take(other, taken)
        assert reading.taken(0) == taken
    with other.write() as connection:
        connection.execute(update(TABLE).values(taken=7))
        assert reading.taken(0) == 6  # asked while it was under way
    assert reading.taken(0) == 7


def test_a_commit_is_seen_also_after_the_log_was_emptied(reading: Reading, stores: Stores, path: Path) -> None:
    assert reading.taken(0) == 0
    other = stores.open(path)
    take(other, 6)
    assert other.scrub()
    assert reading.taken(0) == 6


def test_what_was_not_committed_is_never_seen(reading: Reading) -> None:
    assert reading.taken(0) == 0
    with reading.database.write() as connection:
        connection.execute(update(TABLE).values(taken=7))
        assert reading.taken(0) == 0
        connection.rollback()
    assert reading.taken(0) == 0


def test_that_something_is_not_there_is_never_kept(reading: Reading) -> None:
    assert [reading.taken(9), reading.taken(9)] == [None, None]
    assert reading.reads == 2


def test_a_moment_asks_once_and_keeps_what_is_there_but_finds_what_comes_to_be(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    ask = Memory._read_version
    monkeypatch.setattr(Memory, "_read_version", lambda self: asked.append(1) or ask(self))
    database = reading.database
    with database.moment(), database.moment():
        assert (reading.taken(0), reading.taken(9)) == (0, None)
        with database.write() as connection:
            connection.execute(update(TABLE).values(taken=3))
            connection.execute(insert(TABLE), [row(9)])
        assert (reading.taken(0), reading.taken(9), reading.taken(1)) == (0, 0, 3)
    assert len(asked) == 1
    assert reading.taken(0) == 3


def test_what_a_moment_read_is_not_told_to_those_who_ask_after_a_change(reading: Reading) -> None:
    database = reading.database
    with database.moment():
        take(database, 1)
        other: list[int | None] = []
        thread = threading.Thread(target=lambda: other.append(reading.taken(0)))
        thread.start()
        thread.join()
        take(database, 2)
        assert reading.taken(0) == 2
    assert other == [1]
    take(database, 4)
    assert reading.taken(0) == 4


def test_threads_beside_a_writer_never_go_back_in_time(database: Database) -> None:
    seen: list[list[int]] = [[] for _ in range(3)]
    stop = threading.Event()

    def look(mine: list[int]) -> None:
        reading = Reading(database)
        while not stop.is_set():
            mine.append(cast("int", reading.taken(0)))

    threads = [threading.Thread(target=look, args=(mine,)) for mine in seen]
    for thread in threads:
        thread.start()
    for taken in range(1, 60):
        take(database, taken)
        assert Reading(database).taken(0) == taken
    stop.set()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in seen)


def test_more_than_the_most_is_forgotten(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "MOST", 2)
    for at in (0, 1, 2, 0, 1, 2):
        assert reading.taken(at) == 0
    assert reading.reads == 6


def test_a_database_that_cannot_be_asked_is_an_error_and_not_an_old_answer(reading: Reading, stores: Stores) -> None:
    assert reading.taken(0) == 0
    watching = cast("Any", reading.database._memory._cursor).connection
    if stores.kind == "sqlite":
        watching.set_progress_handler(lambda: 1, 1)  # interrupts whatever runs
    else:
        watching.autocommit = False
        with pytest.raises(psycopg.errors.UndefinedTable):
            watching.execute("SELECT * FROM nothing")  # whatever is asked next in this transaction is refused
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.InFailedSqlTransaction)):
        reading.taken(0)
    take(reading.database, 1)
    assert reading.taken(0) == 1  # by another connection


def test_a_database_in_memory_is_read_each_time() -> None:
    memory = Memory(create_engine("sqlite://"))
    memory.current()["key"] = 1
    assert memory.current() == {}
    with memory.moment():
        memory.current()["key"] = 1
        assert memory.current() == {"key": 1}
    assert memory.current() == {}
    memory.close()


def test_a_count_of_none_is_a_row_and_kept(database: Database) -> None:
    made: list[int] = []

    def make(rows: list[Any]) -> int:
        made.append(rows[0].number)
        return int(rows[0].number)

    assert [database.remember(COUNT, (), make) for _ in range(2)] == [4, 4]
    assert made == [4]
