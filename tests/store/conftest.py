"""Everything here runs on SQLite and on PostgreSQL, but for what is about the one or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import Stores, both_kinds

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database


store_kind = both_kinds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "huren.db"


@pytest.fixture
def database(stores: Stores, path: Path) -> Database:
    return stores.open(path)
