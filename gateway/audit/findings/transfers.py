"""Findings among transfers, in SQL over the table of transfers, as of a block.

Caps, acceptance rates, headcounts, deadlines. Each statement reads the table once and brings back only what
is found, so a million transfers take seconds. Arithmetic is on whole numbers and fractions: the same everywhere.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from statistics import mean, median
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Integer,
    LargeBinary,
    and_,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    values,
)

from gateway.audit.findings.values import Finding, Severity
from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_json
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Return, Stage
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import stage_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Label, Select

    from gateway.audit.findings.values import Thresholds
    from gateway.ledger.values import BlockRef

_T: Final = TRANSFERS.c
_MONTHS: Final = literal_column("12", Integer)
_EVER: Final = literal_column("0", Integer)
"""The year that stands for all years, as a factor: groups are made by expressions, not by numbers or parameters."""
_REFS: Final = 5
"""Transfers named in a finding that is about many."""
_PER_CENT: Final = 100
_NORMAL: Final = Fraction(6745, 10_000)
"""The median of the absolute deviations of a normal distribution, in standard deviations."""
_MEAN_NORMAL: Final = Fraction(1_253_314, 1_000_000)
"""The same for their mean: used where more than half of the institutions have the very same rate."""
YEAR: Final = 1
"""IClaimBook.Window: a civil year; 2 is the whole time."""


def of_caps(
    connection: Connection,
    block: BlockRef,
    caps: Mapping[tuple[bytes, int], int],
    windows: Mapping[tuple[str, bytes], int],
    percent: int,
) -> Iterator[Finding]:
    """Enrolments that have used at least ``percent`` of the lowest cap of the rules they used, in the cap's window.

    Args:
        connection: reads.
        block: as of which.
        caps: by (agreement, rule from 0), hundredths.
        windows: the programmes' windows by (institution, programme): `YEAR`, or the whole time.
        percent: see above.
    """
    if not caps or not windows:
        return
    yearly = {key for key, kind in windows.items() if kind == YEAR}
    for year, mine in ((_T.decided_month // _MONTHS, yearly), (_T.decided_month * _EVER, windows.keys() - yearly)):
        if mine:
            yield from _near_caps(connection, _used(block, caps, year.label("year"), percent), mine)


def _used(block: BlockRef, caps: Mapping[tuple[bytes, int], int], year: Label[int], percent: int) -> Select[Any]:
    """Enrolments near the lowest cap of the rules they used, counted by ``year``.

    Of every programme, whatever its window: few are near a cap, while a join of the windows would be made a million
    times.
    """
    cap = values(column("agreement", LargeBinary), column("rule", BigInteger), column("cap", BigInteger), name="caps")
    rules = cap.data([(*key, most) for key, most in sorted(caps.items())]).cte("caps")
    credit = _T.awarded - case((_T.reversed_block <= block.number, _T.withdrawn), else_=0)
    by_rule = (_T.target_institution, _T.programme, _T.enrolment, year, _T.agreement, _T.rule)
    part = (
        select(*by_rule, func.sum(credit).label("used"), func.max(_T.decided_at).label("since"))
        .where(*_awarded(block))
        .group_by(*by_rule)
        .subquery()
    )
    account = (part.c.target_institution, part.c.programme, part.c.enrolment, part.c.year)
    used, most = cast(func.sum(part.c.used), BigInteger), func.min(rules.c.cap)
    return (
        select(*account, used.label("used"), most.label("cap"), func.max(part.c.since).label("since"))
        .join(rules, and_(rules.c.agreement == part.c.agreement, rules.c.rule == part.c.rule))
        .group_by(*account)
        .having(used * _PER_CENT >= most * percent)
    )


def _near_caps(connection: Connection, query: Select[Any], mine: Collection[tuple[str, bytes]]) -> Iterator[Finding]:
    for row in connection.execute(query):
        if (row.target_institution, row.programme) not in mine:
            continue
        yield Finding(
            "cap.near",
            Severity.NOTE,
            {
                "institution": row.target_institution,
                "programme": hex0x(row.programme),
                "used": credits_json(row.used),
                "cap": credits_json(row.cap),
                "percent": row.used * _PER_CENT // row.cap,
            },
            (
                ("institution", row.target_institution),
                ("programme", hex0x(row.programme)),
                ("enrolment", hex0x(row.enrolment)),
                *((("year", str(1970 + row.year)),) if row.year else ()),
            ),
            row.since,
        )


def of_rates(connection: Connection, block: BlockRef, limits: Thresholds) -> Iterator[Finding]:
    """Institutions that accept far more of what they decide than others do.

    The statistic is robust, so that the one that is looked for cannot hide by its own weight: the modified z-score
    0.6745 (x - median) / MAD of Iglewicz and Hoaglin (1993), or (x - median) / (1.253314 MeanAD) where MAD is zero.
    """
    accepted = _T.reason == int(Return.NONE)
    rejected = _T.reason.between(int(Return.NOT_EQUIVALENT), int(Return.OTHERWISE))
    query = (
        select(
            _T.target_institution,
            cast(func.sum(case((accepted, 1), else_=0)), BigInteger).label("accepted"),
            func.count().label("decided"),
            func.max(_T.decided_at).label("since"),
        )
        .where(_T.decided_block <= block.number, accepted | rejected)
        .group_by(_T.target_institution)
        .having(func.count() >= limits.rate_decisions)
    )
    rows = connection.execute(query).all()
    if len(rows) < limits.rate_institutions:
        return
    rates = [Fraction(row.accepted, row.decided) for row in rows]
    middle = median(rates)
    for row, rate in zip(rows, rates, strict=True):
        score = _score(rate, middle, rates)
        if score > Fraction(str(limits.rate_score)):
            yield Finding(
                "rate.high",
                Severity.WARNING,
                {
                    "institution": row.target_institution,
                    "accepted": row.accepted,
                    "decided": row.decided,
                    "percent": int(rate * _PER_CENT),
                    "median": int(middle * _PER_CENT),
                    "score": f"{float(score):.1f}",
                },
                (("institution", row.target_institution),),
                row.since,
            )


def _score(rate: Fraction, middle: Fraction, rates: Sequence[Fraction]) -> Fraction:
    """The modified z-score; 0 where all rates are one."""
    deviations = [abs(one - middle) for one in rates]
    typical = median(deviations)
    if typical:
        return _NORMAL * (rate - middle) / typical
    average = mean(deviations)
    return (rate - middle) / (_MEAN_NORMAL * average) if average else Fraction(0)


def of_headcounts(
    connection: Connection, block: BlockRef, headcounts: Mapping[tuple[str, bytes], int]
) -> Iterator[Finding]:
    """Programmes in which more enrolments were given credits than the institution says it has students."""
    query = (
        select(
            _T.target_institution,
            _T.programme,
            func.count(_T.enrolment.distinct()).label("enrolments"),
            func.max(_T.decided_at).label("since"),
        )
        .where(*_awarded(block))
        .group_by(_T.target_institution, _T.programme)
    )
    for row in connection.execute(query):
        declared = headcounts.get((row.target_institution, row.programme))
        if declared is not None and declared < row.enrolments:
            yield Finding(
                "headcount.exceeded",
                Severity.WARNING,
                {
                    "institution": row.target_institution,
                    "programme": hex0x(row.programme),
                    "headcount": declared,
                    "enrolments": row.enrolments,
                },
                (("institution", row.target_institution), ("programme", hex0x(row.programme))),
                row.since,
            )


def of_deadlines(connection: Connection, block: BlockRef) -> Iterator[Finding]:
    """Institutions with requests past their deadline, and those that decided after it."""
    waiting = stage_at(block.number) == int(Stage.REQUESTED)
    pending = (_T.requested_block <= block.number, waiting, _T.deadline <= block.time)
    decided = (_T.decided_block <= block.number, _T.reason <= int(Return.OTHERWISE), _T.decided_at > _T.deadline)
    for code, severity, conditions in (
        ("decision.overdue", Severity.WARNING, pending),
        ("decision.late", Severity.NOTE, decided),
    ):
        for institution, rows in groupby(_oldest(connection, conditions), key=lambda row: row.target_institution):
            named = list(rows)
            refs = [("transfer", name_of(one)) for one in named]
            since, number = named[0].deadline, named[0].many
            said = {"institution": institution, "number": number, "deadline": moment_text(since) or ""}
            yield Finding(code, severity, said, (("institution", institution), *refs), since)


def _oldest(connection: Connection, conditions: tuple[ColumnElement[bool], ...]) -> Sequence[Any]:
    """Of each institution the transfers with the nearest deadlines, and how many there are: the table is read once."""
    ranked = (
        select(
            _T.source,
            _T.target,
            _T.number,
            _T.target_institution,
            _T.deadline,
            func.count().over(partition_by=_T.target_institution).label("many"),
            func.row_number()
            .over(partition_by=_T.target_institution, order_by=(_T.deadline, _T.source, _T.target, _T.number))
            .label("place"),
        )
        .where(*conditions)
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= _REFS).order_by(ranked.c.target_institution, ranked.c.place)
    return connection.execute(query).all()


def _awarded(block: BlockRef) -> tuple[ColumnElement[bool], ...]:
    """Accepted by the block; what was reversed since was awarded all the same."""
    return _T.decided_block <= block.number, _T.reason == int(Return.NONE)


def name_of(row: Any) -> str:  # noqa: ANN401 - a row with the key of a transfer
    """A transfer's name."""
    return f"{row.source}-{row.target}-{row.number}"
