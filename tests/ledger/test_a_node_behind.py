"""A node whose newest block is old is not asked what a transaction would do: nothing is refused or done twice by it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.transactions import BEHIND_SECONDS, chain_state
from gateway.ledger.values import BlockRef
from node.client.deployment import Finality

SENDER = "0x" + "11" * 20


@dataclass
class _Node:
    """What a node answers whose newest block is so old."""

    age: int
    wall_clock: bool = True
    altered: dict[str, Any] = field(default_factory=dict)
    deployment: Any = field(init=False)

    def __post_init__(self) -> None:
        finality = Finality(kind="depth", confirmations=3, wall_clock=self.wall_clock)
        self.deployment = SimpleNamespace(finality=finality)

    def final_block(self) -> BlockRef:
        return BlockRef(7, bytes(32), 0)

    def requests(self, requests: list[tuple[str, list[object]]]) -> list[Any]:
        assert [method for method, _ in requests] == ["eth_getBlockByNumber", *["eth_getTransactionCount"] * 2]
        latest = {
            "number": "0xa",
            "timestamp": hex(int(time.time()) - self.age),
            "gasLimit": "0x5f5e100",
            "hash": "0x01",
        }
        return [latest | self.altered, "0x4", "0x3"]


def _asked(node: _Node) -> tuple[int, int]:
    state = chain_state(cast("Any", node), SENDER)
    return state.next_nonce, state.final_nonce


def test_a_node_at_the_head_is_believed() -> None:
    assert _asked(_Node(BEHIND_SECONDS - 5)) == (4, 3)


@pytest.mark.parametrize("altered", [{"hash": None}, {"gasLimit": "much"}, {"timestamp": 7}, {"number": []}])
def test_a_node_that_talks_nonsense_is_as_good_as_none(altered: dict[str, Any]) -> None:
    with pytest.raises(ChainUnavailable):
        _asked(_Node(0, altered=altered))


def test_a_node_that_is_behind_is_as_good_as_none() -> None:
    with pytest.raises(ChainUnavailable) as caught:
        _asked(_Node(BEHIND_SECONDS + 5))
    assert "halted, or behind" in str(caught.value)


def test_an_embedded_chain_may_live_in_the_past() -> None:
    assert _asked(_Node(30 * 86_400, wall_clock=False)) == (4, 3)
