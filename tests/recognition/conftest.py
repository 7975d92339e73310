"""A real chain with the law on it, as tests/ledger raises it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))  # tests are imported by path; modules shared by name
sys.path.insert(0, str(Path(__file__).parent))

from ground import Ground
from ledger_world import World, found, start_chain

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def law() -> Iterator[World]:
    """One chain for a module's tests, which leave each other's records alone."""
    chain = start_chain()
    yield found(chain)
    chain.stop()


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Two provinces with an agreement between them, before it is in force."""
    return Ground(law, tmp_path_factory.mktemp("ground"))


@pytest.fixture
def ground(made: Ground, capsys: pytest.CaptureFixture[str]) -> Ground:
    """Two provinces with an agreement in force; what their commands print is this test's."""
    return made.in_force(lambda: capsys.readouterr().out)
