"""The heads that a report rests on: of every contract and subject the last event up to a block, and its link.

Who proves these in the chain's storage under the block's header knows that no event behind the report is missing
(docs/events.md). They were held against the chain when the index took the events in (`gateway.ledger.heads`); those of
an earlier block are folded again from the digests of the events that the index keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from gateway.domain.heads import first_head, next_head_of_digest
from gateway.ledger.index_state import HEADS, cursor
from gateway.ledger.projection import EVENTS, LISTED

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from node.client.deployment import Deployment

_AT_ONCE: Final = 5_000
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


def read_heads(connection: Connection, deployment: Deployment, block: int) -> list[HeadAt]:
    """The heads at `block`, of every subject that had an event by then; by contract, address and subject."""
    names, before = _contracts(connection, deployment)
    stands = {(row.contract, row.subject): (row.sequence, row.head) for row in connection.execute(select(HEADS))}
    at = cursor(connection)
    if at is not None and block < at.number:
        stands = _undone(connection, deployment.chain_id, stands, before, block)
    found = [
        HeadAt(names.get(address, ""), address, subject, sequence, head)
        for (address, subject), (sequence, head) in stands.items()
    ]
    return sorted(found, key=lambda one: (one.contract, one.address, one.subject))


def _contracts(connection: Connection, deployment: Deployment) -> tuple[dict[bytes, str], dict[bytes, bytes]]:
    """The name of each contract, and which one it goes on from, as the Directory lists them."""
    names = {bytes.fromhex(one.address[2:]): name for name, one in deployment.contracts.items()}
    before: dict[bytes, bytes] = {}
    last: dict[str, bytes] = {}
    listed = select(LISTED.c.name, LISTED.c.address).order_by(LISTED.c.name, LISTED.c.version)
    for name, address in connection.execute(listed):
        if name in last and last[name] != address:
            before[address] = last[name]
        names[address], last[name] = name, address
    return names, before


def _undone(
    connection: Connection,
    chain_id: int,
    stands: dict[Key, tuple[int, bytes]],
    before: dict[bytes, bytes],
    block: int,
) -> dict[Key, tuple[int, bytes]]:
    """The heads as they stood at an earlier block: those that moved since are folded from their beginning."""
    since = select(EVENTS.c.contract, EVENTS.c.subject).where(EVENTS.c.block > block).distinct()
    moved = sorted((address, subject) for address, subject in connection.execute(since))
    found = {key: head for key, head in stands.items() if key not in set(moved)}

    def ended(address: bytes, subject: int) -> tuple[int, bytes]:
        """Where a contract begins: where its predecessor ended, or at the first head."""
        earlier = before.get(address)
        if earlier is None:
            return 0, first_head(chain_id, address, subject)
        return stands.get((earlier, subject)) or ended(earlier, subject)

    for address, subject in moved:
        query = select(EVENTS).where(EVENTS.c.contract == address, EVENTS.c.subject == subject, EVENTS.c.block <= block)
        folded = None
        for event in connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(EVENTS.c.sequence)):
            _, head = folded or ended(address, subject)
            link = (event.sequence, event.kind, event.block_time, event.actor, event.digest)
            folded = event.sequence, next_head_of_digest(head, *link)
        if folded is not None:
            found[address, subject] = folded
    return found
