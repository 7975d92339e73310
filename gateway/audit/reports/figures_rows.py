"""The figures as the index has them: every transfer counted in SQL, as of a block.

    figures = read_figures(connection, block)

A row whose newest step is not after the block stood there as it stands now: all of these are counted by two statements,
each along an index that holds everything it reads (`gateway.store.models.transfers`). The rest, requested by then and
changed since, are undone one by one. Where the block is the one that the index stands at, there is no rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, and_, case, cast, func, select

from gateway.audit.reports.figures import Decided, Group, figures_of
from gateway.domain.transfer_words import Appeal, Return, Stage
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from gateway.audit.reports.figures import Figures
    from gateway.ledger.values import BlockRef

_AT_ONCE: Final = 5_000
_T: Final = TRANSFERS.c
_BY_REQUEST: Final = (_T.source, _T.target, _T.category, _T.requested_month, _T.stage, _T.reason, _T.days)
_BY_DECISION: Final = (_T.source, _T.target, _T.category, _T.decided_month, _T.stage, _T.reason)
_CHANGED: Final = (
    *(_T.source, _T.target, _T.category, _T.requested_month, _T.stage, _T.reason, _T.days, _T.deadline, _T.quoted),
    *(_T.awarded, _T.withdrawn, _T.appeal, _T.decided_month, _T.decided_block, _T.reversed_block, _T.appealed_block),
    _T.appeal_decided_block,
)


def read_figures(connection: Connection, block: BlockRef) -> list[Figures]:
    """Count all transfers as they stood at `block`; rows by pair, category and month, in that order."""
    settled = _T.last_block <= block.number
    groups = _plain(connection, _groups(settled, block.time))
    decided = _plain(connection, _decisions(settled))
    changed = select(*_CHANGED).where(_T.last_block > block.number, _T.requested_block <= block.number)
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(changed):
        group, decision = _as_of(row, block)
        groups.append(group)
        if decision is not None:
            decided.append(decision)
    return figures_of(groups, decided)


def _plain(connection: Connection, query: Select[Any]) -> list[Any]:
    """The rows as the driver's tuples: there may be a hundred thousand, and each is read once."""
    with connection.execute(query) as result:
        return list(result.cursor.fetchall())


def _groups(settled: ColumnElement[bool], time: int) -> Select[Any]:
    overdue = and_(_T.stage == int(Stage.REQUESTED), _T.deadline <= time)
    return (
        select(
            *_BY_REQUEST,
            func.count(),
            _how_many(overdue),
            _sum(_T.quoted),
            _sum(_T.awarded),
            _sum(_T.withdrawn),
            _how_many(_T.appeal > int(Appeal.NONE)),
            _how_many(_T.appeal == int(Appeal.UPHELD)),
            _how_many(_T.appeal == int(Appeal.DISMISSED)),
        )
        .where(settled)
        .group_by(*_BY_REQUEST)
    )


def _decisions(settled: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*_BY_DECISION, func.count(), _sum(_T.awarded))
        .where(settled, _T.decided_month.is_not(None))
        .group_by(*_BY_DECISION)
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL adds 64-bit integers up to a number of any length; credits of all transfers fit 64 bits."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _as_of(row: Any, block: BlockRef) -> tuple[Group, Decided | None]:  # noqa: ANN401 - a row of `_CHANGED`
    """A transfer that changed after `block`, as it stood there."""
    at = block.number

    def by_then(happened_in: int | None) -> bool:
        return happened_in is not None and happened_in <= at

    decided = by_then(row.decided_block)
    taken_back = by_then(row.reversed_block)
    reason = Return(row.reason) if decided else Return.NONE
    if not decided:
        stage = Stage.REQUESTED
    elif reason is not Return.NONE:
        stage = Stage.RETURNED
    else:
        stage = Stage.REVERSED if taken_back else Stage.ACCEPTED
    awarded = (row.awarded or 0) if decided else 0
    answered = by_then(row.appeal_decided_block)
    key = (row.source, row.target, row.category)
    group = Group(
        *key,
        month=row.requested_month,
        stage=stage,
        reason=reason,
        days=row.days if decided else None,
        many=1,
        overdue=int(not decided and row.deadline <= block.time),
        quoted=row.quoted,
        awarded=awarded,
        withdrawn=(row.withdrawn or 0) if taken_back else 0,
        appeals=int(by_then(row.appealed_block)),
        upheld=int(answered and row.appeal == Appeal.UPHELD),
        dismissed=int(answered and row.appeal == Appeal.DISMISSED),
    )
    return group, Decided(*key, row.decided_month, stage, reason, 1, awarded) if decided else None
