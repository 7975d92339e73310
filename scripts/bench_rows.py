"""The rows of the benchmark: what is measured beside what, and the ratio that is aimed at.

A row holds two figures of one run on one machine; only their ratio says anything. Figures are of processor time unless
the row says otherwise, so that neighbours on a shared machine weigh on neither side.
"""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator


class BenchError(Exception):
    """What was to be measured did not do what it should: its figure would be a lie."""


def expect(what: str, found: object, wanted: object) -> None:
    """Hold a result of the measured work against what it must be.

    Raises:
        BenchError: it is something else.
    """
    if found != wanted:
        raise BenchError(f"{what}: expected {wanted}, found {found}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the benchmark."""

    row: str
    ours: float
    """Ours, in ``unit``."""
    beside: float
    """What it is held beside, in ``unit``."""
    ratio: float
    """How many times better ours is."""
    at_least: float
    """The ratio aimed at."""
    unit: str

    @property
    def missed(self) -> bool:
        """Whether the ratio falls short."""
        return self.ratio < self.at_least

    def to_json(self) -> dict[str, Any]:
        """The form of build/bench.json."""
        return asdict(self)


def more(row: str, ours: float, beside: float, at_least: float, unit: str) -> Row:
    """A row in which the greater figure is the better one: a rate."""
    return Row(row, round(ours, 3), round(beside, 3), round(ours / beside, 3), at_least, unit)


def less(row: str, ours: float, most: float, at_least: float, unit: str) -> Row:
    """A row in which the smaller figure is the better one: a size held beside what it may be."""
    return Row(row, round(ours, 3), round(most, 3), round(most / ours, 3), at_least, unit)


@dataclass(slots=True)
class Spent:
    """What a stretch of work took: processor seconds of this process and its children, and seconds by the clock."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure a block; children count once they have been waited for, which ours have when a block ends."""
    spent = Spent(_cpu(), time.perf_counter())
    yield spent
    spent.cpu, spent.wall = _cpu() - spent.cpu, time.perf_counter() - spent.wall


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def table_of(rows: list[Row]) -> Table:
    """The rows for a person; a ratio that is missed says so."""
    table = Table(title="make bench", title_justify="left")
    table.add_column("row", no_wrap=True)
    for name in ("ours", "beside", "ratio", "at least"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    table.add_column("")
    for row in rows:
        figures = (_figure(row.ours), _figure(row.beside), f"{row.ratio:.2f}×", f"{row.at_least:g}×")
        table.add_row(row.row, *figures, row.unit, "[red]missed[/]" if row.missed else "[green]reached[/]")
    return table


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"  # noqa: PLR2004 - three digits are enough for anyone
