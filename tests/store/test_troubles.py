"""A SQLite database that is damaged, foreign, locked, read-only or full: one bilingual error each."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, func, insert, select

from gateway.store import sqlite
from gateway.store.engine import open_database, open_url
from gateway.store.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseUnwritable,
    ForeignDatabase,
    StoreError,
)
from gateway.store.models import Pack
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database

FIND = Prepared(select(Pack.size).where(Pack.digest == bindparam("digest")), "digest")


@pytest.fixture
def store_kind() -> str:
    """Of PostgreSQL's troubles speaks test_postgresql_troubles."""
    return "sqlite"


def add(database: Database, first: int, count: int = 1) -> None:
    rows = [{"digest": number.to_bytes(32), "size": 1, "created_at": 0} for number in range(first, first + count)]
    with database.write() as connection:
        connection.execute(insert(Pack), rows)


def held(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(Pack)).scalar_one()


def says(error: StoreError, path: Path) -> None:
    assert error.value == str(path)
    assert error.hint("zh") != error.hint("en")
    assert "INSERT" not in str(error)


def test_what_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"a letter, not a database. " * 1000)
    before = path.read_bytes()
    with pytest.raises(DatabaseDamaged) as caught:
        open_database(path)
    says(caught.value, path)
    assert path.read_bytes() == before


def test_half_a_database_is_damaged(path: Path, database: Database) -> None:
    add(database, 0, 2000)
    database.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DatabaseDamaged) as caught:
        held(open_database(path))
    says(caught.value, path)


def test_the_short_way_to_read_explains_itself_as_well(path: Path, database: Database) -> None:
    add(database, 0, 2000)
    assert database.fetch(FIND, [(bytes(32),)]) == [[(1,)]]
    database.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(DatabaseDamaged):
        database.fetch(FIND, [(bytes(32),)])


def test_another_programs_database_gets_no_tables_of_ours(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE invoices (number)")
    other.close()
    with pytest.raises(ForeignDatabase, match="invoices") as caught:
        open_database(path)
    says(caught.value, path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]
    other.close()


@pytest.mark.parametrize("place", ["folder", "below a file"])
def test_a_place_where_no_database_can_be_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    path = tmp_path / "folder" if place == "folder" else tmp_path / "file" / "huren.db"
    with pytest.raises(DatabaseUnwritable) as caught:
        open_database(path)
    says(caught.value, path)


def test_a_read_only_database_answers_and_takes_nothing(path: Path, database: Database) -> None:
    add(database, 0)
    read_only = open_url(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert held(read_only) == 1
    with pytest.raises(DatabaseUnwritable):
        add(read_only, 1)
    assert held(database) == 1
    read_only.close()


def test_a_writer_that_waited_in_vain_has_written_nothing(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 20)
    impatient = open_database(path)
    with database.write(), pytest.raises(DatabaseBusy) as caught:
        add(impatient, 0)
    says(caught.value, path)
    add(impatient, 1)
    assert held(database) == 1
    impatient.close()


def test_a_full_disk_undoes_the_whole_write_and_the_next_one_succeeds(path: Path, database: Database) -> None:
    add(database, 0)
    with database.write() as connection:  # the pool hands the same connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DatabaseFull) as caught:
        add(database, 1, 5000)
    says(caught.value, path)
    assert held(database) == 1
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    add(database, 1)
    assert held(database) == 2
