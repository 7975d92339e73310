"""Loads the million synthetic transfers into SQLite and PostgreSQL and says how long that and the figures take.

    scripts/bench_transfers.py [--rows N]

The row of the benchmark stands in bench_reports.py; this is what it stands on (`filled`), and a look at the database
alone: the figures grouped by pair, category, month, stage, reason and days, as of the newest block and of an old one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgres_server import serving
from synthetic_transfers import FIRST, block_at, fill, settle

from gateway.domain.civil_time import DAY
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.store.engine import Database, open_database, open_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.ledger.values import BlockRef

KINDS: Final = ("sqlite", "postgresql")
MILLION: Final = 1_000_000
_GROUPS: Final = ("source", "target", "category", "requested_month", "stage", "reason", "days")


@contextmanager
def filled(kind: str, rows: int = MILLION) -> Iterator[tuple[Database, BlockRef]]:
    """A database of `kind` with that many transfers, and the block that its index stands at; gone with the block."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="huren-transfers-") as folder:
            database = open_database(Path(folder) / "huren.db")
            try:
                yield database, _fill(database, rows)
            finally:
                database.close()
    else:
        with serving(shared_buffers="256MB", max_wal_size="4GB") as server:
            database = open_url(server.new_database())
            try:
                yield database, _fill(database, rows)
            finally:
                database.close()


def _fill(database: Database, rows: int) -> BlockRef:
    with database.write(durable=False) as connection:
        block = fill(connection, rows)
    settle(database)
    return block


def figures_seconds(database: Database, block: int) -> tuple[float, int]:
    """How long the figures as of `block` take that stand as they are, and how many rows there are of them."""
    table = TRANSFERS.c
    grouped = [table[name] for name in _GROUPS]
    sums = [func.sum(table[name]) for name in ("quoted", "awarded", "withdrawn")]
    query = select(*grouped, func.count(), *sums).where(table.last_block <= block).group_by(*grouped)
    began = time.perf_counter()
    with database.read() as connection:
        found = len(connection.execute(query).all())
    return time.perf_counter() - began, found


def main() -> None:
    """Load both, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=MILLION)
    options = parser.parse_args()
    for kind in KINDS:
        began = time.perf_counter()
        with filled(kind, options.rows) as (database, block):
            print(f"{kind}: {options.rows:,} transfers in {time.perf_counter() - began:.1f} s")
            for day in (0, 15, 500):
                at = block.number if day == 0 else block_at(FIRST + (1_095 - day) * DAY)
                seconds, groups = min(figures_seconds(database, at) for _ in range(3))
                print(f"  figures as of {day} days ago: {seconds:.2f} s for {groups:,} groups")


if __name__ == "__main__":
    main()
