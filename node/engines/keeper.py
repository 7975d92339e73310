"""Keeps the last whole copy of a state file that another program overwrites in place.

anvil truncates its state file and writes it anew at every interval: killed in that moment it leaves half a file, and
the chain would be gone. This small program, run beside it, copies every whole state to a second file by rename, and
ends when the engine has ended (decision 0030). It is started by its path and imports nothing of ours.

    python keeper.py ENGINE_PID STATE KEPT SECONDS
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import msgspec


def whole(path: Path) -> bytes | None:
    """Return the content of `path` if it is one whole JSON document, else None. No objects are built: it may be big."""
    try:
        content = path.read_bytes()
        msgspec.json.decode(content, type=msgspec.Raw)
    except (OSError, msgspec.DecodeError):
        return None
    return content


def keep(state: Path, kept: Path) -> bool:
    """Copy `state` to `kept` if it is whole; return whether it was.

    Renamed, not synced: the copy guards against a killed engine, whose machine goes on.
    """
    content = whole(state)
    if content is None:
        return False
    fresh = kept.with_name(f"{kept.name}.new")
    fresh.write_bytes(content)
    fresh.chmod(0o600)
    fresh.replace(kept)
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def watch(pid: int, state: Path, kept: Path, seconds: float) -> None:
    """Keep `state` as often as it changes, looking every `seconds`, until process `pid` has ended."""
    seen = 0
    while True:
        lives = _alive(pid)
        try:
            changed = state.stat().st_mtime_ns
        except OSError:
            changed = seen
        if changed != seen and keep(state, kept):
            seen = changed
        if not lives:
            return
        time.sleep(seconds)


if __name__ == "__main__":
    watch(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
