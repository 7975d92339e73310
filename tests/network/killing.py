"""Starting the product as a user does, killing it with -9, and telling how far it had come."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stage import HUREN
from synthetic_rosters import write_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stage import Centre
    from wire import Trap, Wire

KILLED = -signal.SIGKILL
_SECONDS = 180
_persons = itertools.count(0, 10_000)


@dataclass
class KillLog:
    """One line a kill: what was killed, the seed, the point reached, the leaves counted on the chain."""

    lines: list[str] = field(default_factory=list)

    def tell(self, what: str, seed: int, point: str, counted: str) -> None:
        """Keep a line for the end of the session."""
        self.lines.append(f"{what:<22} seed {seed:<3} {point:<62} {counted}")


def fresh_roster(centre: Centre, folder: Path, rows: int, seed: int) -> Path:
    """A roster of persons that no other roster has."""
    path = folder / f"roster-{seed}.csv"
    home = centre.home
    first = next(_persons)
    write_roster(path, rows, province=home.province, institution=home.institution, seed=seed, first=first)
    return path


def start(centre: Centre, *words: str) -> subprocess.Popen[bytes]:
    """``huren …``, in the background."""
    command = [HUREN, *words, "--config", str(centre.config)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUREN_")}
    with (centre.folder / "killed.log").open("ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)


@contextlib.contextmanager
def trapped(wire: Wire, trap: Trap) -> Iterator[Trap]:
    """The trap on the wire, for as long as this lasts."""
    wire.trap = trap
    try:
        yield trap
    finally:
        wire.trap = None


def kill_at(centre: Centre, wire: Wire, trap: Trap, *words: str) -> None:
    """Run a command until the trap kills it."""
    with trapped(wire, trap):
        process = start(centre, *words)
        trap.arm(process.pid)
        code = process.wait(_SECONDS)
    assert trap.sprung.is_set(), f"huren {' '.join(words)} ended with {code} before: {trap}"
    assert code == KILLED


def kill_after(centre: Centre, delay: float, words_of: Callable[[], tuple[str, ...]]) -> float:
    """Run a command and kill it after ``delay`` seconds; where it was faster than that, run another one, killed sooner.

    Returns how long it lived.
    """
    while True:
        process = start(centre, *words_of())
        time.sleep(delay)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            if process.wait(_SECONDS) == KILLED:
                return delay
        delay *= 0.7


def stage_of_issuing(centre: Centre, roster: Path) -> str:
    """How far the issuing of a roster had come, for the log. What is anchored is counted on the chain, not here."""
    database = centre.data / "huren.db"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        judged = connection.execute("SELECT id FROM rosters WHERE filename = ?", (roster.name,)).fetchone()
        if judged is None:
            return "before the rows were judged"
        query = (
            "SELECT outbox.state FROM batches JOIN outbox ON outbox.dedupe_key ="
            " 'anchor:' || batches.institution || ':' || lower(hex(batches.root)) WHERE batches.roster_id = ?"
        )
        states = [row[0] for row in connection.execute(query, judged)]
    return f"batch committed, anchor {states[0]}" if states else "rows judged, nothing committed"
