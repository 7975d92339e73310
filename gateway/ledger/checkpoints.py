"""Named points at which a kill test ends the process.

Exactly-once is claimed for a kill at any moment; the moments that matter lie between two lines of code. Code that makes
the claim calls its `Reached` hook by name there; in production the hook does nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

Reached = Callable[[str], None]

OUTBOX_STORED = "outbox.stored"  # signed transactions are committed to the outbox, none is sent
OUTBOX_SENT = "outbox.sent"  # sent, no receipt read
OUTBOX_MINED = "outbox.mined"  # receipts stored, not yet final
INDEX_LEAVES = "index.leaves"  # leaves of a manifest are in the leaf index, its batch is not yet marked as held


def nothing(_point: str) -> None:
    """Do nothing: the hook of production."""


def kill_at(point: str, occurrence: int = 1) -> Reached:
    """Return a hook that ends this process, as kill -9 does, when `point` is reached for the `occurrence`-th time."""
    seen = 0

    def reached(name: str) -> None:
        nonlocal seen
        if name == point:
            seen += 1
            if seen == occurrence:
                os.kill(os.getpid(), signal.SIGKILL)

    return reached
