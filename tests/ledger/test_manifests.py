"""Manifests are fetched in portions: many small ones at a time, few large ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.ledger import manifests

if TYPE_CHECKING:
    import pytest


@dataclass
class _Row:
    leaf_count: int


def portions(*counts: int) -> list[list[int]]:
    return [[row.leaf_count for row in some] for some in manifests._portions([_Row(count) for count in counts])]  # type: ignore[misc]


def test_thousands_of_one_leaf_go_by_the_hundred() -> None:
    assert [len(some) for some in portions(*[1] * 600)] == [256, 256, 88]


def test_full_batches_go_sixteen_at_a_time() -> None:
    assert [len(some) for some in portions(*[32_768] * 40)] == [16, 16, 8]


def test_every_row_is_in_one_portion_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "TOGETHER_BYTES", 10 * 32)
    assert portions(4, 4, 4, 11, 1, 9, 1, 12) == [[4, 4], [4], [11], [1, 9], [1], [12]]
    assert portions() == []
