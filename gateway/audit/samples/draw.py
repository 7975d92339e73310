"""Drawing transfers by a block's hash, alike at every gateway. Pure.

    seed = keccak256(block hash ‖ digest of the sample's record)
    x_i  = keccak256(seed ‖ uint256(i)),  i = 0, 1, 2 …          an integer of 256 bits
    x_i is passed over where x_i ≥ 2^256 − (2^256 mod n);  otherwise it names the transfer number x_i mod n (from 0)

n is how many transfers the ordered pairs of provinces had, up to the block that the record names; they are numbered
pair by pair, ascending, and within a pair by their own numbers, which have no gaps. One that was drawn before, or is
not eligible, is passed over. So each eligible transfer is as likely as every other (no modulo bias), and whoever knows
the counts per pair, the record and the block's hash can draw again by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import keccak256, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SPACE: Final = 1 << 256
Pair = tuple[int, int]
Name = tuple[int, int, int]


def seed_of(block_hash: bytes, digest: bytes) -> bytes:
    """The seed: nobody can know it before the block is there, nor choose the record after."""
    return keccak256(block_hash + digest)


def draw(
    seed: bytes, sizes: Sequence[tuple[Pair, int]], count: int, eligible: Callable[[Name], bool], available: int
) -> list[Name]:
    """The transfers drawn, in the order of drawing.

    Args:
        seed: of `seed_of`.
        sizes: how many transfers each ordered pair (source, target) had, ascending by pair.
        count: how many are wanted; of fewer eligible ones all are drawn.
        eligible: whether a transfer (source, target, number) may be drawn.
        available: how many are eligible: nothing is drawn beyond them.
    """
    total = sum(size for _, size in sizes)
    wanted = min(count, available, total)
    limit = _SPACE - _SPACE % total if total else 0
    drawn: dict[Name, None] = {}
    seen: set[int] = set()
    step = 0
    while len(drawn) < wanted:
        value = int.from_bytes(keccak256(seed + word(step)), "big")
        step += 1
        if value >= limit or value % total in seen:
            continue
        seen.add(value % total)
        name = _named(value % total, sizes)
        if eligible(name):
            drawn[name] = None
    return list(drawn)


def _named(ordinal: int, sizes: Sequence[tuple[Pair, int]]) -> Name:
    for (source, target), size in sizes:
        if ordinal < size:
            return source, target, ordinal + 1
        ordinal -= size
    raise AssertionError  # smaller than the sum of the sizes
