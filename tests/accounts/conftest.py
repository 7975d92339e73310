"""A centre's book of accounts, in a SQLite file and in PostgreSQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stores import Stores, both_kinds

from gateway.accounts.service import AccountBook
from gateway.keys.secrets import MasterKey, PseudonymKey

if TYPE_CHECKING:
    from gateway.store.engine import Database

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path; people is shared by name
from people import MASTER, PSEUDONYM

store_kind = both_kinds


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    return stores.open(tmp_path / "huren.db")


@pytest.fixture
def book(database: Database) -> AccountBook:
    return AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM))
