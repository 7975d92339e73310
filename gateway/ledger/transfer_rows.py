"""The transfers that the index holds: lists, one, counts, exports; now, or as they stood at an earlier block.

    rows = TransferRows(database)
    rows.page(TransferFilter(source=310000, first_month="2026-03"), after=None, limit=100)
    for row in rows.stream(TransferFilter(block=4711)): …      # every transfer as it stood at block 4,711

What these say is what was recorded. Whether a request is overdue at this moment, or its credential was revoked since,
is the ledger's to say (`standingOf`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, literal_column, select, tuple_

from gateway.domain.civil_time import DAY
from gateway.domain.errors import USAGE
from gateway.domain.transfer_words import Appeal, Return, Stage
from gateway.ledger.errors import LedgerError
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Select

    from gateway.store.engine import Database

_AT_ONCE: Final = 2_000
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z", re.ASCII)


class MonthMalformed(LedgerError):
    """Not a month as ISO 8601 writes one, or none since 1970."""

    code = "transfer.month"
    exit_code = USAGE
    zh = "“{value}”不是月份"
    en = "{value!r} is no month"
    hint_zh = "写作 2026-03"
    hint_en = "write it like 2026-03"


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer (docs/events.md says what each field of the events means).

    Provinces are numbers (GB/T 2260), institutions texts of 18 characters (GB 32100), digests 32 bytes, accounts 20,
    credits hundredths, times seconds, ``month`` that of the award in months since 1970. ``reason`` is why it came
    back, 0 where it did not. None: not opened, or it has not happened.
    """

    source: int
    target: int
    number: int
    agreement: bytes
    rule: int
    institution: str
    target_institution: str
    canonical: str
    root: bytes
    leaf: bytes
    outcome: bytes
    claim: bytes
    programme: bytes
    course: bytes
    consent: bytes
    mask: int
    category: int
    level: int | None
    credits: int | None
    grade: int | None
    month: int | None
    quoted: int
    deadline: int
    requested_at: int
    requested_block: int
    requested_by: bytes
    stage: int
    reason: int
    awarded: int | None
    enrolment: bytes | None
    explanation: bytes | None
    decided_at: int | None
    decided_block: int | None
    decided_by: bytes | None
    reversed_at: int | None
    reversed_block: int | None
    withdrawn: int | None
    spent: bool | None
    appeal: int
    appealed_at: int | None
    appealed_block: int | None
    statement: bytes | None
    appeal_decided_at: int | None
    appeal_decided_block: int | None
    appeal_answer: bytes | None

    @property
    def key(self) -> tuple[int, int, int]:
        """Its name: source, target, number; lists are in this order."""
        return self.source, self.target, self.number

    @property
    def days(self) -> int | None:
        """Whole days from the request to the decision."""
        return None if self.decided_at is None else (self.decided_at - self.requested_at) // DAY

    def at(self, block: int) -> TransferRow | None:
        """The transfer as it stood at `block`; None where it was requested later."""
        if self.requested_block > block:
            return None
        undone: dict[str, Any] = {}
        for happened_in, columns, before in _STEPS:
            found = getattr(self, happened_in)
            if found is not None and found > block:
                undone |= dict.fromkeys(columns) | before
        return replace(self, **undone) if undone else self


_STEPS: Final[tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...]] = (
    ("reversed_block", ("reversed_at", "reversed_block", "withdrawn", "spent"), {"stage": Stage.ACCEPTED}),
    (
        "decided_block",
        ("awarded", "enrolment", "explanation", "decided_at", "decided_block", "decided_by"),
        {"stage": Stage.REQUESTED, "reason": Return.NONE},
    ),
    (
        "appeal_decided_block",
        ("appeal_decided_at", "appeal_decided_block", "appeal_answer"),
        {"appeal": Appeal.FILED},
    ),
    ("appealed_block", ("appealed_at", "appealed_block", "statement"), {"appeal": Appeal.NONE}),
)
"""By the block of each step, what it wrote and how things stood before; a step comes before the one it followed."""


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers, and as of which block; None leaves open.

    ``first_month`` and ``last_month`` are those of the request in UTC+8, ``2026-03``. With ``block`` a transfer counts
    if it was requested up to that block, and each later step if it was taken up to it.
    """

    source: int | None = None
    target: int | None = None
    category: int | None = None
    first_month: str | None = None
    last_month: str | None = None
    institution: str | None = None
    target_institution: str | None = None
    agreement: bytes | None = None
    rule: int | None = None
    stage: int | None = None
    reason: int | None = None
    leaf: bytes | None = None
    claim: bytes | None = None
    requested_by: bytes | None = None
    block: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a row of `TRANSFERS` has to fulfil.

        Raises:
            MonthMalformed: not a month.
        """
        found = [TRANSFERS.c[n] == v for n in _EQUAL if (v := getattr(self, n)) is not None]
        if self.first_month is not None:
            found.append(TRANSFERS.c.requested_month >= month_number(self.first_month))
        if self.last_month is not None:
            found.append(TRANSFERS.c.requested_month <= month_number(self.last_month))
        if self.block is not None:
            found.append(TRANSFERS.c.requested_block <= self.block)
        if self.stage is not None:
            found.append(_stands_at(self.stage, self.block))
        if self.reason is not None:
            found.append(_reason_at(self.block) == self.reason)
        return found


