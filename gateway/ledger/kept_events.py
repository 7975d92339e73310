"""Events that are kept whole: their row, their value, and the digest by which a head commits to them.

    event_row(timed, ("leaf", "root"))     # the columns that the tables of whole events share
    fields_digest(event)                   # keccak256(abi.encode(fields)), recomputed from what is kept

A row that somebody altered in the database no longer gives the digest that entered the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Final

import orjson

from gateway.domain.hashing import keccak256
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError, Codec
from node.client.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from gateway.ledger.events import TimedEvent

_ENDING: Final = ("actor", "sequence", "head")
_EXACT: Final = (1 << 53) - 1
"""The greatest integer that every reader of JSON keeps exact (RFC 8259, section 6)."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """One event.

    Attributes:
        contract: its address (20 bytes); subject, sequence: whose head it extends, as the how manieth.
        kind, name: the event's; fields: its declared fields as JSON holds them: bytes are 0x-hex, structs objects.
        actor: the account that acted (20 bytes); block, log_index, time: where and when (seconds) it was logged.
    """

    contract: bytes
    subject: int
    sequence: int
    kind: int
    name: str
    actor: bytes
    fields: Mapping[str, Any]
    block: int
    log_index: int
    time: int

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the order of the chain."""
        return self.block, self.log_index

    def word(self, field: str) -> bytes:
        """A field of bytes; empty where somebody altered the record so that it has no such field."""
        held = self.fields.get(field)
        try:
            return bytes.fromhex(held[2:]) if isinstance(held, str) else b""
        except ValueError:
            return b""


def event_row(timed: TimedEvent, about: Sequence[str]) -> dict[str, Any]:
    """Return the columns of an event; `about` are the fields that say what it is about, the first that is there."""
    event = timed.event
    fields = {name: json_of(value) for name, value in event.args.items() if name not in _ENDING}
    return {
        "contract": bytes.fromhex(event.address[2:]),
        "subject": timed.subject,
        "sequence": event.sequence,
        "kind": event.kind,
        "name": event.name,
        "about": next((event.args[name] for name in about if name in event.args), None),
        "actor": bytes.fromhex(event.actor[2:]),
        "fields": orjson.dumps(fields).decode(),
        "block": event.block,
        "log_index": event.log_index,
        "happened_at": timed.time,
    }


def kept_event(row: Row[Any]) -> KeptEvent:
    """Return the event of a row."""
    return KeptEvent(
        row.contract,
        row.subject,
        row.sequence,
        row.kind,
        row.name,
        row.actor,
        orjson.loads(row.fields),
        row.block,
        row.log_index,
        row.happened_at,
    )


def json_of(value: Any) -> Any:  # noqa: ANN401 - values of ABI types
    """Return a decoded value as JSON holds it: structs by name, integers beyond 2^53 as decimal text."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if hasattr(value, "_asdict"):
        return {name: json_of(inner) for name, inner in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [json_of(inner) for inner in value]
    if isinstance(value, int) and value > _EXACT:
        return str(value)
    return value


def fields_digest(event: KeptEvent) -> bytes | None:
    """Return what the head commits to of an event's fields; None where they are no fields of such an event."""
    entry = _entries().get(event.kind)
    if entry is None or entry["name"] != event.name:
        return None
    inputs = entry["inputs"][: -len(_ENDING)]
    try:
        values = [_value(one, event.fields[one["name"]]) for one in inputs]
        return keccak256(Codec(inputs).encode(values))
    except (AbiError, KeyError, ValueError, TypeError, AttributeError):
        return None


def _value(component: Mapping[str, Any], held: Any) -> Any:  # noqa: ANN401 - values of ABI types
    """The value that JSON holds, as the codec takes it."""
    kind: str = component["type"]
    if kind.endswith("]"):
        inner = {**component, "type": kind[: kind.rindex("[")]}
        return [_value(inner, one) for one in held]
    if kind == "tuple":
        return {
            one["name"]: _value(one, held[f"{one['name']}_" if iskeyword(one["name"]) else one["name"]])
            for one in component["components"]
        }
    if kind.startswith("bytes"):
        return bytes.fromhex(held.removeprefix("0x"))
    if kind.startswith(("uint", "int")):
        return int(held)
    return held


@cache
def _entries() -> dict[int, dict[str, Any]]:
    """The ABI entry of every kind of event."""
    return {
        kind_of(name, entry["name"]): entry
        for name in CONTRACTS
        for entry in load(name).abi
        if entry["type"] == "event"
    }
