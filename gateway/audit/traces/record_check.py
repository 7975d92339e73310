"""The index's own record, checked against the heads: nobody altered, dropped or added a row since it was read.

    check = RecordCheck(database, chain_id)
    check.event(event)              # the fields kept give the digest that entered the head
    check.subject(contract, 320000) # the digests kept fold to the head that was compared with the chain

The indexer compared every head with the contract's own at the block up to which it read. This repeats the fold from
what the database holds now. Whether the node itself told everything is `huren audit completeness`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from gateway.domain.hashing import hex0x
from gateway.domain.heads import first_head, next_head_of_digest
from gateway.ledger.index_state import HEADS
from gateway.ledger.kept_events import fields_digest
from gateway.ledger.projection import EVENTS, LISTED

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from gateway.ledger.kept_events import KeptEvent
    from gateway.store.engine import Database

MOST: Final = 250_000
"""Events of a subject that are folded again; of more, completeness is asked."""
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class HeadCheck:
    """A subject's head: as compared with the chain by the indexer, and whether the record still folds to it.

    ``agrees`` is None where the subject has too many events to be folded each time.
    """

    contract: bytes
    subject: int
    sequence: int
    head: bytes
    agrees: bool | None

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        return {
            "contract": hex0x(self.contract),
            "subject": self.subject,
            "sequence": self.sequence,
            "head": hex0x(self.head),
            "agrees": self.agrees,
        }


class RecordCheck:
    """Checks events that are kept whole."""

    def __init__(self, database: Database, chain_id: int, *, most: int = MOST) -> None:
        """Read from ``database``, fold subjects of up to ``most`` events."""
        self._database = database
        self._chain_id = chain_id
        self._most = most

    def event(self, event: KeptEvent) -> bool:
        """Whether what is kept of an event is what entered the head of its subject."""
        query = select(EVENTS).where(
            EVENTS.c.contract == event.contract,
            EVENTS.c.subject == event.subject,
            EVENTS.c.sequence == event.sequence,
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return (
            row is not None
            and (row.kind, row.actor, row.block, row.block_time, row.log_index)
            == (event.kind, event.actor, event.block, event.time, event.log_index)
            and row.digest == fields_digest(event)
        )

    def subject(self, contract: bytes, subject: int) -> HeadCheck | None:
        """Whether the record of a subject folds to its head; None where the index has no head of it."""
        with self._database.read() as connection:
            head = connection.execute(
                select(HEADS).where(HEADS.c.contract == contract, HEADS.c.subject == subject)
            ).one_or_none()
            if head is None:
                return None
            of_subject = (EVENTS.c.contract == contract, EVENTS.c.subject == subject)
            count = connection.execute(select(func.count()).select_from(EVENTS).where(*of_subject)).scalar_one()
            agrees = None if count > self._most else self._folds(connection, head)
        return HeadCheck(contract, subject, head.sequence, head.head, agrees)

    def _folds(self, connection: Connection, head: Row[Any]) -> bool:
        query = (
            select(EVENTS)
            .where(EVENTS.c.contract == head.contract, EVENTS.c.subject == head.subject)
            .order_by(EVENTS.c.sequence)
        )
        at: tuple[bytes, int] | None = None
        for part in connection.execution_options(yield_per=_AT_ONCE).execute(query).partitions():
            for row in part:
                if at is None:
                    at = self._before(connection, head, row.sequence)
                if row.sequence != at[1] + 1:
                    return False
                folded = next_head_of_digest(at[0], row.sequence, row.kind, row.block_time, row.actor, row.digest)
                at = folded, row.sequence
        return at == (head.head, head.sequence)

    def _before(self, connection: Connection, head: Row[Any], first: int) -> tuple[bytes, int]:
        """Where a contract's events of a subject begin: at the first head, or where its predecessor's ended."""
        named = select(LISTED.c.name).where(LISTED.c.address == head.contract).limit(1)
        earlier = select(LISTED.c.address).where(LISTED.c.name == named.scalar_subquery())
        query = select(HEADS.c.head, HEADS.c.sequence).where(
            HEADS.c.contract.in_(earlier), HEADS.c.contract != head.contract, HEADS.c.subject == head.subject
        )
        for ended in connection.execute(query):
            if ended.sequence == first - 1:
                return ended.head, ended.sequence
        return first_head(self._chain_id, head.contract, head.subject), 0
