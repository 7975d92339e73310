"""The office's report over a million transfers, as canonical JSON, beside the two seconds that it may take."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from bench_rows import Row, expect, less
from bench_transfers import KINDS, MILLION, filled
from sqlalchemy import text

from gateway.audit.reports.figures import total
from gateway.audit.reports.report import ReportBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

MOST_SECONDS: Final = 2.0
_TIMES: Final = 3
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def report_rows(say: Callable[[str], None], transfers: int = MILLION) -> Iterator[Row]:
    """Two rows a kind of database: seconds of the processor, the database server's included, and by the clock.

    Each is the best of three runs.

    Raises:
        BenchError: the report counted other transfers than there are, or its bytes changed from run to run.
    """
    for kind in KINDS:
        say(f"{transfers:,} transfers into {_NAMES[kind]}")
        with filled(kind, transfers) as (database, block):
            runs = [_report(database, block, transfers) for _ in range(_TIMES)]
        spent, clock = (min(column) for column in zip(*runs, strict=True))
        row = f"report over {transfers:,} transfers, {_NAMES[kind]}"
        yield less(row, spent, MOST_SECONDS, 1, "s of the processor")
        yield less(f"{row}, waiting too", clock, MOST_SECONDS, 1, "s by the clock")


def _report(database: Database, block: BlockRef, transfers: int) -> tuple[float, float]:
    """Seconds of the processor and by the clock."""
    deployment = SimpleNamespace(chain_id=31_337, genesis_hash="0x" + "00" * 32, contracts={})
    book = ReportBook(database, cast("ChainCalls", SimpleNamespace(deployment=deployment)))
    server = _server(database)
    began, clock = time.process_time() + _spent(server), time.perf_counter()
    report = book.at(block)
    written = report.canonical
    seconds, clock = time.process_time() + _spent(server) - began, time.perf_counter() - clock
    expect("transfers in the report", total(report.figures).applied, transfers)
    expect("hash of the report made again", book.at(block).digest, report.digest)
    expect("bytes with a hash of their own", written.count(report.digest.hex().encode()), 1)
    return seconds, clock


def _server(database: Database) -> list[int]:
    """The processes that work for this one at a database server; none where the database is a library."""
    if database.engine.dialect.name == "sqlite":
        return []
    with database.read() as connection:
        found = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        return [int(pid) for pid in found.scalars()]


def _spent(processes: list[int]) -> float:
    """Seconds of the processor that these processes have used (proc(5), /proc/pid/stat)."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
