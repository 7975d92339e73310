"""The models and the migrations say the same."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

import gateway
from gateway.store.bulk import _insert
from gateway.store.errors import NewerDatabase
from gateway.store.migrate import HEAD, migrate
from gateway.store.models import Base, Pack

if TYPE_CHECKING:
    from stores import Stores

    from gateway.store.engine import Database

GATEWAY = Path(gateway.__file__).parent
SCRIPTS = files("gateway.store") / "migrations"


def _schema(connection: Connection) -> dict[str, Any]:
    """Every table's columns, keys, checks and indexes, in an order of their own; DDL as SQLite keeps it."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        )
        return {name: sorted(line.strip().rstrip(",") for line in sql.splitlines()) for name, sql in rows}
    found = inspect(connection)
    return {
        table: {
            "columns": sorted(map(str, found.get_columns(table))),
            "key": found.get_pk_constraint(table),
            "foreign": sorted(map(str, found.get_foreign_keys(table))),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": sorted(map(str, found.get_indexes(table))),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_exactly_the_tables_that_the_models_declare(
    database: Database, stores: Stores, tmp_path: Path
) -> None:
    url = make_url(stores.url(tmp_path / "declared.db", empty=True))
    declared = create_engine(url.set(drivername="postgresql+psycopg") if stores.kind == "postgresql" else url)
    Base.metadata.create_all(declared)
    with declared.connect() as ours, database.read() as theirs:
        assert _schema(theirs) == _schema(ours)
        assert len(_schema(ours)) >= len(Base.metadata.tables)
    declared.dispose()


def test_autogenerate_finds_nothing_left_to_migrate(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_what_counts_up_is_wide_enough_and_digests_are_bytes_on_postgresql() -> None:
    statements = {
        name: str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for name, table in Base.metadata.tables.items()
    }
    assert "id BIGSERIAL NOT NULL" in statements["learners"]
    assert "number_index BYTEA NOT NULL" in statements["learners"]
    assert "ROWID" not in statements["credentials"]
    assert _insert("format", Pack, ("digest", "size")) == "INSERT INTO packs (digest, size) VALUES (%s, %s)"


def test_the_newest_revision_is_the_one_by_which_a_database_opens_at_once() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = _schema(connection)
    migrate(database.engine)
    with database.read() as connection:
        assert _schema(connection) == before


def test_every_migration_can_be_taken_back(database: Database) -> None:
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert _schema(connection) == {}
    migrate(database.engine)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_every_column_is_written_or_read_by_the_gateway() -> None:
    """What nobody uses says something that is not so to whoever reads the tables."""
    sources = (path for path in GATEWAY.rglob("*.py") if "store/m" not in path.as_posix())
    words = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in sources)))
    unused = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name not in words
    }
    assert unused == set()
    assert {mapper.class_.__name__ for mapper in Base.registry.mappers} <= words


def test_migrations_run_through_the_gateway_alone() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with pytest.raises(RuntimeError, match=r"gateway\.store\.migrate"):
        command.upgrade(config, "head")


def test_a_database_of_a_newer_release_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabase) as caught:
        migrate(database.engine)
    assert caught.value.details == {"revision": "9999"}
    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})  # for the next test
