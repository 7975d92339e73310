"""Histories of transfers, chains, and deeds at the contracts are made where other tests have them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))  # tests are imported by path; modules shared by name
sys.path.insert(0, str(Path(__file__).parents[1] / "recognition"))
sys.path.insert(0, str(Path(__file__).parents[1] / "audit"))

from ledger_world import World, found, start_chain

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def law() -> Iterator[World]:
    """One chain for a module's tests, which leave each other's records alone."""
    chain = start_chain()
    yield found(chain)
    chain.stop()
