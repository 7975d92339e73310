"""Many things in portions that are worth a question each and still fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def portions(things: Iterable[T], size: Callable[[T], int], *, most: int, most_bytes: int) -> Iterator[list[T]]:
    """Share ``things`` out in order: at most ``most`` of them at a time, of ``most_bytes`` bytes by ``size``.

    One that is larger than that comes alone.
    """
    portion: list[T] = []
    held = 0
    for thing in things:
        own = size(thing)
        if portion and (len(portion) == most or held + own > most_bytes):
            yield portion
            portion, held = [], 0
        portion.append(thing)
        held += own
    if portion:
        yield portion
