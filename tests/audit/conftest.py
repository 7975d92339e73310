"""Chains, agreements and histories of transfers are made where the tests of the ledger and of recognition have them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))  # tests are imported by path; modules shared by name
sys.path.insert(0, str(Path(__file__).parents[1] / "recognition"))
sys.path.insert(0, str(Path(__file__).parent))

from ledger_world import World, found, start_chain
from stores import KINDS, Stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.store.engine import Database


@pytest.fixture(scope="module")
def law() -> Iterator[World]:
    """One chain for a module's tests, which leave each other's records alone."""
    chain = start_chain()
    yield found(chain)
    chain.stop()


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind, one for a module's tests, which index histories of their own."""
    made = Stores(request.getfixturevalue("postgres") if request.param == "postgresql" else None)
    yield made.open(tmp_path_factory.mktemp("audit") / "huren.db")
    made.close()
