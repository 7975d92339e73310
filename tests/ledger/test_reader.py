"""Live reads: the contracts' answers at one named block, against the real law on a real chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.ledger.calls import ChainCalls
from gateway.ledger.errors import CallRefused, ChainUnavailable, WrongChain
from gateway.ledger.reader import ChainReader, institution_word
from gateway.ledger.values import BlockRef, KeyKind, Reason, Standing, Status
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, World

JIANGSU = 320_000


@pytest.fixture
def institution(world: World) -> str:
    return world.accredit("123200000000000011")
