"""What the ledger shows is as old as it is: a chain that stands still answers nothing, however well it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from gateway.domain.verdict import Source
from gateway.ledger.values import BlockRef
from gateway.verification.errors import ChainStandsStill
from gateway.verification.views import LedgerViews, Look, look_at

NOW, BOUND = 1_800_000_000, 60


@dataclass
class _Reader:
    """A node whose newest final block has a time, or an index that was confirmed just now."""

    time: int

    def final_block(self) -> BlockRef:
        return BlockRef(7, bytes(32), self.time)

    def checked(self) -> tuple[BlockRef, int]:
        return self.final_block(), NOW


def _views(live: int, indexed: int, *, wall_clock: bool = True) -> LedgerViews:
    readers = cast("Any", _Reader(live)), cast("Any", _Reader(indexed))
    return LedgerViews(*readers, staleness_seconds=BOUND, clock=lambda: NOW + 0.5, wall_clock=wall_clock)


@pytest.mark.parametrize("look", Look)
def test_a_block_as_old_as_the_bound_is_shown_and_an_older_one_is_not(look: Look) -> None:
    assert look_at(_views(NOW - BOUND, NOW - BOUND), look).block.number == 7
    with pytest.raises(ChainStandsStill) as caught:
        look_at(_views(NOW - BOUND - 1, NOW - BOUND - 1), look)
    assert (caught.value.value, caught.value.details["bound"]) == (BOUND + 1, BOUND)


def test_an_index_that_is_behind_is_left_for_a_node_that_is_not() -> None:
    assert look_at(_views(NOW, NOW - BOUND - 1), Look.AUTO).source is Source.LIVE


def test_a_node_that_is_cut_off_does_not_spoil_an_index_that_is_not_yet_old() -> None:
    assert look_at(_views(NOW - BOUND - 1, NOW), Look.AUTO).source is Source.INDEX


def test_a_trial_may_live_in_the_past() -> None:
    assert look_at(_views(1, 1, wall_clock=False), Look.LIVE).block.time == 1
    assert look_at(_views(1, 1, wall_clock=False), Look.INDEX).block.time == 1
