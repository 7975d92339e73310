"""Logs of bounded size: programs append to them by themselves, so their beginning is copied and cut off in place.

Where the file system can take a range out of a file (ext4, XFS: fallocate(2), FALLOC_FL_COLLAPSE_RANGE), nothing that
is written meanwhile is lost. Elsewhere the file is emptied in the moment in which all of it has been copied.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 20_000_000
"""Bytes at which a log is rotated."""
KEPT = 5
"""Older parts that are kept: LOG.1 is the newest."""
_COLLAPSE_RANGE = 0x08
_OPEN = os.O_RDWR | os.O_CLOEXEC
_BLOCK = 1 << 16
"""What is taken out is a multiple of it: of every block size in use."""
_TURNS = 100


def rotate(log: Path, *, largest: int = LARGEST, kept: int = KEPT) -> bool:
    """Rotate `log` where it has grown to `largest` bytes; return whether it had.

    A program whose output is being appended goes on with the same file. The part that is cut off need not end with a
    line: LOG.1 and LOG, one after the other, are what was written.

    Raises:
        OSError: the disk is full: the log is as it was, and its oldest part is gone to make room.
    """
    try:
        if log.stat().st_size < largest:
            return False
    except FileNotFoundError:
        return False
    _part(log, kept).unlink(missing_ok=True)
    fresh = log.with_name(f"{log.name}.new")
    descriptor = os.open(log, _OPEN)
    try:
        _cut(descriptor, fresh)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    for number in range(kept - 1, 0, -1):
        older = _part(log, number)
        if older.exists():
            older.replace(_part(log, number + 1))
    fresh.replace(_part(log, 1))
    return True


def _cut(log: int, fresh: Path) -> None:
    """Move the beginning of the open file `log` to the new file `fresh`."""
    with fresh.open("wb") as copy, os.fdopen(os.dup(log), "rb") as source:
        fresh.chmod(0o600)
        whole = os.fstat(log).st_size // _BLOCK * _BLOCK
        if whole:
            _copy(source.fileno(), copy.fileno(), 0, whole)
            if _collapsed(log, whole):
                return
        done = whole
        for _ in range(_TURNS):  # until nothing came while the last of it was copied
            size = os.fstat(log).st_size
            _copy(source.fileno(), copy.fileno(), done, size)
            done = size
            if os.fstat(log).st_size == done:
                break
        os.ftruncate(log, 0)


def _copy(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        part = os.pread(source, min(end - start, 1 << 20), start)
        if not part:
            return
        with memoryview(part) as rest:
            written = 0
            while written < len(rest):
                written += os.write(target, rest[written:])
        start += len(part)


def _collapsed(log: int, length: int) -> bool:
    """Take the first `length` bytes out of `log`; return whether the file system can."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
    if function is None:
        return False
    offset, size = ctypes.c_longlong(0), ctypes.c_longlong(length)
    return bool(function(ctypes.c_int(log), ctypes.c_int(_COLLAPSE_RANGE), offset, size) == 0)


def _part(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
