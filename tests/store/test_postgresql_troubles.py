"""A PostgreSQL database that is away, foreign, locked, read-only, forbidden or full: one bilingual error each."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psycopg
import pytest
from postgres_server import Server, serving
from sqlalchemy import bindparam, func, insert, select

from gateway.store import postgresql
from gateway.store.bulk import insert_rows
from gateway.store.engine import Database, open_url
from gateway.store.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseUnreachable,
    DatabaseUnwritable,
    ForeignDatabase,
    StoreError,
    TextTooLong,
    explained,
)
from gateway.store.models import InstitutionProfile, OutboxEntry, OutboxState, Pack
from gateway.store.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stores import Stores

FIND = Prepared(select(Pack.size).where(Pack.digest == bindparam("digest")), "digest")
PACK = ("digest", "size", "created_at")


@pytest.fixture
def store_kind() -> str:
    return "postgresql"


def add(database: Database, first: int, count: int = 1) -> None:
    with database.write() as connection:
        insert_rows(connection, Pack, PACK, [(number.to_bytes(32), 1, 0) for number in range(first, first + count)])


def held(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(Pack)).scalar_one()


def says(error: StoreError) -> None:
    assert str(error.value).startswith("postgresql://")
    assert error.hint("zh") != error.hint("en")
    assert "VALUES" not in str(error)


def test_a_server_that_is_not_there_is_named_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_url(f"postgresql://huren:hunter2@/huren?host={tmp_path}")
    says(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in caught.value.message("zh")


def test_a_server_that_went_away_is_an_error_in_every_way_of_reading_and_comes_back() -> None:
    with serving() as server:
        database = open_url(server.new_database())
        add(database, 0)
        assert database.fetch(FIND, [(bytes(32),), (bytes(32),)]) == [[(1,)], [(1,)]]
        assert database.remember(FIND, (bytes(32),), lambda rows: rows[0].size) == 1
        server.stop()
        ways = (
            lambda: held(database), lambda: add(database, 1), lambda: database.fetch(FIND, [(bytes(32),)]),
            lambda: database.remember(FIND, (bytes(32),), lambda rows: rows[0].size), database.scrub,
        )  # fmt: skip
        for way in ways:
            with pytest.raises(DatabaseUnreachable) as caught:
                way()
            says(caught.value)
        server.start()
        assert held(database) == 1
        assert database.fetch(FIND, [(bytes(32),)]) == [[(1,)]]
        assert database.remember(FIND, (bytes(32),), lambda rows: rows[0].size) == 1
        database.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_restarted_while_nobody_asked_costs_no_answer(how: signal.Signals) -> None:
    """Every idle connection is dead and nobody knows it yet: whoever reads next, in whichever way, is answered."""
    with serving() as server:
        database = open_url(server.new_database())
        add(database, 0)
        ways: tuple[Callable[[], object], ...] = (
            lambda: database.fetch(FIND, [(bytes(32),)])[0][0].size,
            lambda: database.fetch(FIND, [(bytes(32),), (bytes(32),)])[1][0].size,
            lambda: database.remember(FIND, (bytes(32),), lambda rows: rows[0].size),
            lambda: held(database),
        )
        idle = [database._connections._open() for _ in range(3)]
        for way in ways:
            database._connections._idle.extend(idle)
            assert [way(), way()] == [1, 1]
            server.stop(how)
            server.start()
            assert [way(), way()] == [1, 1]
            idle = [database._connections._open() for _ in range(3)]
        for left in idle:
            left.close()
        database.close()


def test_a_write_during_which_the_server_was_restarted_is_not_made_again_by_itself() -> None:
    with serving() as server:
        database = open_url(server.new_database())
        add(database, 0)
        begun: list[int] = []

        def write() -> None:
            with database.write() as connection:
                begun.append(1)
                connection.execute(insert(Pack).values(digest=b"x", size=1, created_at=0))
                server.stop()
                server.start()
                connection.execute(insert(Pack).values(digest=b"y", size=1, created_at=0))

        with pytest.raises(DatabaseUnreachable) as caught:
            write()
        says(caught.value)
        assert (len(begun), held(database)) == (1, 1)
        add(database, 1)  # the next one has a new connection, and is made once
        assert held(database) == 2
        database.close()


def test_a_database_that_does_not_exist_and_a_stranger_are_named(postgres: Server) -> None:
    for url in (postgres.url("nowhere"), postgres.url("postgres", user="stranger")):
        with pytest.raises(DatabaseUnreachable, match="does not exist") as caught:
            open_url(url)
        says(caught.value)


def test_a_user_who_may_not_write_reads_and_is_told(database: Database, postgres: Server) -> None:
    add(database, 0)
    name = str(database.engine.url.database)
    postgres.run("DROP ROLE IF EXISTS reader")
    postgres.run("CREATE ROLE reader LOGIN")
    postgres.run("GRANT pg_read_all_data TO reader")
    reader = open_url(postgres.url(name, user="reader"))
    assert held(reader) == 1
    with pytest.raises(DatabaseUnwritable) as caught, reader.write() as connection:
        connection.execute(insert(Pack).values(digest=b"x", size=1, created_at=0))
    says(caught.value)
    with pytest.raises(DatabaseUnwritable):
        add(reader, 1, 100)
    assert held(database) == 1
    reader.close()


def test_another_programs_database_gets_no_tables_of_ours(stores: Stores, postgres: Server, tmp_path: Path) -> None:
    url = stores.url(tmp_path / "foreign.db", empty=True)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE TABLE invoices (number integer)")
    with pytest.raises(ForeignDatabase, match="invoices") as caught:
        open_url(url)
    says(caught.value)
    assert postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url.split("/")[3].split("?")[0])


def test_a_writer_that_waited_in_vain_has_written_nothing(
    stores: Stores, path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LOCK_MILLISECONDS", 20)
    impatient = stores.open(path)
    with database.write(), pytest.raises(DatabaseBusy) as caught:
        add(impatient, 0)
    says(caught.value)
    add(impatient, 1)
    assert held(database) == 1


def test_a_text_that_is_too_long_is_said_and_an_explanation_never_is(database: Database) -> None:
    with pytest.raises(TextTooLong) as caught, database.write() as connection:
        connection.execute(
            insert(InstitutionProfile).values(institution="1" * 18, name_zh="长" * 201, name_en="x", added_at=1)
        )
    says(caught.value)
    told = {"kind": "k", "dedupe_key": "d", "payload": b"", "sender": b"s", "attempts": 1, "created_at": 1}
    with database.write() as connection:
        entry = {**told, "state": OutboxState.FAILED, "updated_at": 1, "error": "说" * 5_000}
        connection.execute(insert(OutboxEntry).values(**entry))


def test_who_only_reads_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseUnwritable) as caught, database.read() as connection:
        connection.execute(insert(Pack).values(digest=b"x", size=1, created_at=0))
    says(caught.value)


def test_a_full_server_and_a_damaged_one_are_told_apart(database: Database) -> None:
    """The server itself raises them here: what it would say where they happen."""
    for state, expected in (
        ("53100", DatabaseFull), ("58030", DatabaseFull), ("XX001", DatabaseDamaged), ("40001", DatabaseBusy),
        ("40P01", DatabaseBusy), ("53300", DatabaseBusy), ("57P01", DatabaseUnreachable),
        ("08006", DatabaseUnreachable),
    ):  # fmt: skip
        raising = f"DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '{state}'; END $$"
        with pytest.raises(expected) as caught, database.write() as connection:
            connection.exec_driver_sql(raising)
        says(caught.value)
        assert f"{state}: no room" in str(caught.value.details["why"])
    with (
        pytest.raises(psycopg.errors.RaiseException) as plain,
        psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string()) as raw,
    ):
        raw.execute("DO $$ BEGIN RAISE EXCEPTION 'of a program'; END $$")
    assert explained(plain.value, "x") is None
