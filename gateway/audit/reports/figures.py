"""The figures that the office asks for, by province pair × category × month, folded from counted groups of transfers.

    figures = figures_of(groups, decided)
    total(figures).median_days

A month is a civil one of UTC+8, as months since January 1970. A transfer belongs to the month of its request, with what
became of it up to the block: applied = pending + accepted + rejected + cancelled + expired, in every row. What was
decided *in* a month, on requests of whichever month, stands beside that (``decided``). Credits are hundredths.
Everything here is arithmetic on whole numbers, so every gateway comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from gateway.domain.transfer_words import Return, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

K = TypeVar("K", int, tuple[int, int], tuple[int, int, int])
REASONS: Final = tuple(reason for reason in Return if reason.rejects)
"""Why a target institution rejects, in the contract's order."""


class Group(NamedTuple):
    """Transfers that are alike, and how many: one row of the count by month of the request."""

    source: int
    target: int
    category: int
    month: int
    stage: int
    reason: int
    days: int | None
    """Whole days from the request to the decision; None while there is none."""
    many: int
    overdue: int
    """Those not decided although the deadline that the request names has passed at the block's time."""
    quoted: int
    awarded: int
    withdrawn: int
    appeals: int
    upheld: int
    dismissed: int


class Decided(NamedTuple):
    """The same by the month of the decision."""

    source: int
    target: int
    category: int
    month: int
    stage: int
    reason: int
    many: int
    awarded: int


@dataclass(frozen=True, slots=True)
class InMonth:
    """What target institutions decided in a month, whenever it was asked for."""

    accepted: int = 0
    rejected: int = 0
    awarded: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """One row; in a total the four fields of the key are 0 where rows of several were added up."""

    source: int = 0
    target: int = 0
    category: int = 0
    month: int = 0
    applied: int = 0
    pending: int = 0
    overdue: int = 0
    """Of the pending ones."""
    accepted: int = 0
    reversed: int = 0
    """Of the accepted ones."""
    rejected: tuple[int, ...] = (0,) * len(REASONS)
    """By reason, in the order of ``REASONS``."""
    cancelled: int = 0
    expired: int = 0
    quoted: int = 0
    awarded: int = 0
    withdrawn: int = 0
    """Of what was awarded."""
    appeals: int = 0
    upheld: int = 0
    dismissed: int = 0
    days: tuple[tuple[int, int], ...] = ()
    """(whole days to the decision, how many), ascending; of accepted and rejected ones."""
    decided: InMonth = field(default_factory=InMonth)

    @property
    def rejections(self) -> int:
        """Rejected, for whichever reason."""
        return sum(self.rejected)

    @property
    def median_days(self) -> float | None:
        """The median of the whole days to a decision; a half where two lie in the middle. None without decisions."""
        return median(self.days)

    @property
    def acceptance(self) -> float | None:
        """The share of accepted ones among those that the target decided; None without decisions."""
        decided = self.accepted + self.rejections
        return self.accepted / decided if decided else None


