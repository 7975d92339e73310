"""Places in an institution's Bitstring Status Lists: free, never given twice, and telling nothing.

A list has 1,048,576 places (W3C Bitstring Status List 1.0 section 7 asks for 131,072 at least; the larger, the more a
credential hides among others). How many are taken is counted; the n-th to be taken stands at a place found by a keyed
permutation of the whole list (a Feistel network of four rounds over two halves of ten bits; Luby and Rackoff, 1988), so
that a place shows neither when nor with whom it was given.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from sqlalchemy import insert, select, update

from gateway.issuance.errors import StatusListChanged
from gateway.store.models import StatusList

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

_HALF_BITS: Final = 10
_HALF: Final = 1 << _HALF_BITS
_ROUNDS: Final = 4
CAPACITY: Final = 1 << 2 * _HALF_BITS
"""Places of a list."""
_LISTS: Final = StatusList


def places(key: bytes, first: int, count: int) -> list[int]:
    """The places of the ``first``-th to the ``first + count - 1``-th credential of a list with this key."""
    numbers = np.arange(first, first + count, dtype=np.uint32)
    left, right = numbers >> _HALF_BITS, numbers & (_HALF - 1)
    for table in _tables(key):
        left, right = right, left ^ table[right]
    found: list[int] = (left << _HALF_BITS | right).tolist()
    return found


@lru_cache(maxsize=256)
def _tables(key: bytes) -> tuple[NDArray[np.uint32], ...]:
    """The rounds' functions: tables of 1,024 pseudo-random values of ten bits, out of SHAKE-128."""
    stream = hashlib.shake_128(b"huren.status-list.v1" + key).digest(_ROUNDS * _HALF * 2)
    values = np.frombuffer(stream, dtype="<u2").astype(np.uint32) & (_HALF - 1)
    return tuple(values.reshape(_ROUNDS, _HALF))


@dataclass(slots=True)
class _List:
    """A list as this run sees it."""

    institution: str
    number: int
    key: bytes
    taken: int
    """Given out, batches that are not yet committed included."""
    stored: int
    """Taken according to the database; -1 where the list is not there yet."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places given to the credentials of one batch, all of one list."""

    of: _List
    indexes: list[int]

    @property
    def number(self) -> int:
        """The list's number within its institution."""
        return self.of.number


class StatusLists:
    """Gives out places during one run; what was given becomes fact with the transaction that calls ``record``.

    A batch that never commits leaves its places free, since the next run counts from the database.
    """

    def __init__(self) -> None:
        self._present: dict[str, _List] = {}

    def room(self, connection: Connection, institution: str) -> int:
        """How many places the institution's present list has left; a full list makes way for the next one."""
        present = self._present.get(institution) or self._load(connection, institution)
        if present.taken >= CAPACITY:
            present = _List(institution, present.number + 1, secrets.token_bytes(16), 0, -1)
        self._present[institution] = present
        return CAPACITY - present.taken

    def take(self, institution: str, count: int) -> Places:
        """Places for ``count`` credentials, no more than there is room for (``room`` was asked before)."""
        present = self._present[institution]
        first = present.taken
        present.taken += count
        return Places(present, places(present.key, first, count))

    def record(self, connection: Connection, given: Places) -> None:
        """Make the places of a batch taken for good, in its transaction; batches record in the order of ``take``.

        Raises:
            StatusListChanged: another process has given places of this list meanwhile.
        """
        of, count = given.of, len(given.indexes)
        if of.stored < 0:
            values = {"institution": of.institution, "number": of.number, "capacity": CAPACITY}
            connection.execute(insert(_LISTS).values(**values, taken=count, permutation_key=of.key))
            of.stored = count
            return
        at = (_LISTS.institution == of.institution) & (_LISTS.number == of.number)
        unchanged = at & (_LISTS.taken == of.stored)
        if connection.execute(update(_LISTS).where(unchanged).values(taken=of.stored + count)).rowcount != 1:
            raise StatusListChanged(of.institution)
        of.stored += count

    def _load(self, connection: Connection, institution: str) -> _List:
        query = select(_LISTS).where(_LISTS.institution == institution).order_by(_LISTS.number.desc()).limit(1)
        row = connection.execute(query).first()
        if row is None:
            return _List(institution, 0, secrets.token_bytes(16), 0, -1)
        return _List(institution, row.number, row.permutation_key, row.taken, row.taken)
