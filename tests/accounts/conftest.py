"""A centre's book of accounts in a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.accounts.service import AccountBook
from gateway.keys.secrets import MasterKey, PseudonymKey
from gateway.store.engine import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path; people is shared by name
from people import MASTER, PSEUDONYM


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "huren.db")
    yield opened
    opened.close()


@pytest.fixture
def book(database: Database) -> AccountBook:
    return AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM))
