"""Four real nodes, Kubo daemons and gateways, raised once for all tests of this folder; each mends what it broke.

A chain client that is not there is said in one line, and its tests are deselected: Besu is the operator's to install.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))
from meanwhile import Issuing, Work
from soundness import assert_sound, others
from the_past import found, live_through
from trading import JIANGSU, Trade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postgres_server import Server
    from real_stage import RealStage

PAPERS = 240
ENGINES = ("geth", "besu")
_deselected: list[pytest.Item] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what stands on a chain client that is not there, and what is about another one's consensus."""
    for item in list(items):
        chosen = getattr(item, "callspec", None)
        engine = None if chosen is None else chosen.params.get("consortium")
        if engine is None or Path(__file__).parent not in item.path.parents:
            continue
        if engine not in _engines(item) or (engine == "besu" and shutil.which("besu") is None):
            items.remove(item)
            _deselected.append(item)
    config.hook.pytest_deselected(items=list(_deselected))


def _engines(item: pytest.Item) -> tuple[str, ...]:
    """The clients that a module's tests are about: geth alone, where it says nothing."""
    return getattr(getattr(item, "module", None), "ENGINES", ("geth",))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out."""
    if _deselected and shutil.which("besu") is None:
        said = f"Besu is not on the PATH: {len(_deselected)} tests of a network of real nodes run on geth alone"
        terminalreporter.write_line(said)


@pytest.fixture(scope="session", params=ENGINES)
def consortium(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Server
) -> Iterator[RealStage]:
    """Four provinces, each with a node, a Kubo daemon and a serving gateway; Jiangsu's keeps its data in PostgreSQL."""
    from real_stage import RealStage  # noqa: PLC0415 - what few tests need, the others do not wait for

    settings = {"replication_seconds": "2"}  # after every fault somebody waits for the packs
    stage = RealStage(tmp_path_factory.mktemp("consortium"), engine=request.param, settings=settings)
    stage.centres[JIANGSU].settings["database_url"] = f'"{postgres.new_database()}"'
    try:
        stage.raise_network(live_through, found=found)
        for centre in stage.centres.values():
            centre.serve()
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="session")
def trade(consortium: RealStage, tmp_path_factory: pytest.TempPathFactory) -> Trade:
    """Certificates of Jiangsu's that count in Shanghai."""
    made = Trade(consortium, tmp_path_factory.mktemp("trade"), agreement=next(iter(consortium.agreements()), ""))
    made.issue(PAPERS)
    return made


@pytest.fixture(scope="session")
def work(consortium: RealStage, trade: Trade, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """What goes on meanwhile."""
    made = Work(consortium, trade, tmp_path_factory.mktemp("work"))
    made.begun.append(Issuing(trade.source, trade.folder / "roster-40.csv", PAPERS))
    return made


@pytest.fixture
def sound(consortium: RealStage, work: Work) -> Iterator[Callable[[], None]]:
    """Say that all is mended: everything is then on the chain once and the same at all; no event or document lacks."""
    checked: list[bool] = []
    before = others(consortium, work)

    def check() -> None:
        assert_sound(consortium, work, before)
        checked.append(True)

    yield check
    assert checked, "a test of a fault ends with sound()"
