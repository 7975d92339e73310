"""The office's report and its findings over a million transfers, beside the seconds that each may take.

The report is the work of every month, and has two seconds. Findings look through the same table eight times, for what a
person then looks into: nobody waits for them, and they have ten.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from bench_rows import Row, expect, less
from bench_transfers import KINDS, MILLION, filled
from sqlalchemy import select, text

from gateway.audit.findings import officers, transfers
from gateway.audit.findings.claims import of_claims
from gateway.audit.findings.flagged import of_flagged
from gateway.audit.findings.values import Thresholds
from gateway.audit.reports.figures import total
from gateway.audit.reports.report import ReportBook
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

MOST_SECONDS: Final = 2.0
MOST_FOR_FINDINGS: Final = 10.0
_CAP: Final = 5_000
"""Hundredths: about every tenth enrolment comes near it."""
_TIMES: Final = 3
_T: Final = TRANSFERS.c
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def report_rows(say: Callable[[str], None], size: int = MILLION) -> Iterator[Row]:
    """Three rows a kind of database: seconds of the processor, the database server's included, by the clock; findings.

    Each is the best of three runs.

    Raises:
        BenchError: the report counted other transfers than there are, or its bytes changed from run to run.
    """
    for kind in KINDS:
        say(f"{size:,} transfers into {_NAMES[kind]}")
        with filled(kind, size) as (database, block):
            runs = [_report(database, block, size) for _ in range(_TIMES)]
            looks = [_findings(database, block) for _ in range(_TIMES)]
        spent, clock = (min(column) for column in zip(*runs, strict=True))
        row = f"report over {size:,} transfers, {_NAMES[kind]}"
        yield less(row, spent, MOST_SECONDS, 1, "s of the processor")
        yield less(f"{row}, waiting too", clock, MOST_SECONDS, 1, "s by the clock")
        row = f"findings over {size:,} transfers, {_NAMES[kind]}"
        yield less(row, min(looks), MOST_FOR_FINDINGS, 1, "s of the processor")


def _report(database: Database, block: BlockRef, size: int) -> tuple[float, float]:
    """Seconds of the processor and by the clock."""
    deployment = SimpleNamespace(chain_id=31_337, genesis_hash="0x" + "00" * 32, contracts={})
    book = ReportBook(database, cast("ChainCalls", SimpleNamespace(deployment=deployment)))
    server = _server(database)
    began, clock = time.process_time() + _spent(server), time.perf_counter()
    report = book.at(block)
    written = report.canonical
    seconds, clock = time.process_time() + _spent(server) - began, time.perf_counter() - clock
    expect("transfers in the report", total(report.figures).applied, size)
    expect("hash of the report made again", book.at(block).digest, report.digest)
    expect("bytes with a hash of their own", written.count(report.digest.hex().encode()), 1)
    return seconds, clock


def _findings(database: Database, block: BlockRef) -> float:
    """Seconds of the processor of everything that is looked for among transfers."""
    limits, server = Thresholds(), _server(database)
    with database.read() as connection:
        rules = connection.execute(select(_T.agreement, _T.rule).distinct()).all()
        places = connection.execute(select(_T.target_institution, _T.programme).distinct()).all()
        began = time.process_time() + _spent(server)
        windows = {(one.target_institution, one.programme): 1 + place % 2 for place, one in enumerate(sorted(places))}
        caps = {(one.agreement, one.rule): _CAP for one in rules}
        found = [
            *transfers.of_caps(connection, block, caps, windows, limits.cap_percent),
            *transfers.of_rates(connection, block, limits),
            *transfers.of_headcounts(connection, block, dict.fromkeys(windows, 1_000_000)),
            *transfers.of_deadlines(connection, block),
            *officers.of_decisions(connection, block, limits.officer_days),
            *of_claims(connection, block),
            *of_flagged(connection, block),
        ]
        spent = time.process_time() + _spent(server) - began
    expect(
        "requests past their deadline among what is found",
        {one.code for one in found} & {"decision.overdue"},
        {"decision.overdue"},
    )
    return spent


def _server(database: Database) -> list[int]:
    """The processes that work for this one at a database server; none where the database is a library.

    The server's own, a vacuum say, are not asked for by anybody and end when they like.
    """
    if database.engine.dialect.name == "sqlite":
        return []
    with database.read() as connection:
        ours = "datname = current_database() AND backend_type = 'client backend'"
        found = connection.execute(text(f"SELECT pid FROM pg_stat_activity WHERE {ours}"))  # noqa: S608 - ours, above
        return [int(pid) for pid in found.scalars()]


def _spent(processes: list[int]) -> float:
    """Seconds of the processor that these processes have used (proc(5), /proc/pid/stat)."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
