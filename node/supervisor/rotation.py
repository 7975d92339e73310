"""Logs of bounded size: programs append to them by themselves, so they are copied and emptied in place."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 20_000_000
"""Bytes at which a log is rotated."""
KEPT = 5
"""Older parts that are kept: LOG.1 is the newest."""


def rotate(log: Path, *, largest: int = LARGEST, kept: int = KEPT) -> bool:
    """Rotate `log` where it has grown to `largest` bytes; return whether it had.

    A program whose output is being appended goes on with the same file; lines of the moment between copy and emptying
    may be lost.
    """
    try:
        if log.stat().st_size < largest:
            return False
    except FileNotFoundError:
        return False
    for number in range(kept - 1, 0, -1):
        older = _part(log, number)
        if older.exists():
            older.replace(_part(log, number + 1))
    shutil.copyfile(log, _part(log, 1))
    _part(log, 1).chmod(0o600)
    os.truncate(log, 0)
    return True


def _part(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
