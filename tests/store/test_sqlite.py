"""What SQLite alone is told, and what becomes of its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from gateway.store.models import Pack

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database


@pytest.fixture
def store_kind() -> str:
    return "sqlite"


def pragma(database: Database, name: str) -> object:
    with database.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_it_keeps_a_log_syncs_every_commit_and_wipes_what_is_deleted(database: Database) -> None:
    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 2
    assert pragma(database, "foreign_keys") == 1
    assert pragma(database, "secure_delete") == 1


def test_only_a_write_that_says_so_goes_without_its_sync(database: Database) -> None:
    with database.write(durable=False) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert pragma(database, "synchronous") == 2


def test_scrubbing_empties_the_log(database: Database, path: Path) -> None:
    with database.write() as connection:
        connection.execute(insert(Pack).values(digest=b"a" * 32, size=1, created_at=1))
    log = path.with_name("huren.db-wal")
    assert log.stat().st_size > 0
    assert database.scrub()
    assert log.stat().st_size == 0
