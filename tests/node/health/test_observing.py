from __future__ import annotations

import pytest

from node.engines.protocol import Sealed
from node.health.observing import quorum, validator_readings

A, B, C, D = (f"0x{digit * 40}" for digit in "abcd")


def block(number: int, sealer: str, turn: str) -> Sealed:
    return Sealed(number, f"0x{number:064x}", number, sealer, turn)


def test_a_turn_that_another_took_is_missed_by_the_one_whose_it_was() -> None:
    sealed = (block(4, A, A), block(5, C, B), block(6, C, C), block(7, A, D), block(9, C, B))
    found = validator_readings((A, B, C, D), sealed, {A, C}, {A: 310_000, B: 320_000})
    assert [(one.province, one.present, one.turns, one.missed, one.sealed) for one in found] == [
        (310_000, True, 1, 0, 2),
        (320_000, False, 2, 2, 0),
        (None, True, 1, 0, 3),
        (None, False, 1, 1, 0),
    ]


@pytest.mark.parametrize(
    ("engine", "members", "needed"),
    [("geth", 4, 3), ("geth", 5, 3), ("geth", 1, 1), ("besu", 4, 3), ("besu", 5, 4), ("besu", 7, 5), ("besu", 1, 1)],
)
def test_how_many_must_be_there_depends_on_the_consensus(engine: str, members: int, needed: int) -> None:
    assert quorum(engine, members) == needed