def median(histogram: Sequence[tuple[int, int]]) -> float | None:
    """The median of a histogram of (value, how many), ascending: exact, since halves are exact in binary."""
    count = sum(many for _, many in histogram)
    if not count:
        return None
    low, high = _nth(histogram, (count - 1) // 2), _nth(histogram, count // 2)
    return (low + high) / 2


def _nth(histogram: Sequence[tuple[int, int]], place: int) -> int:
    for value, many in histogram:
        place -= many
        if place < 0:
            return value
    return histogram[-1][0]


_ADDED: Final = (
    "applied",
    "pending",
    "overdue",
    "accepted",
    "reversed",
    "cancelled",
    "expired",
    "quoted",
    "awarded",
    "withdrawn",
    "appeals",
    "upheld",
    "dismissed",
)


class _Sum:
    """Adds up one row."""

    __slots__ = ("counts", "days", "decided", "rejected")

    def __init__(self) -> None:
        self.counts = dict.fromkeys(_ADDED, 0)
        self.rejected = [0] * len(REASONS)
        self.days: dict[int, int] = {}
        self.decided = [0, 0, 0]

    def figures(self, key: tuple[int, int, int, int]) -> Figures:
        """The row, under its key."""
        days = tuple(sorted(self.days.items()))
        return Figures(*key, rejected=tuple(self.rejected), days=days, decided=InMonth(*self.decided), **self.counts)


def figures_of(groups: Iterable[Sequence[Any]], decided: Iterable[Sequence[int]]) -> list[Figures]:
    """Fold counted groups into rows, ordered by pair, category and month.

    `groups` are tuples with the fields of `Group`, `decided` tuples with the fields of `Decided`.
    """
    sums: dict[tuple[int, int, int, int], _Sum] = {}
    for source, target, category, month, stage, reason, days, many, *amounts in groups:
        key = (source, target, category, month)
        into = sums.get(key)
        if into is None:
            into = sums[key] = _Sum()
        if stage == _ACCEPTED:  # by far the most
            counts, (_, quoted, awarded, *_) = into.counts, amounts
            counts["applied"] += many
            counts["quoted"] += quoted
            counts["accepted"] += many
            counts["awarded"] += awarded
            into.days[days] = into.days.get(days, 0) + many
        else:
            _add(into, stage, reason, days, many, amounts)
    for source, target, category, month, stage, reason, many, awarded in decided:
        accepted = stage != Stage.RETURNED
        if accepted or Return(reason).rejects:
            into = sums.setdefault((source, target, category, month), _Sum())
            into.decided[0 if accepted else 1] += many
            into.decided[2] += awarded if accepted else 0
    return [sums[key].figures(key) for key in sorted(sums)]


_ACCEPTED: Final = int(Stage.ACCEPTED)


def _add(into: _Sum, stage: int, reason: int, days: int | None, many: int, amounts: Sequence[int]) -> None:
    """Take in a group that is not simply accepted."""
    overdue, quoted, awarded, withdrawn, appeals, upheld, dismissed = amounts
    counts = into.counts
    counts["applied"] += many
    counts["quoted"] += quoted
    if stage == Stage.REQUESTED:
        counts["pending"] += many
        counts["overdue"] += overdue
        return
    if stage == Stage.RETURNED:
        why = Return(reason)
        if not why.rejects:
            counts["cancelled" if why is Return.CANCELLED else "expired"] += many
            return
        into.rejected[why - 1] += many
        counts["appeals"] += appeals
        counts["upheld"] += upheld
        counts["dismissed"] += dismissed
    else:
        counts["accepted"] += many
        counts["awarded"] += awarded
        counts["reversed"] += many
        counts["withdrawn"] += withdrawn
    into.days[days or 0] = into.days.get(days or 0, 0) + many


def total(figures: Iterable[Figures], key: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Figures:
    """Add rows up; the median is that of all their decisions together."""
    into = _Sum()
    for row in figures:
        for name in _ADDED:
            into.counts[name] += getattr(row, name)
        for place, many in enumerate(row.rejected):
            into.rejected[place] += many
        for value, many in row.days:
            into.days[value] = into.days.get(value, 0) + many
        decided = (row.decided.accepted, row.decided.rejected, row.decided.awarded)
        into.decided = [one + other for one, other in zip(into.decided, decided, strict=True)]
    return into.figures(key)


def totals_by(figures: Iterable[Figures], key: Callable[[Figures], K]) -> dict[K, Figures]:
    """Rows added up by what `key` says of each, in ascending order of it."""
    parts: dict[K, list[Figures]] = {}
    for row in figures:
        parts.setdefault(key(row), []).append(row)
    return {one: total(parts[one]) for one in sorted(parts)}


@dataclass(frozen=True, slots=True, order=True)
class Balance:
    """A province's credits: out, awarded elsewhere for its outcomes; in, awarded by its institutions; hundredths."""

    province: int
    out: int
    out_withdrawn: int
    into: int
    into_withdrawn: int

    @property
    def amounts(self) -> tuple[int, int, int, int]:
        """All four."""
        return self.out, self.out_withdrawn, self.into, self.into_withdrawn


def balances(figures: Iterable[Figures]) -> list[Balance]:
    """Credits in and out, a row a province."""
    sums: dict[int, list[int]] = {}
    for row in figures:
        for province, place in ((row.source, 0), (row.target, 2)):
            into = sums.setdefault(province, [0, 0, 0, 0])
            into[place] += row.awarded
            into[place + 1] += row.withdrawn
    return [Balance(province, *sums[province]) for province in sorted(sums)]
