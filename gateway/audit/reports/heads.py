"""The heads that a report rests on: of every contract and subject the last event up to a block, and its link.

Who proves these in the chain's storage under the block's header knows that no event behind the report is missing
(docs/events.md). They were held against the chain when the index took the events in (`gateway.ledger.heads`); those of
an earlier block are folded again from the digests of the events that the index keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from gateway.domain.heads import first_head, next_head_of_digest
from gateway.ledger.index_state import HEADS, cursor
from gateway.ledger.projection import EVENTS
from node.client.kinds import KINDS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_AT_ONCE: Final = 5_000
_NAMES: Final = {kind: contract for contract, kinds in KINDS.items() for kind in kinds.values()}
Key = tuple[bytes, int]
"""(contract's address, subject)."""


@dataclass(frozen=True, slots=True)
class HeadAt:
    """One head. `contract` is its name in the Directory, `address` 20 bytes, `head` 32."""

    contract: str
    address: bytes
    subject: int
    sequence: int
    head: bytes


def read_heads(connection: Connection, chain_id: int, block: int) -> list[HeadAt]:
    """The heads at `block`, of every subject that had an event by then; by contract, address and subject.

    A contract's name is told by the kinds of its events, so that it depends on no deployment file.
    """
    stands = {(row.contract, row.subject): (row.sequence, row.head) for row in connection.execute(select(HEADS))}
    names = {address: _name(connection, address) for address in sorted({address for address, _ in stands})}
    at = cursor(connection)
    if at is not None and block < at.number:
        stands = _undone(connection, chain_id, stands, names, block)
    found = [
        HeadAt(names[address], address, subject, sequence, head)
        for (address, subject), (sequence, head) in stands.items()
    ]
    return sorted(found, key=lambda one: (one.contract, one.address, one.subject))


def _name(connection: Connection, address: bytes) -> str:
    kind = connection.execute(select(EVENTS.c.kind).where(EVENTS.c.contract == address).limit(1)).scalar_one()
    return _NAMES[kind]


def _undone(
    connection: Connection,
    chain_id: int,
    stands: dict[Key, tuple[int, bytes]],
    names: dict[bytes, str],
    block: int,
) -> dict[Key, tuple[int, bytes]]:
    """The heads as they stood at an earlier block: those that moved since are folded from their beginning."""
    since = select(EVENTS.c.contract, EVENTS.c.subject).where(EVENTS.c.block > block).distinct()
    moved = {(address, subject) for address, subject in connection.execute(since)}
    found = {key: head for key, head in stands.items() if key not in moved}

    def before(event: Row[Any]) -> bytes:
        """The head that a contract's first event of a subject goes on from: its predecessor's last, or the first."""
        for (address, subject), (sequence, head) in stands.items():
            same = (names[address], subject, sequence + 1) == (names[event.contract], event.subject, event.sequence)
            if same and address != event.contract:
                return head
        return first_head(chain_id, event.contract, event.subject)

    for address, subject in sorted(moved):
        query = select(EVENTS).where(EVENTS.c.contract == address, EVENTS.c.subject == subject, EVENTS.c.block <= block)
        folded = None
        for event in connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(EVENTS.c.sequence)):
            head = before(event) if folded is None else folded[1]
            link = (event.sequence, event.kind, event.block_time, event.actor, event.digest)
            folded = event.sequence, next_head_of_digest(head, *link)
        if folded is not None:
            found[address, subject] = folded
    return found
