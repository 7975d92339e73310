"""What became of requests, counted: one line a direction, month, pair and institution.

Every request is counted in the month in which it was made (UTC+8), whatever became of it later, so that the lines of a
period add up to the requests of that period. Credits are hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import month_text
from gateway.domain.credits import credits_text
from gateway.domain.transfer_words import Return, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable


class Direction(StrEnum):
    """From the side of whom the statement is about."""

    OUT = "out"
    """It is the source: its learners ask elsewhere."""
    IN = "in"
    """It is the target: others' learners ask here."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        return {"out": "转出", "in": "转入"}[self.value]

    @property
    def en(self) -> str:
        """In English."""
        return self.value


@dataclass(slots=True)
class Figures:
    """Counts and sums; `returned` by reason, `accepted` with those reversed later, `open` with those overdue."""

    requested: int = 0
    open: int = 0
    overdue: int = 0
    accepted: int = 0
    reversed: int = 0
    returned: dict[Return, int] = field(default_factory=dict)
    quoted: int = 0
    awarded: int = 0
    withdrawn: int = 0

    @property
    def credits(self) -> int:
        """What still counts: awarded, less what was withdrawn."""
        return self.awarded - self.withdrawn

    def count(self, row: Any) -> None:  # noqa: ANN401 - a row of the query
        """Add a group of equal requests: stage, reason, how many, how many overdue, three sums."""
        many = int(row.many)
        self.requested += many
        self.quoted += int(row.quoted)
        if row.stage == Stage.REQUESTED:
            self.open += many
            self.overdue += int(row.overdue)
        elif row.stage == Stage.RETURNED:
            reason = Return(row.reason)
            self.returned[reason] = self.returned.get(reason, 0) + many
        else:
            self.accepted += many
            self.awarded += int(row.awarded)
        if row.stage == Stage.REVERSED:
            self.reversed += many
            self.withdrawn += int(row.withdrawn)

    def add(self, other: Figures) -> None:
        """Add another line's."""
        for name in ("requested", "open", "overdue", "accepted", "reversed", "quoted", "awarded", "withdrawn"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, many in other.returned.items():
            self.returned[reason] = self.returned.get(reason, 0) + many

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        return {
            "requested": self.requested,
            "open": self.open,
            "overdue": self.overdue,
            "accepted": self.accepted,
            "reversed": self.reversed,
            "returned": {reason.word: many for reason, many in sorted(self.returned.items())},
            "quoted": credits_text(self.quoted),
            "awarded": credits_text(self.awarded),
            "withdrawn": credits_text(self.withdrawn),
            "credits": credits_text(self.credits),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``month`` (since 1970) and ``institution`` are None where all are added up."""

    direction: Direction
    source: int
    target: int
    figures: Figures
    month: int | None = None
    institution: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        told: dict[str, Any] = {"direction": self.direction.value, "source": self.source, "target": self.target}
        if self.month is not None:
            told["month"] = month_text(self.month)
        if self.institution is not None:
            told["institution"] = self.institution
        return {**told, **self.figures.to_json()}


_COUNTED: Final = ("requested", "open", "overdue", "accepted", "reversed")
_SUMMED: Final = ("quoted", "awarded", "withdrawn", "credits")
COLUMNS: Final = (
    "direction", "month", "source", "target", "institution", *_COUNTED,
    *(f"returned.{reason.word}" for reason in Return if reason), *_SUMMED,
)  # fmt: skip
"""Of the lines as a table."""


def table(lines: Iterable[Line]) -> list[list[str]]:
    """The lines as a table, `COLUMNS` first; what is not divided is empty."""
    rows = [list(COLUMNS)]
    for line in lines:
        figures = line.figures
        rows.append(
            [
                line.direction.value,
                "" if line.month is None else month_text(line.month),
                str(line.source),
                str(line.target),
                line.institution or "",
                *(str(getattr(figures, name)) for name in _COUNTED),
                *(str(figures.returned.get(reason, 0)) for reason in Return if reason),
                *(credits_text(getattr(figures, name)) for name in _SUMMED),
            ]
        )
    return rows


def total(lines: Iterable[Line]) -> Figures:
    """All lines together."""
    found = Figures()
    for line in lines:
        found.add(line.figures)
    return found
