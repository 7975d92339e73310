"""Which data directory a database on a server belongs to: one, or two gateways would do the same work twice.

Keys, leaf index and the locks that keep processes apart lie in the data directory. A SQLite file lies there with them;
a database on a server can be named in the settings of any number of gateways, and here all but the first are refused.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import insert, select

from gateway.store.engine import open_url
from gateway.store.errors import AnothersDatabase
from gateway.store.migrate import name_of
from gateway.store.models import KeyMark

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table

    from gateway.store.engine import Database

_MARKS: Final = cast("Table", KeyMark.__table__)
_PURPOSE: Final = "data_dir"
_FILE: Final = "database.id"
_BYTES: Final = 16


def open_own(url: str, folder: Path) -> Database:
    """Open the database that ``url`` names for the data directory ``folder``.

    Raises:
        StoreError: it cannot be used; AnothersDatabase among them.
    """
    database = open_url(url)
    try:
        claim(database, folder)
    except BaseException:
        database.close()
        raise
    return database


def claim(database: Database, folder: Path) -> None:
    """Make sure that the database is the one of the data directory `folder`, from its first use on.

    Raises:
        AnothersDatabase: it belongs to another one.
        DatabaseUnwritable: it is not yet anybody's, and cannot be written.
    """
    mine = _identity(folder)
    query = select(_MARKS.c.mark).where(_MARKS.c.purpose == _PURPOSE)
    with database.read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found is None:
        with database.write() as connection:
            found = connection.execute(query).scalar_one_or_none()  # another process may have been first
            if found is None:
                connection.execute(insert(_MARKS).values(purpose=_PURPOSE, mark=mine))
                return
    if found != mine:
        raise AnothersDatabase(name_of(database.engine), folder=str(folder))


def _identity(folder: Path) -> bytes:
    """What tells this data directory from every other, also from a copy made before it was first used."""
    path = folder / _FILE
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = folder / f".{_FILE}.{secrets.token_hex(8)}"
        fresh.write_text(secrets.token_hex(_BYTES) + "\n", encoding="ascii")
        try:
            os.link(fresh, path)  # whole or not at all, and never over another process's
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
