"""Stores to be tested: a folder, and two real daemons of one swarm, which a run shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from swarm import Swarm

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def swarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swarm]:
    """Two provinces' daemons. Whoever ends one starts it again."""
    with Swarm(tmp_path_factory.mktemp("swarm"), provinces=2) as running:
        yield running
