"""An event as somebody said it happened: what a head commits to, and where it is said to have been logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.audit.completeness.logs import as_json
from gateway.domain.hashing import WORD, keccak256
from gateway.domain.heads import next_head_of_digest
from node.client.abi import decode_log
from node.client.artifact import load
from node.client.codec import AbiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.audit.completeness.logs import Log
    from gateway.audit.completeness.stream import Streams

_SHOWN: Final = 66
"""Characters of a value that a finding shows: a digest with its 0x."""


class Content(NamedTuple):
    """Everything that a head commits to of one event, and the head that it carries."""

    sequence: int
    kind: int
    actor: bytes
    digest: bytes
    time: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event that was served.

    Attributes:
        contract, address, subject, name: whose head it moves, and what it is called.
        content: what the head commits to.
        log: as it was served; evidence: by whom, or how it is proven.
    """

    contract: str
    address: str
    subject: int
    name: str
    content: Content
    log: Log = field(repr=False, compare=False)
    evidence: str = field(default="heads", compare=False)

    @property
    def sequence(self) -> int:
        """Its number."""
        return self.content.sequence

    @property
    def block(self) -> int:
        """In which block it is said to be."""
        return int(self.log.blockNumber, 16)

    @property
    def place(self) -> tuple[int, int]:
        """Block, number in the block."""
        return self.log.place

    def continues(self, head: bytes) -> bool:
        """Tell whether it carries the head that it gives after `head`."""
        own = self.content
        given = next_head_of_digest(head, own.sequence, own.kind, own.time, own.actor, own.digest)
        return given == own.head


def sighting(streams: Streams, log: Log, time: bytes, *, evidence: str = "heads") -> Sighting | None:
    """Return what a log says, None where it is no event of a contract that is read. `time` is an ABI word."""
    plan, contract = streams.plan(log), streams.contracts.get(log.address)
    raw = None if plan is None else plan.raw(log)
    if plan is None or contract is None or raw is None:
        return None
    fields, tail = plan.cut(raw)
    content = Content(
        int.from_bytes(tail[WORD : 2 * WORD], "big"),
        int.from_bytes(plan.kind, "big"),
        tail[:WORD],
        keccak256(fields),
        int.from_bytes(time, "big"),
        tail[2 * WORD :],
    )
    return Sighting(contract.name, contract.address, plan.subject(raw), plan.name, content, log, evidence)


def differences(served: Sighting, genuine: Sighting) -> tuple[tuple[str, str, str], ...]:
    """Return the fields in which two sightings differ: (name, as served, as it is)."""
    ours, theirs = _fields(served), _fields(genuine)
    names = dict.fromkeys((*ours, *theirs))
    return tuple(
        (name, _shown(ours.get(name)), _shown(theirs.get(name))) for name in names if ours.get(name) != theirs.get(name)
    )


def _fields(seen: Sighting) -> dict[str, object]:
    log = seen.log
    place: dict[str, object] = {
        "event": seen.name,
        "block": int(log.blockNumber, 16),
        "transaction": log.transactionHash,
        "logIndex": int(log.logIndex, 16),
        "time": seen.content.time,
    }
    try:
        decoded: Mapping[str, object] = decode_log(load(seen.contract), as_json(log)).args
    except (AbiError, ValueError):
        decoded = {"data": log.data}
    return place | dict(decoded)


def _shown(value: object) -> str:
    text = "0x" + value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