_EQUAL: Final = (
    "source", "target", "category", "institution", "target_institution", "agreement", "rule", "leaf", "claim",
    "requested_by",
)  # fmt: skip


class TransferRows:
    """What the index holds of transfers."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    def page(
        self, where: TransferFilter, *, after: tuple[int, int, int] | None = None, limit: int = 100
    ) -> list[TransferRow]:
        """Return up to `limit` transfers in the order of their names, those after `after` (a row's ``key``).

        Raises:
            MonthMalformed: of the filter.
        """
        query = _rows(where).order_by(*_ORDER).limit(limit)
        if after is not None:
            query = query.where(tuple_(*_ORDER) > after)
        with self._database.read() as connection:
            return [_row(tuple(row), where.block) for row in connection.execute(query)]

    def one(self, source: int, target: int, number: int) -> TransferRow | None:
        """Return one transfer, None where there is none."""
        key = (TRANSFERS.c.source == source, TRANSFERS.c.target == target, TRANSFERS.c.number == number)
        found = self._all(select(*_COLUMNS).where(*key))
        return found[0] if found else None

    def count(self, where: TransferFilter) -> int:
        """Return how many there are."""
        query = select(func.count()).select_from(TRANSFERS).where(*where.conditions())
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def of_leaf(self, leaf: bytes) -> list[TransferRow]:
        """Return the transfers of a credential, oldest first."""
        return self._all(select(*_COLUMNS).where(TRANSFERS.c.leaf == leaf).order_by(*_OLDEST))

    def of_claim(self, canonical: str, claim: bytes) -> list[TransferRow]:
        """Return the transfers of a claim, under whichever credential it was asked, oldest first."""
        mine = (TRANSFERS.c.claim == claim, TRANSFERS.c.canonical == canonical)
        return self._all(select(*_COLUMNS).where(*mine).order_by(*_OLDEST))

    def waiting(self, target_institution: str, *, limit: int | None = None) -> list[TransferRow]:
        """Return what an institution has to decide, the nearest deadline first."""
        mine = (TRANSFERS.c.target_institution == target_institution, TRANSFERS.c.stage == Stage.REQUESTED)
        return self._all(select(*_COLUMNS).where(*mine).order_by(TRANSFERS.c.deadline, *_ORDER).limit(limit))

    def undecided(self) -> list[TransferRow]:
        """Return everything that waits for a decision anywhere, the nearest deadline first."""
        # The stage is said in the statement: a bound one would not let SQLite use the index of just these.
        waits = TRANSFERS.c.stage == literal_column(str(int(Stage.REQUESTED)))
        return self._all(select(*_COLUMNS).where(waits).order_by(TRANSFERS.c.deadline, *_ORDER))

    def stream(self, where: TransferFilter) -> Iterator[TransferRow]:
        """Yield all of them in the order of their names, from one snapshot, without holding them in memory.

        Raises:
            MonthMalformed: of the filter.
        """
        query = _rows(where).order_by(*_ORDER)
        with self._database.read() as connection:
            for part in connection.execution_options(yield_per=_AT_ONCE).execute(query).partitions():
                for row in part:
                    yield _row(tuple(row), where.block)

    def _all(self, query: Select[Any]) -> list[TransferRow]:
        with self._database.read() as connection:
            return [TransferRow(*row) for row in connection.execute(query)]


def stage_at(block: int) -> ColumnElement[int]:
    """The stage of a row of `TRANSFERS` at `block`, where it was requested by then, as an SQL expression."""
    decided = case((TRANSFERS.c.reason == Return.NONE, int(Stage.ACCEPTED)), else_=int(Stage.RETURNED))
    return case(
        (TRANSFERS.c.reversed_block <= block, int(Stage.REVERSED)),
        (TRANSFERS.c.decided_block <= block, decided),
        else_=int(Stage.REQUESTED),
    )


def month_number(text: str) -> int:
    """``2026-03`` as months since January 1970.

    Raises:
        MonthMalformed: not of that form, or before 1970.
    """
    match = _MONTH.match(text)
    if match is None or int(match[1]) < 1970:  # noqa: PLR2004 - see above
        raise MonthMalformed(text)
    return (int(match[1]) - 1970) * 12 + int(match[2]) - 1


_COLUMNS: Final = tuple(TRANSFERS.c[field.name] for field in fields(TransferRow))
_ORDER: Final = (TRANSFERS.c.source, TRANSFERS.c.target, TRANSFERS.c.number)
_OLDEST: Final = (TRANSFERS.c.requested_block, *_ORDER)


def _rows(where: TransferFilter) -> Select[Any]:
    return select(*_COLUMNS).where(*where.conditions())


def _row(values: tuple[Any, ...], block: int | None) -> TransferRow:
    row = TransferRow(*values)
    return row if block is None else row.at(block) or row


def _reason_at(block: int | None) -> ColumnElement[int]:
    reason: ColumnElement[int] = TRANSFERS.c.reason
    return reason if block is None else case((TRANSFERS.c.decided_block <= block, reason), else_=int(Return.NONE))


def _stands_at(stage: int, block: int | None) -> ColumnElement[bool]:
    if block is None:
        return TRANSFERS.c.stage == stage
    # Said as one value: of "this or that" SQLite makes two searches by block, of nearly all rows.
    return case((TRANSFERS.c.last_block <= block, TRANSFERS.c.stage), else_=stage_at(block)) == stage
