"""Heads: the hash chain of a contract's events about one subject.

    head'      = keccak256(abi.encode(head, sequence, kind, block.timestamp, actor, keccak256(fields)))
    first head = keccak256(abi.encode(chainId, contract, subject)), or the predecessor contract's last

``fields`` is abi.encode of all the event's other fields in declared order. Whoever proves the one slot that holds a
head knows that a list of events lacks nothing and was not altered, whichever node served it.
"""

from __future__ import annotations

from gateway.domain.hashing import WORD, keccak256, word


def first_head(chain_id: int, contract: bytes, subject: int) -> bytes:
    """The head before a subject's first event. ``contract`` is an address of 20 bytes, ``subject`` a uint64."""
    return keccak256(word(chain_id) + contract.rjust(WORD, b"\0") + word(subject))


def next_head(head: bytes, sequence: int, kind: int, timestamp: int, actor: bytes, fields: bytes) -> bytes:
    """The head after an event.

    Args:
        head: the one before, 32 bytes.
        sequence: the event's own; a subject's first event has 1.
        kind: the event's number (docs/events.md).
        timestamp: of the event's block, Unix seconds.
        actor: the account that acted, 20 bytes.
        fields: abi.encode of the other fields in declared order.
    """
    return next_head_of_digest(head, sequence, kind, timestamp, actor, keccak256(fields))


def next_head_of_digest(head: bytes, sequence: int, kind: int, timestamp: int, actor: bytes, digest: bytes) -> bytes:
    """The head after an event of whose fields only ``digest``, keccak256 of them, is at hand; else as `next_head`."""
    return keccak256(head + word(sequence) + word(kind) + word(timestamp) + actor.rjust(WORD, b"\0") + digest)


def transfer_subject(source: int, target: int) -> int:
    """The subject of a pair of provinces: source << 32 | target."""
    return source << 32 | target
