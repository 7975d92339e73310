"""What tests stand on: a trial network, raised by the product's own commands, once a session; databases of both kinds.

A test gets its databases from `stores`, which are SQLite's; a module or folder whose tests are to run on
PostgreSQL as well says so:

    store_kind = both_kinds
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))

from stores import Stores

# What commands print into a pipe is read here; a caller who wants colours in it wants them of the tests' own report.
for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
    os.environ.pop(name, None)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres_server import Server
    from stage import Stage

# How long an example takes says how busy the machine is, nothing about the product.
hypothesis_settings.register_profile("huren", deadline=None)
hypothesis_settings.load_profile("huren")

SHANGHAI, JIANGSU, ANHUI = 310000, 320000, 340000


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Stage]:
    """A chain; Shanghai and Jiangsu, which issue; and Anhui, which has no key and only verifies.

    Shanghai and Anhui keep what they know in SQLite, Jiangsu in PostgreSQL: whatever is asked of all is asked of both.
    A test that needs a gateway serving starts it, and stops it again.
    """
    from stage import Centre, Stage  # noqa: PLC0415 - what few tests need, the others do not wait for

    # As little gas a transaction as the settings allow: then a change of a hundred leaves is several transactions.
    settings = {"limits": "{ transaction_gas = 1_000_000 }"}
    stage = Stage(tmp_path_factory.mktemp("stage"), days_ago=40, settings=settings)
    stage.centres[JIANGSU].settings = {**settings, "database_url": f'"{postgres.new_database()}"'}
    issuing = [stage.centres[SHANGHAI], stage.centres[JIANGSU]]
    try:
        stage.raise_network()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Centre.prepare, issuing))
            list(pool.map(Centre.accredit, issuing))
        stage.node("advance", "--days", "29")
        anhui = stage.centres[ANHUI]
        anhui.folder.mkdir()
        anhui.peers = [centre.url for centre in issuing]
        anhui.write_settings()
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of the session's own."""
    from postgres_server import serving  # noqa: PLC0415 - what few tests need, the others do not wait for

    with serving() as server:
        yield server


@pytest.fixture
def store_kind() -> str:
    """Which database the test is about."""
    return "sqlite"


@pytest.fixture
def stores(store_kind: str, request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The test's databases, each named by a path: what `open_database` is given on SQLite."""
    made = Stores(request.getfixturevalue("postgres") if store_kind == "postgresql" else None)
    yield made
    made.close()
