"""Heads: the running digest of a subject's events, which one storage slot on the chain commits to.

    head' = keccak256(abi.encode(head, sequence, kind, block.timestamp, actor, keccak256(fields)))

Whoever holds a list of events folds it and compares the last head with the chain's: nothing lacks, nothing was altered,
whatever node served the list. Source: the ledger's rules, "Heads" (docs/events.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from node.client.hashing import keccak256

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADS_SLOT = 0
"""The storage slot of ``mapping(uint64 subject => Head{bytes32 head; uint64 sequence})`` in every contract."""


_PAIR = ("source", "target")
_PAIR_BITS = 32


class Logged(Protocol):
    """What of an event enters a head; `node.client.abi.DecodedEvent` has it."""

    @property
    def sequence(self) -> int:
        """Its number among the subject's events."""

    @property
    def kind(self) -> int:
        """What happened (docs/events.md)."""

    @property
    def actor(self) -> str:
        """Who did it: an address."""

    @property
    def fields(self) -> bytes:
        """The ABI-encoded fields."""


def subject_of(names: Sequence[str], values: Sequence[Any]) -> int:
    """Return whose head an event with these fields extends (docs/events.md).

    The province it names first; the ordered pair, where it names source and target first; else 0, the consortium as a
    whole.
    """
    if names[0] == "province":
        return int(values[0])
    if tuple(names[:2]) == _PAIR:
        return pair(values[0], values[1])
    return 0


def pair(source: int, target: int) -> int:
    """Return the subject of what passes from `source` to `target`."""
    return source << _PAIR_BITS | target


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def first_head(chain_id: int, contract: str, subject: int) -> bytes:
    """Return what stands before the first event of `subject` in a contract that has no predecessor."""
    return keccak256(_word(chain_id) + bytes(12) + bytes.fromhex(contract[2:]) + _word(subject))


def next_head(head: bytes, event: Logged, timestamp: int) -> bytes:
    """Return the head after `event`, logged in a block of `timestamp` (seconds), when `head` stood before it."""
    return keccak256(
        b"".join(
            (
                head,
                _word(event.sequence),
                _word(event.kind),
                _word(timestamp),
                bytes(12),
                bytes.fromhex(event.actor[2:]),
                keccak256(event.fields),
            )
        )
    )


def head_slot(subject: int) -> bytes:
    """Return the 32-byte storage key of the head of `subject`, for eth_getStorageAt and eth_getProof.

    The sequence lies in the next slot (Solidity documentation, "Layout of State Variables in Storage", mappings).
    """
    return keccak256(_word(subject) + _word(HEADS_SLOT))
