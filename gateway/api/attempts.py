"""How often an address may come with a token that is none.

A token cannot be guessed; what is bounded is the work that guessing makes, and the noise. Each address has a bucket
that a refused token empties by one and time fills again. While it is empty only tokens that were good before, in this
process, are looked at: whoever shares a proxy's address with somebody who guesses is not locked out.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from gateway.api.access_errors import TooManyAttempts

if TYPE_CHECKING:
    from collections.abc import Callable

BURST: Final = 20
"""Refused tokens in a row."""
SECONDS: Final = 3.0
"""Until one more is allowed."""
_ADDRESSES: Final = 4_096
_GOOD: Final = 4_096


class Attempts:
    """Counts refused tokens. Threads may share it; what it keeps is bounded."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock that only goes forward."""
        self._clock = clock
        self._lock = threading.Lock()
        self._emptied: OrderedDict[str, float] = OrderedDict()
        """By address, the time at which its bucket is full again."""
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def allow(self, address: str, digest: bytes | None) -> None:
        """Let a token be looked at; ``digest`` is None where it cannot be one.

        Raises:
            TooManyAttempts: too many from there were none, and this one was never good; says when to come again.
        """
        with self._lock:
            wait = self._emptied.get(address, 0.0) - self._clock() - (BURST - 1) * SECONDS
            if wait > 0 and digest not in self._good:
                raise TooManyAttempts(math.ceil(wait))

    def refused(self, address: str) -> None:
        """Count one that was none."""
        with self._lock:
            full = max(self._emptied.pop(address, 0.0), self._clock()) + SECONDS
            self._emptied[address] = full
            while len(self._emptied) > _ADDRESSES:
                self._emptied.popitem(last=False)

    def good(self, digest: bytes) -> None:
        """Remember one that was good."""
        with self._lock:
            self._good[digest] = None
            self._good.move_to_end(digest)
            while len(self._good) > _GOOD:
                self._good.popitem(last=False)
