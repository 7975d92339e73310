"""What PostgreSQL alone is told, and what becomes of what was overwritten."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from postgres_server import Server, serving
from sqlalchemy import insert, select, update

from gateway.store.bulk import insert_rows
from gateway.store.engine import open_url
from gateway.store.errors import UnsuitableDatabase
from gateway.store.models import Learner, Pack

if TYPE_CHECKING:
    from stores import Stores

    from gateway.store.engine import Database

SECRET = b"a wrapped key that is to go"


@pytest.fixture
def store_kind() -> str:
    return "postgresql"


def shown(database: Database, name: str, **how: bool) -> object:
    with database.write(**how) as connection:
        return connection.exec_driver_sql(f"SHOW {name}").scalar()


def test_a_commit_waits_for_the_log_unless_the_write_says_otherwise_whatever_the_server_thinks(
    database: Database, postgres: Server
) -> None:
    name = database.engine.url.database
    postgres.run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    postgres.run(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
    database.engine.dispose()
    assert shown(database, "synchronous_commit") == "on"
    assert shown(database, "synchronous_commit", durable=False) == "off"
    assert shown(database, "transaction_isolation") == "read committed"
    with database.read() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"


def test_a_write_begins_with_what_the_one_before_it_left(database: Database) -> None:
    """The lock is had before anything is read: a snapshot taken while waiting for it would be of the past."""
    begun, seen = threading.Event(), []

    def second() -> None:
        begun.set()
        with database.write() as connection:
            seen.append(connection.execute(select(Pack.size)).all())

    with database.write() as connection:
        other = threading.Thread(target=second)
        other.start()
        assert begun.wait(10)
        time.sleep(0.2)  # it waits for the lock by now; if not yet, it sees even more surely
        connection.execute(insert(Pack).values(digest=b"a" * 32, size=7, created_at=1))
    other.join(30)
    assert seen == [[(7,)]]


def test_many_rows_go_in_by_one_stream_with_every_kind_of_value(database: Database) -> None:
    columns = ("number_index", "name_index", "sealed", "opened_at")
    rows = [(n.to_bytes(16), None if n % 2 else bytes([92, 110, 9, 10, 13, 0]), b"\\N\t\n\\.", n) for n in range(300)]
    with database.write() as connection:
        insert_rows(connection, Learner, columns, rows)
    with database.read() as connection:
        table = Learner.__table__
        query = select(*(table.c[name] for name in columns)).order_by(table.c.opened_at)
        assert [tuple(row) for row in connection.execute(query)] == rows


def test_scrubbing_writes_personal_data_anew_without_what_was_overwritten(database: Database, postgres: Server) -> None:
    def on_disk() -> bytes:
        postgres.run("CHECKPOINT")
        with database.read() as connection:
            query = "SELECT oid FROM pg_database WHERE datname = current_database()"
            oid = connection.exec_driver_sql(query).scalar_one()
        return b"".join(file.read_bytes() for file in (postgres.data / "base" / str(oid)).iterdir() if file.is_file())

    with database.write() as connection:
        connection.execute(insert(Learner).values(number_index=b"n" * 16, sealed=SECRET, opened_at=1))
    assert SECRET in on_disk()
    with database.write() as connection:
        connection.execute(update(Learner).values(sealed=None))
    assert SECRET in on_disk()
    with database.read() as reader:
        assert reader.execute(select(Pack.id)).all() == []
        assert not database.scrub()  # what the reader may still see cannot go
    assert database.scrub()
    assert SECRET not in on_disk()


def test_scrubbing_waits_for_nobody_who_holds_the_table(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("LOCK TABLE learners IN ROW EXCLUSIVE MODE")
        assert not database.scrub()
    assert database.scrub()


@pytest.mark.parametrize(
    ("told", "encoding", "collation"),
    [
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "SQL_ASCII", "C"),
        ("ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'zh'", "UTF8", "ICU"),
    ],
)
def test_a_database_that_sorts_or_stores_text_otherwise_is_refused_and_left_alone(
    postgres: Server, told: str, encoding: str, collation: str
) -> None:
    postgres.run(f"CREATE DATABASE unsuitable TEMPLATE template0 {told}")
    try:
        with pytest.raises(UnsuitableDatabase) as caught:
            open_url(postgres.url("unsuitable"))
        assert caught.value.details == {"encoding": encoding, "collation": collation}
        assert "createdb" in caught.value.hint("zh")
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert postgres.run(query, "unsuitable") == [(0,)]
    finally:
        postgres.drop(postgres.url("unsuitable"))


@pytest.mark.kill
def test_a_crash_of_the_server_loses_no_durable_commit_and_keeps_none_by_half() -> None:
    with serving(fsync="on", full_page_writes="on") as server:
        url = server.new_database()
        database = open_url(url)
        written = []
        for number in range(40):
            with database.write(durable=number % 2 == 0) as connection:
                rows = [((number * 10 + n).to_bytes(32), number, 0) for n in range(10)]
                insert_rows(connection, Pack, ("digest", "size", "created_at"), rows)
            written.append(number)
        server.stop(signal.SIGQUIT)
        server.start()
        with database.read() as connection:  # the pool asks before it hands a connection out
            sizes = [size for (size,) in connection.execute(select(Pack.size).order_by(Pack.id))]
        kept = sorted(set(sizes))
        assert sizes == [number for number in kept for _ in range(10)]
        assert kept == list(range(len(kept)))
        assert set(written[::2]) <= set(kept)
        database.close()


def test_nobody_else_waits_for_the_write_lock(stores: Stores, postgres: Server, database: Database) -> None:
    """The lock is the database's own: another gateway's on the same server goes on."""
    other = open_url(postgres.lend())
    with database.write(), other.write() as connection:
        connection.execute(insert(Pack).values(digest=b"b" * 32, size=1, created_at=1))
    other.close()
    postgres.take_back(str(other.engine.url.render_as_string()).replace("+psycopg", ""))
    assert stores.kind == "postgresql"


def test_a_connection_that_broke_is_replaced(database: Database, postgres: Server) -> None:
    with database.read() as connection:
        assert connection.execute(select(Pack.id)).all() == []
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as root:
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.engine.url.database,)
        )
    with database.read() as connection:
        assert connection.execute(select(Pack.id)).all() == []
