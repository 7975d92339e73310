"""A panel of experts: how its seats are shared, when it passes, what it found.

    conclude(9, [Opinion(4, 800), Opinion(4, 750), None, …])    # None: unfavourable, or never given

Source: EvaluationRegistry (docs/law-of-recognition.md); two thirds are of the seats, not of the opinions given, so
that silence never helps an outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.hashing import keccak256, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Opinion:
    """A favourable opinion: the level (1–10) and the credits (hundredths) that the expert finds right."""

    level: int
    credits: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a panel found an outcome to be worth, for awards in [awarded_from, awarded_until) (months since 1970-01)."""

    category: int
    level: int
    credits: int
    """Hundredths."""
    awarded_from: int
    awarded_until: int
    passed: bool = True
    institution: bytes = b""
    """Whose outcome was evaluated, 32 bytes; empty where only the bounds matter."""
    outcome: bytes = b""


def evaluation_id(institution: bytes, outcome: bytes, number: int) -> bytes:
    """The ledger's name of an outcome's ``number``th evaluation (from 1): keccak256(abi.encode(all three))."""
    return keccak256(institution + outcome + word(number))


def share(seats: int) -> int:
    """The most seats of one province: two of five."""
    return seats * 2 // 5


def needed(seats: int) -> int:
    """The fewest favourable opinions that pass: two thirds of the seats, rounded up."""
    return -(-2 * seats // 3)


def lower_median(values: Iterable[int]) -> int:
    """The middle of an odd number of values, the lower of the two middles of an even number.

    Raises:
        ValueError: there are none.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values have no median")
    return ordered[(len(ordered) - 1) // 2]


def conclude(seats: int, opinions: Sequence[Opinion | None]) -> Opinion | None:
    """Level and credits that a panel found, each the lower median of the favourable by itself; None: not passed.

    Args:
        seats: all seats, those without an opinion included.
        opinions: of the experts; None for an unfavourable one.
    """
    favourable = [opinion for opinion in opinions if opinion is not None]
    if not favourable or len(favourable) < needed(seats):
        return None
    return Opinion(lower_median(one.level for one in favourable), lower_median(one.credits for one in favourable))
