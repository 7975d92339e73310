"""Everything here runs on SQLite and on PostgreSQL, but for what is about the one or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import KINDS, Stores

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database


@pytest.fixture(params=KINDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "huren.db"


@pytest.fixture
def database(stores: Stores, path: Path) -> Database:
    return stores.open(path)
