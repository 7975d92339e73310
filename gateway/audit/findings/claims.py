"""Findings about claims: one person's outcome that tells more than one story, as of a block.

An observer sees a claim, and neither the person nor the certificate's number; it sees where one claim was awarded under
two enrolments of a programme, and where it stands in two credentials of which neither took the other's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from gateway.audit.findings.transfers import name_of
from gateway.audit.findings.values import Finding, Severity
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Return
from gateway.ledger.registry_events import REGISTRY
from gateway.ledger.transfer_projection import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from gateway.ledger.values import BlockRef

_T: Final = TRANSFERS.c


def of_claims(connection: Connection, block: BlockRef) -> Iterator[Finding]:
    """Claims that tell more than one story."""
    often = select(_T.claim).group_by(_T.claim).having(func.count() > 1)
    query = select(TRANSFERS).where(_T.claim.in_(often), _T.requested_block <= block.number)
    stories: dict[tuple[str, bytes], list[Any]] = {}
    for row in connection.execute(query):
        stories.setdefault((row.canonical, row.claim), []).append(row)
    replaced = _replaced(connection, block)
    for (canonical, claim), mine in sorted(stories.items()):
        mine.sort(key=lambda row: (row.requested_block, row.source, row.target, row.number))
        yield from _enrolled_twice(block, mine)
        leaves = [leaf for leaf in dict.fromkeys(row.leaf for row in mine) if leaf not in replaced]
        if len(leaves) > 1:
            credentials = (("credential", hex0x(leaf)) for leaf in leaves)
            transfers = (("transfer", name_of(row)) for row in mine if row.leaf in leaves)
            yield Finding(
                "claim.credentials",
                Severity.NOTE,
                {"institution": canonical, "claim": hex0x(claim), "credentials": len(leaves)},
                (("institution", canonical), *credentials, *transfers),
                mine[-1].requested_at,
            )


def _enrolled_twice(block: BlockRef, mine: Sequence[Any]) -> Iterator[Finding]:
    awarded: dict[tuple[str, bytes], list[Any]] = {}
    for row in mine:
        if row.decided_block is not None and row.decided_block <= block.number and row.reason == Return.NONE:
            awarded.setdefault((row.target_institution, row.programme), []).append(row)
    for (institution, programme), rows in sorted(awarded.items()):
        enrolments = {row.enrolment for row in rows}
        if len(enrolments) > 1:
            yield Finding(
                "enrolment.twice",
                Severity.WARNING,
                {"institution": institution, "programme": hex0x(programme), "enrolments": len(enrolments)},
                (("institution", institution), *(("transfer", name_of(row)) for row in rows)),
                rows[-1].decided_at,
            )


def _replaced(connection: Connection, block: BlockRef) -> set[bytes]:
    """The leaves whose place another took."""
    query = select(REGISTRY.c.about).where(REGISTRY.c.successor.is_not(None), REGISTRY.c.block <= block.number)
    return set(connection.execute(query).scalars())
