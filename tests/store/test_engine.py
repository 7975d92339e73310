"""Transactions keep what they promise, alone and beside others, also when the process is killed."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from gateway.store.bulk import insert_rows, select_by_keys
from gateway.store.migrate import HEAD
from gateway.store.models import ChainCursor, InstitutionProfile, Learner, Pack

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

PACK = ("digest", "size", "created_at")


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            insert_rows(connection, Pack, PACK, [(b"a" * 32, 1, 1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.read() as connection:
        assert connection.execute(select(Pack.id)).all() == []


def test_a_reader_keeps_its_snapshot_while_another_writes(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(Pack.id)).all() == []
        with database.write() as writer:
            insert_rows(writer, Pack, PACK, [(b"a" * 32, 1, 1)])
        assert reader.execute(select(Pack.id)).all() == []
    with database.read() as reader:
        assert len(reader.execute(select(Pack.id)).all()) == 1


def test_writers_queue_up_and_none_is_lost(database: Database) -> None:
    def add(worker: int) -> None:
        for number in range(20):
            with database.write(durable=False) as connection:
                size = connection.execute(select(func.count()).select_from(Pack)).scalar_one()
                insert_rows(connection, Pack, PACK, [(bytes([worker, number]) * 16, size, 1)])

    threads = [threading.Thread(target=add, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        sizes = [size for (size,) in connection.execute(select(Pack.size).order_by(Pack.id))]
    assert sizes == list(range(80))


def test_a_session_commits_objects(database: Database) -> None:
    with database.session() as session:
        session.add(InstitutionProfile(institution="123200004660001235", name_zh="江苏", name_en="JS", added_at=1))
    with database.session() as session:
        profile = session.execute(select(InstitutionProfile)).scalar_one()
        assert (profile.name_zh, profile.name_en, profile.added_at) == ("江苏", "JS", 1)


def test_the_database_itself_refuses_a_second_cursor_an_unknown_state_and_a_stranger(database: Database) -> None:
    cursor = "INSERT INTO chain_cursor VALUES (:given, 1, 1, :digest, 1, 1)"
    roster = (
        "INSERT INTO rosters (digest, filename, province, rows, good_rows, state, created_at)"
        " VALUES (:digest, 'x', 320000, 0, 0, :given, 0)"
    )
    document = "INSERT INTO learner_documents (number_index, learner_id, added_at) VALUES (:digest, :given, 0)"
    for statement, good, bad in ((cursor, 1, 2), (roster, "issued", "lost")):
        with database.write() as connection:
            connection.execute(text(statement), {"given": good, "digest": b"x"})
        with pytest.raises(IntegrityError), database.write() as connection:
            connection.execute(text(statement), {"given": bad, "digest": b"x"})
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(text(document), {"given": 1, "digest": b"x"})
    with database.read() as connection:
        assert connection.execute(select(ChainCursor.id)).scalar_one() == 1


def test_many_rows_are_inserted_and_found_by_their_keys(database: Database) -> None:
    rows = [(number.to_bytes(32, "big"), number, 7) for number in range(20_000)]
    keys = [digest for digest, _, _ in rows]
    with database.write() as connection:
        insert_rows(connection, Pack, PACK, rows)
        insert_rows(connection, Pack, PACK, [])
        assert sorted(select_by_keys(connection, Pack, "digest", PACK, keys)) == rows
        assert select_by_keys(connection, Pack, "digest", PACK, [b"x" * 32]) == []
        assert select_by_keys(connection, Pack, "digest", PACK, []) == []


def test_a_bulk_insert_takes_all_rows_or_none(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        insert_rows(connection, Pack, PACK, [(b"a" * 32, 1, 1), (b"a" * 32, 2, 1)])
    with database.read() as connection:
        assert connection.execute(select(Pack.id)).all() == []


def test_the_error_of_a_failing_statement_does_not_show_its_values(database: Database) -> None:
    rows = [(b"a private value".ljust(32), 1, 1)] * 2
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        insert_rows(connection, Pack, PACK, rows)
    assert {"packs.digest", "uq_packs_digest"} & set(re.findall(r"[\w.]+", str(caught.value)))
    assert "private" not in str(caught.value)


def test_a_column_that_the_table_does_not_have_is_refused_before_it_becomes_sql(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(KeyError, match="surprise"):
            insert_rows(connection, Pack, ("surprise",), [(1,)])
        with pytest.raises(KeyError, match="digest; --"):
            select_by_keys(connection, Pack, "digest; --", PACK, [b""])
        with pytest.raises(KeyError, match="nothing"):
            select_by_keys(connection, Learner, "id", ("nothing",), [1])


def test_several_processes_may_open_a_new_database_at_once(stores: Stores, path: Path) -> None:
    code = "import sys; from gateway.store.engine import open_url; open_url(sys.argv[1]).close()"
    url = stores.url(path, empty=True)
    started = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    with stores.open(path).read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [(HEAD,)]


WRITER = textwrap.dedent(
    """
    import sys
    from gateway.store.bulk import insert_rows
    from gateway.store.engine import open_url
    from gateway.store.models import Pack
    database = open_url(sys.argv[1])
    start = int(sys.argv[2])
    for number in range(start, start + 10_000):
        with database.write() as connection:
            rows = [((number * 10 + n).to_bytes(32, "big"), number, 0) for n in range(10)]
            insert_rows(connection, Pack, ("digest", "size", "created_at"), rows)
        print(number, flush=True)
    """
)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(4))
def test_a_kill_loses_no_commit_that_was_acknowledged_and_keeps_none_by_half(
    stores: Stores, path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    url, start = stores.url(path), 0
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, url, str(start)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(chance.randrange(1, 60))]
            time.sleep(chance.uniform(0, 0.01))
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        database = stores.open(path)
        with database.read() as connection:
            rows = connection.execute(select(Pack.size, Pack.digest)).all()
        commits = {size for size, _ in rows}
        assert len(rows) == 10 * len(commits)
        assert commits == set(range(len(commits)))
        confirmed = int(lines[-1])
        assert len(commits) - 1 in {confirmed, confirmed + 1}  # the last may be durable without having been told
        start = len(commits)
