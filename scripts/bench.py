"""`make bench`: the rows of the performance design, with OpenAttestation beside them in the same run.

    scripts/bench.py [--row NAME …] [--full] [--rows N] [--requests N] [--events N] [--seconds S] [--out FILE] …

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
from bench_comparator import measure_comparator
from bench_completeness import EVENTS, completeness_rows
from bench_consortium import Sizes, consortium_rows
from bench_documents import documents_rows
from bench_evidence import evidence_row
from bench_http import http_row
from bench_index import ingest_rate, rebuild_rate
from bench_issuing import Issuing, opened
from bench_million import million_rows
from bench_reports import report_rows
from bench_rows import Row, expect, more, table_of
from bench_transfers import MILLION
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
STAGED = ("issue", "verify", "http", "ingest", "million")
"""What is measured on a trial network. Each is two rows of the table but ``http``, and the million (--full), three."""
ROWS = (*STAGED, "completeness", "reports", "documents", "consortium")
"""What can be measured singly."""
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
    rows = _staged(folder, options) if options.row.intersection(STAGED) else []
    if "completeness" in options.row:
        rows += completeness_rows(options.events, _say)
    if "reports" in options.row:
        rows += report_rows(_say, options.transfers)
    if "documents" in options.row:
        rows += documents_rows(folder / "documents", _say)
    if "consortium" in options.row:
        catching_up = options.full_rows if options.full else options.roster
        rows += consortium_rows(folder / "consortium", Sizes(options.anchors, options.roster, catching_up), _say)
    return rows


def _staged(folder: Path, options: argparse.Namespace) -> list[Row]:
    stage = Stage(folder / "stage")
    million = options.full and "million" in options.row
    try:
        _say("a trial network")
        stage.raise_network()
        for province in (ISSUER, OTHER, *((BULK,) if million else ())):
            stage.centres[province].prepare()
        for province in (ISSUER, *((BULK,) if million else ())):
            stage.centres[province].accredit()
        stage.node("advance", "--days", "29")
        rows = _one_core(stage, folder, options)
        if million:
            _say("a million, from file to anchored")
            rows += million_rows(stage.centres[BULK], folder, (options.small, options.full_rows), out.print)
        return rows
    finally:
        stage.close()


def _one_core(stage: Stage, folder: Path, options: argparse.Namespace) -> list[Row]:
    """The rows of one core's work, and the one of a server's."""
    issuer = stage.centres[ISSUER]
    with opened(issuer) as gateway:
        gateway.indexer(attesting=False).advance()
        issuing = Issuing(issuer, gateway, folder)
        # A centre has issued before, or accounts and rows would have nothing to be looked up in.
        issuing.issue(min(options.rows, 2_000))
        signed, rows = _issue_and_verify(gateway, issuing, folder, options)
    if {"ingest", "http"} & options.row:
        issuer.serve(read_only=True)  # the others fetch its manifests
        rows += _elsewhere(stage, issuing.leaves, signed, folder, options)
    return rows


def _issue_and_verify(
    gateway: Gateway, issuing: Issuing, folder: Path, options: argparse.Namespace
) -> tuple[float, list[Row]]:
    """The rate of issuing with signatures, and the rows that are wanted of those beside OpenAttestation.

    Where issuing itself is not wanted, no more is issued than the other rows need.
    """
    many = options.rows if {"issue", "ingest"} & options.row else min(options.rows, FIXTURE)
    times = 2 if many > FIXTURE else 1
    _say(f"issue {times} × {many:,} with a signature each")
    report, signed = issuing.rate(many, times, signed=True)
    if not {"issue", "verify"} & options.row:
        return signed, []
    files = certificates_of(gateway, report.batches[0].id, min(FIXTURE, many))
    fixture = _fixture(files, folder / "credentials.jsonl")
    _say(f"OpenAttestation on {len(files):,} of them, {fixture.stat().st_size / len(files):,.0f} bytes each")
    comparator = measure_comparator(fixture, options.seconds)
    few = options.rows // 2 if "issue" in options.row else min(options.rows // 2, FIXTURE)
    _say(f"issue {times} × {few:,} with none")
    bare_report, unsigned = issuing.rate(few, times, signed=False)
    verified = None
    if "verify" in options.row:
        _say("verify offline")
        bare = certificates_of(gateway, bare_report.batches[0].id, min(FIXTURE, few))
        verified = _verify(gateway, files, bare, options.seconds)
    comparator = comparator.better(measure_comparator(fixture, options.seconds))
    rows: list[Row] = []
    if "issue" in options.row:
        rows.append(more("issue, signed", signed, comparator.wrap, 6, PER_SECOND))
        rows.append(more("issue, unsigned", unsigned, comparator.wrap, 10, PER_SECOND))
    if verified is not None:
        with_signature, without = verified
        rows.append(more("verify offline, with signature", with_signature, comparator.verify, 5, PER_SECOND))
        rows.append(more("verify offline, hash, leaf, inclusion, status", without, comparator.verify, 12, PER_SECOND))
        rows.append(evidence_row(gateway, files, comparator.verify, options.seconds))
    return signed, rows


def _elsewhere(stage: Stage, leaves: int, signed: float, folder: Path, options: argparse.Namespace) -> list[Row]:
    """The rows of another centre's gateway, which takes the issuer's ``leaves`` in and answers for them."""
    other = stage.centres[OTHER]
    _say(f"ingest {leaves:,} at another centre, over HTTP; rebuild")
    with opened(other) as gateway:
        ingested, rebuilt = ingest_rate(gateway, leaves), rebuild_rate(gateway, leaves)
    rows: list[Row] = []
    if "http" in options.row:
        _say(f"verify {options.requests:,} hashes over HTTP")
        rows.append(http_row(stage, stage.centres[ISSUER], other, folder, options.requests))
        other.stop()  # the issuer goes on giving out its manifests
    if "ingest" in options.row:
        rows.append(more("ingest another province's manifests", ingested, signed, 10, PER_SECOND))
        rows.append(more(f"rebuild the index of {leaves:,}", rebuilt, signed, 5, PER_SECOND))
    return rows


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
    parser.add_argument(
        "--row", action="append", choices=ROWS, help="only these (repeated for several); all of them if left out"
    )
    parser.add_argument("--full", action="store_true", help="with the million, its memory and its index")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the rosters measured on one core")
    parser.add_argument("--full-rows", type=int, default=1_000_000, help="rows of the million")
    parser.add_argument("--small", type=int, default=10_000, help="rows of the roster that the million is held beside")
    parser.add_argument("--events", type=int, default=EVENTS, help="events whose completeness is checked")
    parser.add_argument("--transfers", type=int, default=MILLION, help="transfers that are reported on")
    parser.add_argument("--anchors", type=int, default=2_000, help="anchors sent to four real nodes")
    parser.add_argument("--roster", type=int, default=200_000, help="rows that go from one real node to another")
    parser.add_argument("--requests", type=int, default=100_000, help="hashes asked over HTTP")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each verifying and comparing loop runs")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    options = parser.parse_args()
    options.row = set(options.row or ROWS)
    return options


if __name__ == "__main__":
    main()
