"""Chains, agreements and histories of transfers are made where the tests of the ledger and of recognition have them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))  # tests are imported by path; modules shared by name
sys.path.insert(0, str(Path(__file__).parents[1] / "recognition"))
sys.path.insert(0, str(Path(__file__).parent))

from deeds import Deeds, ready
from ground import Ground
from ledger_world import World, found, start_chain
from observing import Office
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


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Two centres, certificates, an agreement in force."""
    return Ground(law, tmp_path_factory.mktemp("ground"))


@pytest.fixture
def deeds(made: Ground, capsys: pytest.CaptureFixture[str]) -> Deeds:
    """What people do there."""
    ready(made, lambda: capsys.readouterr().out)
    return Deeds(made, made.shanghai.folder / "data" / "blobs")


@pytest.fixture
def office(deeds: Deeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """The regional office, with an index of its own."""
    return Office(deeds.law, tmp_path / "office", lambda: capsys.readouterr().out, deeds.blobs)
