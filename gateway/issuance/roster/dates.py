"""Judging the dates of rows: the award, and the last day where an outcome ends.

A roster repeats a few hundred dates over thousands of rows, so each text is judged once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from gateway.domain.credits import awarded_month
from gateway.domain.errors import HurenError
from gateway.issuance.roster import reasons
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.findings import Severity
from gateway.issuance.roster.normalise import award_date, code_text, has_no_end
from gateway.issuance.roster.offerings import Remark, converted, error

if TYPE_CHECKING:
    import datetime as dt

    Judged = tuple[dt.date | None, tuple[Remark, ...]]

MOST_REMEMBERED: Final = 50_000
"""A file with more different texts in a column than this judges some of them again."""
T = TypeVar("T")


def remember(cache: dict[str, T], cell: str, value: T) -> T:
    """Keep what was found of a cell's text, while there is room."""
    if len(cache) < MOST_REMEMBERED:
        cache[cell] = value
    return value


class DateJudge:
    """Judges the dates of one file."""

    def __init__(self, today: dt.date) -> None:
        """Take today's date in UTC+8."""
        self._today = today
        self._awards: dict[str, Judged] = {}
        self._ends: dict[str, Judged] = {}

    def awarded(self, cell: str) -> Judged:
        """The day of the award, None where the cell is not good, and what there is to say."""
        return self._awards.get(cell) or remember(self._awards, cell, self._award(cell))

    def ends(self, cell: str, awarded: dt.date | None, remarks: list[Remark]) -> tuple[dt.date | None, bool]:
        """The last day on which the outcome is valid, None where it has no end; and whether the cell is good."""
        day, said = self._ends.get(cell) or remember(self._ends, cell, self._end(cell))
        remarks += said
        if day is not None and awarded is not None and day < awarded:
            early = reasons.EndsBeforeAward(day, awarded=awarded)
            remarks.append(error(Column.VALID_UNTIL, cell, early))
        good = all(
            remark.severity is not Severity.ERROR or Column.VALID_UNTIL not in remark.columns for remark in remarks
        )
        return day, good

    def _award(self, cell: str) -> Judged:
        try:
            if not cell.strip():
                raise reasons.CellEmpty(column=Column.AWARDED_ON.zh, column_en=Column.AWARDED_ON.en)
            day = award_date(cell)
            awarded_month(day)
            if day > self._today:
                raise reasons.AwardedInTheFuture(day, today=self._today)
        except HurenError as reason:
            return None, (error(Column.AWARDED_ON, cell, reason),)
        return day, _said(Column.AWARDED_ON, cell)

    def _end(self, cell: str) -> Judged:
        if has_no_end(cell):
            return None, ()
        try:
            day = award_date(cell)
        except HurenError as reason:
            return None, (error(Column.VALID_UNTIL, cell, reason),)
        said = _said(Column.VALID_UNTIL, cell)
        if day < self._today:
            past = Remark((Column.VALID_UNTIL,), cell, Severity.NOTICE, reasons.EndedAlready(day, today=self._today))
            said = (*said, past)
        return day, said


def _said(column: Column, cell: str) -> tuple[Remark, ...]:
    """That full-width characters were read as plain ones; another order of year and month is not worth a word."""
    if not cell.isascii() and (plain := code_text(cell)) != cell.strip():
        return converted(column, cell, plain)
    return ()
