"""The heads of all subjects as of a block, out of the index: what a report rests on, and what an audit can check.

    with database.read() as connection:
        heads = heads_at(connection, deployment, block)

The index keeps the heads of its newest block. An earlier block's are folded again, for the subjects that moved since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from gateway.domain.errors import Said
from gateway.domain.heads import first_head, next_head_of_digest
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.index_state import CURSOR, HEADS
from gateway.ledger.projection import EVENTS, LISTED
from node.client.artifact import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from node.client.deployment import Deployment


@dataclass(frozen=True, slots=True)
class HeadAt:
    """A subject's head as of a block.

    Attributes:
        contract: its name in the Directory; address: 20 bytes.
        subject: a province, an ordered pair of them (source << 32 | target), or 0, the consortium as a whole.
        sequence: how many events the subject has; head: the digest over them, 32 bytes.
    """

    contract: str
    address: bytes
    subject: int
    sequence: int
    head: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the form that reports and audits show."""
        return {
            "contract": self.contract,
            "address": "0x" + self.address.hex(),
            "subject": self.subject,
            "sequence": self.sequence,
            "head": "0x" + self.head.hex(),
        }


def heads_at(connection: Connection, deployment: Deployment, block: int) -> list[HeadAt]:
    """Return the heads of every subject that had an event up to `block`, by contract, address and subject.

    Raises:
        ChainUnavailable: the index does not reach that block.
    """
    at = connection.execute(select(CURSOR.c.block)).scalar_one_or_none()
    if at is None or at < block:
        raise ChainUnavailable(
            Said(f"索引只到区块 {at}，未到 {block}", f"the index holds block {at} and before, not {block}")
        )
    listed = connection.execute(select(LISTED).order_by(LISTED.c.in_force_from)).all()
    named = [(bytes(row.address), row.name) for row in listed]
    named += [(bytes.fromhex(contract.address[2:]), name) for name, contract in deployment.contracts.items()]
    names = dict(named)
    first = {name: address for address, name in reversed(named)}
    newest = {(row.contract, row.subject): (row.sequence, row.head) for row in connection.execute(select(HEADS))}
    refolding = _Refolding(connection, names, first, deployment.chain_id)
    found = newest if at == block else dict(refolding.heads(newest, block))
    order = {name: number for number, name in enumerate(CONTRACTS)}
    ordered = sorted(found, key=lambda key: (order.get(names[key[0]], len(order)), key))
    return [HeadAt(names[key[0]], key[0], key[1], *found[key]) for key in ordered]


_Key = tuple[bytes, int]
_Kept = tuple[int, bytes]


class _Refolding:
    """Folds the events of subjects again, as far as a block."""

    def __init__(self, connection: Connection, names: dict[bytes, str], first: dict[str, bytes], chain_id: int) -> None:
        self._connection = connection
        self._names = names
        self._first = first
        self._chain_id = chain_id

    def heads(self, newest: dict[_Key, _Kept], block: int) -> Iterator[tuple[_Key, _Kept]]:
        subject = (EVENTS.c.contract, EVENTS.c.subject)
        spans = select(*subject, func.min(EVENTS.c.block), func.max(EVENTS.c.block)).group_by(*subject)
        for address, of, first, last in self._connection.execute(spans).all():
            key = (bytes(address), of)
            if last <= block:
                yield key, newest[key]
            elif first <= block:
                yield key, self._folded(key, newest, block)

    def _folded(self, key: _Key, newest: dict[_Key, _Kept], block: int) -> _Kept:
        chosen = (EVENTS.c.contract == key[0], EVENTS.c.subject == key[1], EVENTS.c.block <= block)
        sequence, head = 0, b""
        for row in self._connection.execute(select(EVENTS).where(*chosen).order_by(EVENTS.c.sequence)):
            head = head or self._before(key, newest, row.sequence)
            sequence = row.sequence
            head = next_head_of_digest(head, sequence, row.kind, row.block_time, row.actor, row.digest)
        return sequence, head

    def _before(self, key: _Key, newest: dict[_Key, _Kept], sequence: int) -> bytes:
        """Return the head before a contract's own first event of a subject: its predecessor's last, or the first."""
        address, subject = key
        name = self._names[address]
        for (other, of), (last, head) in newest.items():
            if of == subject and last == sequence - 1 and other != address and self._names[other] == name:
                return head
        return first_head(self._chain_id, self._first[name], subject)
