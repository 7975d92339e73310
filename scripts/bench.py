"""`make bench`: the rows of the performance design, with OpenAttestation beside them in the same run.

    scripts/bench.py [--full] [--rows N] [--requests N] [--seconds S] [--out FILE]

A trial network is raised by the product's own commands. What is measured checks what it made: a figure of work that
did not do what it should is refused, not shown. Prints a table and writes build/bench.json; a ratio that is missed is
said, and is no error: exit 0 whenever everything could be measured. docs/performance.md says what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_comparator import Comparator, measure_comparator
from bench_http import http_row
from bench_index import ingest_rate, rebuild_rate
from bench_issuing import Issuing, opened
from bench_million import million_rows
from bench_rows import Row, expect, more, table_of
from bench_verifying import OfflineCheck, certificates_of, rate_of
from stage import Stage

from gateway import logs
from gateway.domain.receipt import Certificate

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway

ROOT = Path(__file__).resolve().parent.parent
ISSUER, OTHER, BULK = 310000, 320000, 330000
FIXTURE = 5_000
"""Credentials that both sides verify."""
TABLE_WIDTH = 130
PER_SECOND = "/s of one core"

out = Console(highlight=False, soft_wrap=True, emoji=False)


def main() -> None:
    """Run the benchmark."""
    options = _options()
    logs.configure("WARNING", "console")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="huren-bench-") as folder:
        rows = _run(Path(folder), options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([row.to_json() for row in rows], indent=2) + "\n", encoding="utf-8")
    Console(width=max(out.width, TABLE_WIDTH)).print(table_of(rows))
    out.print(f"{os.cpu_count()} cores, load {load:.1f} at the start and {os.getloadavg()[0]:.1f} at the end")


def _run(folder: Path, options: argparse.Namespace) -> list[Row]:
    stage = Stage(folder / "stage")
    try:
        _say("a trial network")
        stage.raise_network()
        for province in (ISSUER, OTHER, *((BULK,) if options.full else ())):
            stage.centres[province].prepare()
        for province in (ISSUER, *((BULK,) if options.full else ())):
            stage.centres[province].accredit()
        stage.node("advance", "--days", "29")
        rows = _one_core(stage, folder, options)
        if options.full:
            _say("a million, from file to anchored")
            rows += million_rows(stage.centres[BULK], folder, (options.small, options.full_rows), out.print)
        return rows
    finally:
        stage.close()


def _one_core(stage: Stage, folder: Path, options: argparse.Namespace) -> list[Row]:
    """The rows of one core's work, and the one of a server's."""
    issuer, other = stage.centres[ISSUER], stage.centres[OTHER]
    times = 2 if options.rows > FIXTURE else 1
    with opened(issuer) as gateway:
        gateway.indexer(attesting=False).advance()
        issuing = Issuing(issuer, gateway, folder)
        # A centre has issued before, or accounts and rows would have nothing to be looked up in.
        issuing.issue(min(options.rows, 2_000))
        _say(f"issue {times} × {options.rows:,} with a signature each")
        report, signed = issuing.rate(options.rows, times, signed=True)
        files = certificates_of(gateway, report.batches[0].id, min(FIXTURE, options.rows))
        fixture = _fixture(files, folder / "credentials.jsonl")
        _say(f"OpenAttestation on {len(files):,} of them, {fixture.stat().st_size / len(files):,.0f} bytes each")
        comparator = measure_comparator(fixture, options.seconds)
        _say(f"issue {times} × {options.rows // 2:,} with none")
        bare_report, unsigned = issuing.rate(options.rows // 2, times, signed=False)
        bare = certificates_of(gateway, bare_report.batches[0].id, min(FIXTURE, options.rows // 2))
        _say("verify offline")
        with_signature, without = _verify(gateway, files, bare, options.seconds)
        comparator = comparator.better(measure_comparator(fixture, options.seconds))
    rows = _beside(comparator, signed, unsigned, with_signature, without)
    _say(f"ingest {issuing.leaves:,} at another centre, over HTTP; rebuild")
    issuer.serve(read_only=True)
    with opened(other) as gateway:
        ingested, rebuilt = ingest_rate(gateway, issuing.leaves), rebuild_rate(gateway, issuing.leaves)
    rows.append(more("ingest another province's manifests", ingested, signed, 10, PER_SECOND))
    rows.append(more(f"rebuild the index of {issuing.leaves:,}", rebuilt, signed, 5, PER_SECOND))
    _say(f"verify {options.requests:,} hashes over HTTP")
    rows.insert(4, http_row(stage, issuer, other, folder, options.requests))
    other.stop()  # the issuer goes on giving out its manifests
    return rows


def _beside(comparator: Comparator, signed: float, unsigned: float, with_signature: float, without: float) -> list[Row]:
    return [
        more("issue, signed", signed, comparator.wrap, 6, PER_SECOND),
        more("issue, unsigned", unsigned, comparator.wrap, 10, PER_SECOND),
        more("verify offline, with signature", with_signature, comparator.verify, 5, PER_SECOND),
        more("verify offline, hash, leaf, inclusion, status", without, comparator.verify, 12, PER_SECOND),
    ]


def _verify(gateway: Gateway, files: list[bytes], bare: list[bytes], seconds: float) -> tuple[float, float]:
    """Files a second, with the signature and without."""
    gateway.indexer(attesting=False).advance()
    check = OfflineCheck(gateway, [*files, *bare])
    expect("certificates issued without a signature that pass without it", sum(map(check.unsigned, bare)), len(bare))
    expect("certificates issued without a signature that pass as signed", sum(map(check.signed, bare)), 0)
    signed = max(rate_of(check.signed, files, seconds) for _ in range(2))
    return signed, max(rate_of(check.unsigned, files, seconds) for _ in range(2))


def _fixture(files: list[bytes], path: Path) -> Path:
    """The credentials of certificate files without their proofs, one a line: what both sides wrap and verify."""
    path.write_bytes(b"".join(Certificate.parse(file).credential.unsecured + b"\n" for file in files))
    return path


def _say(what: str) -> None:
    out.print(f"· {what}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--full", action="store_true", help="with the million, its memory and its index")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the rosters measured on one core")
    parser.add_argument("--full-rows", type=int, default=1_000_000, help="rows of the million")
    parser.add_argument("--small", type=int, default=10_000, help="rows of the roster that the million is held beside")
    parser.add_argument("--requests", type=int, default=100_000, help="hashes asked over HTTP")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each verifying and comparing loop runs")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
