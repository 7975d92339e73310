"""The benchmark itself, at the smallest size: every row is there and has the promised shape."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALLER = ("MB", "s", "s of the processor", "s by the clock")
"""Units of which less is better."""
AIMS = {
    "issue, signed": 6,
    "issue, unsigned": 10,
    "verify offline, with signature": 5,
    "verify offline, hash, leaf, inclusion, status": 12,
    "verify offline by evidence, all eight steps": 0.3,
    "verify by hash over HTTP, one worker": 0.6,
    "ingest another province's manifests": 10,
    "rebuild the index of 160": 5,
    "400 from file to anchored beside 80": 0.9,
    "peak memory of 400": 1,
    "rebuild the index of 400": 5,
    "completeness of 3,000 events": 1,
    "the same, with the waiting for the node": 1,
    "the same, one left out and named": 1,
    "report over 3,000 transfers, SQLite": 1,
    "report over 3,000 transfers, SQLite, waiting too": 1,
    "report over 3,000 transfers, PostgreSQL": 1,
    "report over 3,000 transfers, PostgreSQL, waiting too": 1,
    "findings over 3,000 transfers, SQLite": 1,
    "findings over 3,000 transfers, PostgreSQL": 1,
    "put 1 MiB, IPFS beside a folder": 0.2,
    "get 1 MiB, IPFS beside a folder": 0.05,
    "fetch 1 MiB from another province's IPFS beside our own": 0.2,
    "20 anchors to final on four nodes, beside a bare loop": 0.9,
    "one anchor to final, beside a bare loop": 0.5,
    "80 from roster to verifiable elsewhere": 1,
    "a new gateway catches up with 400": 5,
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.network
@pytest.mark.interop
def test_the_benchmark_writes_each_row_with_its_aim_and_its_ratio(tmp_path: Path) -> None:
    written = tmp_path / "bench.json"
    sizes = ["--rows", "64", "--requests", "400", "--seconds", "0.2", "--full", "--full-rows", "400", "--small", "80"]
    sizes += ["--events", "3000", "--transfers", "3000", "--anchors", "20", "--roster", "80"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "bench.py"), *sizes, "--out", str(written)],
        capture_output=True,
        text=True,
        timeout=840,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(written.read_text())
    assert {row["row"]: row["at_least"] for row in rows} == AIMS
    for row in rows:
        assert set(row) == {"row", "ours", "beside", "ratio", "at_least", "unit"}
        assert row["ours"] > 0
        assert row["beside"] > 0
        assert row["row"] in done.stdout
    for row in rows:
        better = row["beside"] / row["ours"] if row["unit"] in SMALLER else row["ours"] / row["beside"]
        assert row["ratio"] == pytest.approx(better, rel=0.01)
