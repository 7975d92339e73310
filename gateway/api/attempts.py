"""How often an address may come with a token that is none.

A token cannot be guessed; what is bounded is the noise that guessing makes. Each address has a bucket that a refused
token empties by one and time fills again. A good token is never asked how many bad ones came from its address: behind
a proxy everybody has the same one, and whoever guesses would lock all others out.
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


class Attempts:
    """Counts refused tokens. Threads may share it; what it keeps is bounded."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock that only goes forward."""
        self._clock = clock
        self._lock = threading.Lock()
        self._emptied: OrderedDict[str, float] = OrderedDict()
        """By address, the time at which its bucket is full again."""

    def refused(self, address: str) -> None:
        """Count a token that was none.

        Raises:
            TooManyAttempts: more than may be; says when to come again. It is not counted, so the wait ends.
        """
        with self._lock:
            now = self._clock()
            full = max(self._emptied.get(address, 0.0), now)
            wait = full - now - (BURST - 1) * SECONDS
            if wait > 0:
                raise TooManyAttempts(math.ceil(wait))
            self._emptied[address] = full + SECONDS
            self._emptied.move_to_end(address)
            while len(self._emptied) > _ADDRESSES:
                self._emptied.popitem(last=False)
