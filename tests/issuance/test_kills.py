"""Killed with -9 at any point and run again, issuing is exactly once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stores import both_kinds

from gateway.domain.manifest import cid_of, split_leaves
from gateway.issuance import checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).with_name("killed_run.py")
ROSTER = "shanghai-courses-2024.csv"
GOOD = 1488
KILLED = -signal.SIGKILL


store_kind = both_kinds


def start(centre: Any, roster: Path, point: str = "-", occurrence: int = 1, workers: int = 0) -> subprocess.Popen[str]:  # noqa: ANN401 (conftest's own)
    words = [centre.folder, centre.province, roster, point, occurrence, workers, centre.url]
    return subprocess.Popen([sys.executable, SCRIPT, *map(str, words)], stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    out, _ = process.communicate(timeout=120)
    return process.returncode, out.split("\n")[1].split() if out.count("\n") > 1 else []


def assert_whole(centre: Any) -> None:  # noqa: ANN401 (conftest's own)
    """Whatever is fact is whole: rows, packs, places and the order to anchor belong together, and nothing is twice."""
    [(count, rows, claims, leaves, places)] = centre.rows(
        "SELECT count(*), count(DISTINCT row_key), count(DISTINCT claim), count(DISTINCT leaf),"
        " count(DISTINCT list_number || '/' || list_index) FROM credentials"
    )
    assert count == rows == claims == leaves == places
    assert sum(row[0] for row in centre.rows("SELECT taken FROM status_lists")) == count
    batches = centre.rows("SELECT id, manifest, leaf_count FROM batches")
    assert sum(batch[2] for batch in batches) == count
    assert centre.rows("SELECT count(*) FROM outbox") == [(len(batches),)]
    blobs = centre.issuer().blobs
    for number, manifest, size in batches:
        held = centre.rows(f"SELECT leaf FROM credentials WHERE batch_id = {number} ORDER BY position")  # noqa: S608
        assert split_leaves(blobs.get(cid_of(manifest))) == [row[0] for row in held]
        assert len(held) == size
    for (pack,) in centre.rows("SELECT digest FROM packs"):
        assert blobs.get(cid_of(pack))


@pytest.mark.kill
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_killed_at_every_named_point_and_run_again_each_row_is_issued_once(
    centre: Callable[[int], Any], rosters: Path, seed: int
) -> None:
    shanghai = centre(310000)
    chosen = random.Random(seed)
    points = list(checkpoints.ALL)
    chosen.shuffle(points)
    for point in points:
        occurrence = 1 if point == checkpoints.JUDGED else chosen.randint(1, 2)
        code, _ = finish(start(shanghai, rosters / ROSTER, point, occurrence))
        print(f"seed {seed}: killed at {point} ({occurrence}): exit {code}")  # noqa: T201 (the log of the kills)
        assert code == KILLED
        assert_whole(shanghai)
    code, words = finish(start(shanghai, rosters / ROSTER))
    assert code == 0
    assert int(words[1]) + int(words[2]) == GOOD
    assert_whole(shanghai)
    assert shanghai.rows("SELECT count(*) FROM credentials") == [(GOOD,)]


@pytest.mark.kill
@pytest.mark.slow
def test_killed_at_any_moment_with_workers_each_row_is_issued_once(centre: Callable[[int], Any], rosters: Path) -> None:
    shanghai = centre(310000)
    chosen = random.Random(20260301)
    for _ in range(20):
        process = start(shanghai, rosters / ROSTER, workers=2)
        assert process.stdout is not None
        process.stdout.readline()  # the keys are open: from here on it issues
        delay = chosen.uniform(0.1, 2.5)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        code, _ = finish(process)
        print(f"killed {delay:.3f} s after its start: exit {code}")  # noqa: T201 (the log of the kills)
        assert_whole(shanghai)
        if code == 0 or shanghai.rows("SELECT count(*) FROM credentials") == [(GOOD,)]:
            break
    code, words = finish(start(shanghai, rosters / ROSTER, workers=2))
    assert (code, int(words[1]) + int(words[2])) == (0, GOOD)
    assert_whole(shanghai)


@pytest.mark.kill
def test_workers_end_with_their_parent_however_it_ends(centre: Callable[[int], Any], rosters: Path) -> None:
    shanghai = centre(310000)
    process = start(shanghai, rosters / ROSTER, checkpoints.MINTED, 1, workers=2)
    code, _ = finish(process)  # communicate() waits until every holder of the pipe is gone, workers included
    assert code == KILLED
