"""Findings about officers who acted soon after they took office, as of a block. Founding ones are only noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from gateway.audit.findings.values import Finding, Severity
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Return
from gateway.ledger.projection import ANCHORS, OFFICERS
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

    from gateway.ledger.values import BlockRef


def of_decisions(connection: Connection, block: BlockRef, days: int) -> Iterator[Finding]:
    """Officers who decided transfers within ``days`` days of taking office."""
    decided = TRANSFERS.c
    mine = (decided.decided_block <= block.number, decided.reason <= int(Return.OTHERWISE))
    who = decided.target_institution, decided.decided_by
    return _young(connection, "officer.young.decided", who, decided.decided_at, mine, days)


def of_approvals(connection: Connection, block: BlockRef, days: int) -> Iterator[Finding]:
    """Officers who approved batches within ``days`` days of taking office."""
    anchored = ANCHORS.c
    who = anchored.institution, anchored.officer
    return _young(
        connection, "officer.young.approved", who, anchored.anchored_at, (anchored.block <= block.number,), days
    )


def _young(
    connection: Connection,
    code: str,
    who: tuple[ColumnElement[Any], ColumnElement[Any]],
    at: ColumnElement[Any],
    mine: tuple[ColumnElement[bool], ...],
    days: int,
) -> Iterator[Finding]:
    """Those ``who`` (institution, officer) acted ``at`` a time that was soon; ``mine`` are the acts that count."""
    institution, officer = who
    query = (
        select(
            institution.label("institution"),
            officer.label("officer"),
            OFFICERS.c.founding,
            func.count().label("number"),
            func.min(at).label("since"),
        )
        .join(OFFICERS, and_(OFFICERS.c.institution == institution, OFFICERS.c.address == officer))
        .where(*mine, at < OFFICERS.c.valid_from + days * DAY)
        .group_by(institution, officer, OFFICERS.c.founding)
    )
    for row in connection.execute(query):
        address = hex0x(row.officer)
        yield Finding(
            code,
            Severity.NOTE if row.founding else Severity.WARNING,
            {"institution": row.institution, "officer": address, "days": days, "number": row.number},
            (("institution", row.institution), ("officer", address)),
            row.since,
        )
