"""Databases for tests, of either kind, each named by the path that it has on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from gateway.store.engine import Database, open_database, open_url

if TYPE_CHECKING:
    from pathlib import Path

    from postgres_server import Server

KINDS: Final = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def both_kinds(request: pytest.FixtureRequest) -> str:
    """For a module or folder whose tests are to run on both: ``store_kind = both_kinds``."""
    return str(request.param)


class Stores:
    """Opens databases; the same path is the same database. On PostgreSQL the server has them back at the end."""

    def __init__(self, server: Server | None) -> None:
        self._server = server
        self._urls: dict[Path, str] = {}
        self._empty: set[str] = set()
        self._opened: list[Database] = []

    @property
    def kind(self) -> str:
        return KINDS[0] if self._server is None else KINDS[1]

    def url(self, path: Path, *, empty: bool = False) -> str:
        """As another process would be told; on PostgreSQL it has its tables already, unless ``empty``."""
        if self._server is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            return f"sqlite:///{path}"
        if path not in self._urls:
            self._urls[path] = self._server.new_database() if empty else self._server.lend()
            self._empty |= {self._urls[path]} if empty else set()
        return self._urls[path]

    def open(self, path: Path) -> Database:
        opened = open_database(path) if self._server is None else open_url(self.url(path))
        self._opened.append(opened)
        return opened

    def close(self) -> None:
        for database in self._opened:
            database.close()
        for url in self._urls.values():
            assert self._server is not None
            (self._server.drop if url in self._empty else self._server.take_back)(url)
