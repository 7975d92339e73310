"""Statements of an institution and of a centre: what was asked of whom, what became of it, credits in and out.

    books = Books(database)
    books.institution("123100004250004560", Period("2026-01", "2026-06")).to_json()
    books.centre(310_000, Period()).lines

From the index alone, at the block that it stands at, which every statement names: any gateway that stands at that block
says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select

from gateway.domain.civil_time import moment_text
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import province_of
from gateway.domain.transfer_words import Stage
from gateway.ledger import index_state
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import month_number
from gateway.statements.figures import Direction, Figures, Line, table, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement, Connection

    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

_C: Final = TRANSFERS.c


class NothingFollowed(HurenError):
    """The index has not followed the chain yet."""

    code = "statement.index"
    zh = "索引尚未跟随链"
    en = "the index has not followed the chain yet"
    hint_zh = "请先启动网关，或运行 huren index follow"
    hint_en = "start the gateway, or run huren index follow"


class PeriodBackwards(HurenError):
    """A period that ends before it begins."""

    code = "statement.period"
    exit_code = USAGE
    zh = "统计期 {value} 的终月早于始月"
    en = "the period {value} ends before it begins"
    hint_zh = "请对调 --from 与 --to"
    hint_en = "exchange --from and --to"


@dataclass(frozen=True, slots=True)
class Period:
    """Months of requests (``2026-03``, UTC+8), both included; None: from the first, to the last.

    Raises:
        MonthMalformed, PeriodBackwards: as they say.
    """

    first: str | None = None
    last: str | None = None

    def __post_init__(self) -> None:
        months = [month_number(one) for one in (self.first, self.last) if one is not None]
        if months != sorted(months):
            raise PeriodBackwards(f"{self.first} – {self.last}")

    def conditions(self) -> list[ColumnElement[bool]]:
        """Of a row of the table of transfers."""
        found = [] if self.first is None else [_C.requested_month >= month_number(self.first)]
        return found if self.last is None else [*found, _C.requested_month <= month_number(self.last)]

    def to_json(self) -> dict[str, str | None]:
        """The form that surfaces show."""
        return {"from": self.first, "to": self.last}


@dataclass(frozen=True, slots=True)
class Statement:
    """An institution's or a centre's.

    Attributes:
        block: that it is as of; about: the institution or the province; period: of the requests.
        lines: by direction, month and pair; institutions: of a centre, by direction and its own institution.
    """

    block: BlockRef
    about: dict[str, Any]
    period: Period
    lines: tuple[Line, ...]
    institutions: tuple[Line, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        told = {
            "block": self.block.number,
            "time": moment_text(self.block.time),
            **self.about,
            "period": self.period.to_json(),
            "total": {
                direction.value: total(one for one in self.lines if one.direction is direction).to_json()
                for direction in Direction
            },
            "lines": [line.to_json() for line in self.lines],
        }
        return {**told, "institutions": [line.to_json() for line in self.institutions]} if self.institutions else told

    def table(self) -> list[list[str]]:
        """All lines as a table, its columns first."""
        return table((*self.lines, *self.institutions))


class Books:
    """Makes them."""

    def __init__(self, database: Database) -> None:
        """Read from the index in `database`, which the caller has brought up to date."""
        self._database = database

    def institution(self, institution: str, period: Period | None = None) -> Statement:
        """Of an institution, as source and as target.

        Raises:
            IdentifierError: no such code.
            NothingFollowed: the index is empty.
        """
        code, asked = Uscc(institution).text, period or Period()
        sides = ((Direction.OUT, _C.institution == code), (Direction.IN, _C.target_institution == code))
        with self._database.read() as connection:
            block = _block(connection)
            lines = [
                line
                for direction, mine in sides
                for line in _lines(connection, block, direction, [mine, *asked.conditions()], _C.requested_month)
            ]
        return Statement(block, {"institution": code}, asked, tuple(lines))

    def centre(self, province: int, period: Period | None = None) -> Statement:
        """Of a province: every pair that it is one side of, and each of its institutions.

        Raises:
            UnknownProvince: no such code.
            NothingFollowed: the index is empty.
        """
        code, asked = province_of(province), period or Period()
        sources = select(_C.source).distinct()  # with them the index of figures, which begins with the source, serves
        sides = (
            (Direction.OUT, [_C.source == code.code], _C.institution),
            (Direction.IN, [_C.target == code.code, _C.source.in_(sources)], _C.target_institution),
        )
        pairs: list[Line] = []
        own: list[Line] = []
        with self._database.read() as connection:
            block = _block(connection)
            for direction, side, institution in sides:
                where = [*side, *asked.conditions()]
                pairs += _lines(connection, block, direction, where, _C.requested_month)
                own += _lines(connection, block, direction, where, institution)
        about = {"province": code.code, "provinceName": {"zh": code.zh, "en": code.en}}
        return Statement(block, about, asked, tuple(pairs), tuple(own))


def _block(connection: Connection) -> BlockRef:
    block = index_state.cursor(connection)
    if block is None:
        raise NothingFollowed
    return block


def _lines(
    connection: Connection,
    block: BlockRef,
    direction: Direction,
    where: Sequence[ColumnElement[bool]],
    by: Column[Any],
) -> list[Line]:
    """The figures of all that fulfil `where`: by pair, and within it by month or by institution."""
    overdue = case(((_C.stage == Stage.REQUESTED) & (_C.deadline <= block.time), 1), else_=0)
    groups = (by, _C.source, _C.target, _C.stage, _C.reason)
    query = (
        select(
            *groups,
            func.count().label("many"),
            func.sum(overdue).label("overdue"),
            func.sum(_C.quoted).label("quoted"),
            func.coalesce(func.sum(_C.awarded), 0).label("awarded"),
            func.coalesce(func.sum(_C.withdrawn), 0).label("withdrawn"),
        )
        .where(*where)
        .group_by(*groups)
    )
    found: dict[tuple[Any, int, int], Figures] = {}
    for row in connection.execute(query):
        found.setdefault((row[0], row.source, row.target), Figures()).count(row)
    by_month = by is _C.requested_month
    return [
        Line(direction, source, target, figures, month=key if by_month else None, institution=None if by_month else key)
        for (key, source, target), figures in sorted(found.items(), key=lambda item: item[0])
    ]
