"""What the office holds that an answer is checked against: transfers, aliases, the digests of earlier answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from gateway.audit.samples.book import DRAWN
from gateway.audit.samples.check import Known
from gateway.ledger.projection import ALIASES
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import TransferRows

if TYPE_CHECKING:
    from gateway.audit.samples.draw import Name
    from gateway.ledger.transfer_rows import TransferRow
    from gateway.store.engine import Database

_KEY: Final = ("source", "target", "number")


def canonical_of(database: Database, institution: str, outcome: bytes) -> tuple[str, bytes]:
    """The institution and outcome under which an outcome's claims are made: its own, or those it is an alias of."""
    query = select(ALIASES.c.canonical_institution, ALIASES.c.canonical_outcome).where(
        ALIASES.c.institution == institution, ALIASES.c.outcome == outcome
    )
    with database.read() as connection:
        found = connection.execute(query).one_or_none()
    return (institution, outcome) if found is None else (found.canonical_institution, found.canonical_outcome)


class SampleKept:
    """Reads one gateway's database."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database
        self._rows = TransferRows(database)

    def transfer(self, name: Name) -> TransferRow | None:
        """A transfer of the index."""
        return self._rows.one(*name)

    def canonical(self, institution: str, outcome: bytes) -> tuple[str, bytes]:
        """As `canonical_of`."""
        return canonical_of(self._database, institution, outcome)

    def known(self, document: bytes, paper: bytes) -> list[Known]:
        """Earlier answers with that document or paper."""
        same = and_(*(DRAWN.c[column] == TRANSFERS.c[column] for column in _KEY))
        tags = (DRAWN.c.person_tag, DRAWN.c.document_tag, DRAWN.c.paper_tag)
        query = (
            select(*(DRAWN.c[column] for column in _KEY), TRANSFERS.c.claim, *tags)
            .join(TRANSFERS, same)
            .where(or_(DRAWN.c.document_tag == document, DRAWN.c.paper_tag == paper))
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Known((row.source, row.target, row.number), row.claim, row.person_tag, row.document_tag, row.paper_tag)
            for row in rows
        ]
