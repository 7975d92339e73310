"""The million: a roster from its file to anchored certificates, by the command a clerk types, on all cores.

Its rate by the clock is held beside that of a small roster, the memory of the command and its workers beside the
design's bound, and the making anew of its index beside its issuing.
"""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_index import rebuild_rate
from bench_issuing import opened
from bench_rows import BenchError, Row, expect, less, measured, more
from stage import HUREN
from synthetic_rosters import write_roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Centre

MOST_MEMORY = 1.5 * (1 << 30)
_SAMPLE_SECONDS = 0.2
_MB = 1 << 20


@dataclass(slots=True)
class _Run:
    """A roster issued by the command."""

    rows: int
    wall: float
    cpu: float
    peak: int
    """Bytes of the command and its children at one moment, shared pages counted once (PSS)."""


def million_rows(centre: Centre, folder: Path, sizes: tuple[int, int], say: Callable[[str], None]) -> list[Row]:
    """The three rows; ``sizes`` are those of the small and the large roster, ``centre`` has issued nothing before.

    Raises:
        BenchError: not every row was issued and anchored.
    """
    few, rows = sizes
    with opened(centre) as gateway:
        gateway.indexer(attesting=False).advance()
        already = len(gateway.leaves)
    small = [_issue(centre, folder, few, first) for first in (0, few)]
    large = _issue(centre, folder, rows, len(small) * few)
    say(f"· {large.rows:,} in {large.wall:.0f} s, {large.cpu:.0f} of the processor's; peak {large.peak / _MB:,.0f} MB")
    with opened(centre) as gateway:
        gateway.indexer(attesting=False).advance()
        expect("leaves on the chain", len(gateway.leaves), already + rows + len(small) * few)
        rebuilt = rebuild_rate(gateway, len(gateway.leaves))
    rate, beside = large.rows / large.wall, max(run.rows / run.wall for run in small)
    issued = large.rows / large.cpu
    return [
        more(f"{rows:,} from file to anchored beside {few:,}", rate, beside, 0.9, "/s by the clock"),
        less(f"peak memory of {rows:,}", large.peak / _MB, MOST_MEMORY / _MB, 1, "MB"),
        more(f"rebuild the index of {rows:,}", rebuilt, issued, 5, "/s of one core"),
    ]


def _issue(centre: Centre, folder: Path, rows: int, first: int) -> _Run:
    path = folder / f"million-{first}.csv"
    home = centre.home
    write_roster(path, rows, province=home.province, institution=home.institution, seed=7, first=first)
    words = ["issue", str(path), "--yes", "--wait", "--wait-seconds", "600", "--json", "--config", str(centre.config)]
    with measured() as spent:
        report, peak = _run(words)
    path.unlink()
    expect("rows issued", (report["issued"], report["errors"]), (rows, 0))
    expect("anchors", {anchor["state"] for anchor in report["anchors"]}, {"final"})
    return _Run(rows, spent.wall, spent.cpu, peak)


def _run(words: list[str]) -> tuple[dict[str, Any], int]:
    """What the command printed, and the most memory that it and its children held at once."""
    process = subprocess.Popen(
        [HUREN, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    peak = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(_SAMPLE_SECONDS):
            peak = max(peak, sum(map(memory_of, family_of(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        printed, _ = process.communicate(timeout=3_000)
    finally:
        ended.set()
        watcher.join()
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0 or not peak:
        raise BenchError(f"huren {' '.join(words)} ended with {process.returncode}: {printed[-2000:]}")
    return json.loads(printed), peak


def family_of(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def memory_of(pid: int) -> int:
    """Bytes that a process holds, its share of shared pages included (PSS); 0 once it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it ended meanwhile
    return 0
