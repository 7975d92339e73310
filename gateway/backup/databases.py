"""A consistent copy of a database that is in use, and putting it back.

SQLite: the backup API, in one step: the copy is the state of one moment, writers go on meanwhile. PostgreSQL: the
server's own `pg_dump`, from a snapshot that this process holds, so that what is noted beside it is of the same moment;
`pg_restore` in one transaction, into an empty database.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, inspect, select

from gateway.backup.errors import CopyFailed, DatabaseDamaged, DatabaseNotEmpty, ProgramFailed, ProgramMissing
from gateway.domain.manifest import cid_of
from gateway.ledger.index_state import cursor
from gateway.ledger.outbox import counts
from gateway.store.engine import Database, open_database, open_url
from gateway.store.errors import explained
from gateway.store.migrate import HEAD, name_of
from gateway.store.models import Batch, Credential, Learner, Pack, SentLetter

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

SQLITE: Final = "data/huren.db"
POSTGRESQL: Final = "database.dump"
_PRIVATE: Final = 0o600
_SAID: Final = 400


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a database: the file, its name in the backup, what it holds, and the blobs that this centre made."""

    path: Path
    name: str
    facts: dict[str, Any]
    own_blobs: tuple[str, ...] = field(repr=False)


def snapshot(database: Database, folder: Path) -> Snapshot:
    """Copy the database into `folder`, as it is at one moment.

    Raises:
        ProgramMissing, ProgramFailed: PostgreSQL's own program.
        StoreError: the database cannot be read.
    """
    if database.engine.dialect.name == "sqlite":
        return _of_sqlite(str(database.engine.url.database), folder)
    return _of_postgresql(database, folder)


def load(dump: Path, url: str) -> None:
    """Put a dump into the empty PostgreSQL database that `url` names, whole or not at all.

    Raises:
        DatabaseNotEmpty: there is something in it; nothing was changed.
        ProgramMissing, ProgramFailed: PostgreSQL's own program.
    """
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(dump)]
    _run("pg_restore", words)


def require_empty(url: str) -> None:
    """Make sure that the PostgreSQL database holds no table.

    Raises:
        DatabaseNotEmpty: it does. StoreError: it cannot be reached.
    """
    from sqlalchemy import create_engine, exc, make_url  # noqa: PLC0415 - opening a gateway's database would fill it

    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    except exc.DBAPIError as error:
        if error.orig is not None and (met := explained(error.orig, name_of(engine))):
            raise met from error
        raise
    finally:
        engine.dispose()
    if tables:
        raise DatabaseNotEmpty(parsed.render_as_string())


def require_whole(path: Path) -> None:
    """Have SQLite check the copy at `path`, and bring it to this release's tables.

    Raises:
        DatabaseDamaged: it is not whole. StoreError: another release's.
    """
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            said = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        except sqlite3.DatabaseError as error:
            raise DatabaseDamaged(path.name, why=str(error)) from error
    if said != ["ok"]:
        raise DatabaseDamaged(path.name, why="; ".join(map(str, said)))
    open_database(path).close()


def _of_sqlite(source: str, folder: Path) -> Snapshot:
    path = folder / "huren.db"
    path.touch(_PRIVATE)
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as reading,
        contextlib.closing(sqlite3.connect(path)) as copy,
    ):
        try:
            reading.backup(copy)  # one step: no writer can make it begin again
        except sqlite3.Error as error:
            raise explained(error, path.name) or CopyFailed(path.name, why=str(error)) from error
    opened = open_url(f"sqlite:///{path}")
    try:
        with opened.read() as connection:
            facts, blobs = _facts(connection), _own_blobs(connection)
    finally:
        opened.close()  # the last connection leaves no log beside the file
    return Snapshot(path, SQLITE, facts, blobs)


def _of_postgresql(database: Database, folder: Path) -> Snapshot:
    path = folder / POSTGRESQL
    path.touch(_PRIVATE)
    url = database.engine.url.set(drivername="postgresql").render_as_string()
    with database.read() as connection:  # REPEATABLE READ: what is noted is what is dumped
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        facts, blobs = _facts(connection), _own_blobs(connection)
        _run("pg_dump", ["--format=custom", "--no-owner", f"--snapshot={moment}", f"--file={path}", f"--dbname={url}"])
    return Snapshot(path, POSTGRESQL, facts, blobs)


def _facts(connection: Connection) -> dict[str, Any]:
    """What a person wants to know of a copy before anything is restored; no personal data."""
    block = cursor(connection)
    return {
        "database": connection.dialect.name,
        "revision": HEAD,
        "block": None if block is None else block.number,
        "outbox": counts(connection),
        "accounts": connection.execute(select(func.count()).select_from(Learner)).scalar_one(),
        "credentials": connection.execute(select(func.count()).select_from(Credential)).scalar_one(),
    }


def _own_blobs(connection: Connection) -> tuple[str, ...]:
    """The CIDs of what this centre made: packs, manifests, letters."""
    columns = (Pack.digest, Batch.manifest, SentLetter.digest)
    digests = (digest for column in columns for digest in connection.execute(select(column)).scalars())
    return tuple(dict.fromkeys(cid_of(bytes(digest)) for digest in digests))


def _run(program: str, words: list[str]) -> None:
    """Run a program of PostgreSQL. No password is among its words: it finds it where libpq does (decision 0224)."""
    found = shutil.which(program)
    if found is None:
        raise ProgramMissing(program)
    done = subprocess.run([found, "--no-password", *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        # Its first lines say what is wrong, without rows; the rest is the statement.
        raise ProgramFailed(program, why=" ".join(done.stderr.split())[:_SAID])
