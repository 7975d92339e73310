"""Calls, results, events and errors of the compiled contracts; selectors and topics are computed once per artifact.

data = encode_call(registry, "leafState", institution, leaf)
state = decode_result(registry, "leafState", answer)        # a named tuple: state.status, state.since
event = decode_log(registry, log)                           # event.name, event.args["root"], event.sequence
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from node.client.artifact import CONTRACTS, Artifact, load
from node.client.codec import WORD, AbiError, Codec
from node.client.hashing import keccak256
from node.client.heads import subject_of
from node.client.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SELECTOR = 4
_BUILT_IN_ERRORS: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "message", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
"""What Solidity itself reverts with: `require` with a text, and a failed check of its own."""


@dataclass(frozen=True, slots=True)
class DecodedEvent:
    """One event of a contract of ours.

    Attributes:
        contract: the contract's name; name: the event's; kind: its number in the table of kinds (docs/events.md).
        args: every declared field, the indexed ones included, by name.
        fields: ``abi.encode`` of the fields without actor, sequence and head: what the head commits to.
        subject: whose head it extends (`node.client.heads.subject_of`).
        actor, sequence, head: the last three fields of every event.
        address, block, block_hash, transaction, transaction_index, log_index: where it was logged.
    """

    contract: str
    name: str
    kind: int
    args: dict[str, Any]
    fields: bytes = field(repr=False)
    subject: int
    actor: str
    sequence: int
    head: bytes
    address: str
    block: int
    block_hash: bytes
    transaction: bytes
    transaction_index: int
    log_index: int


@dataclass(frozen=True, slots=True)
class ContractRevert:
    """Why a contract refused: the name of its error and the values it gives. `name` is empty where it gave none."""

    name: str
    args: dict[str, Any]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Function:
    selector: bytes
    inputs: Codec
    outputs: Codec


@dataclass(frozen=True, slots=True, eq=False)
class _Event:
    name: str
    kind: int
    codec: Codec
    fields: Codec
    places: tuple[tuple[bool, int], ...]  # per declared field: (is a topic, its index there)


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """An artifact's ABI, compiled."""

    contract: str
    functions: dict[str, _Function]
    events: dict[bytes, _Event]
    topics: dict[str, bytes]
    errors: dict[bytes, tuple[str, Codec]]
    selectors: dict[bytes, str]
    """Whole signatures by selector."""


@cache
def interface(artifact: Artifact) -> Interface:
    """Return the compiled ABI of `artifact`. Made once and kept.

    An overloaded function is found by its whole signature, ``name(type,type)``, every other one by its name too.
    """
    functions: dict[str, _Function] = {}
    selectors: dict[bytes, str] = {}
    names: list[str] = [entry["name"] for entry in artifact.abi if entry["type"] == "function"]
    events: dict[bytes, _Event] = {}
    for entry in artifact.abi:
        if entry["type"] == "function":
            inputs = Codec(entry["inputs"])
            signature = f"{entry['name']}({','.join(inputs.types)})"
            function = _Function(keccak256(signature.encode())[:SELECTOR], inputs, Codec(entry["outputs"]))
            functions[signature] = function
            selectors[function.selector] = signature
            if names.count(entry["name"]) == 1:
                functions[entry["name"]] = function
        elif entry["type"] == "event":
            topic, event = _event(artifact.name, entry)
            events[topic] = event
    errors = dict(map(_error, (*_BUILT_IN_ERRORS, *(entry for entry in artifact.abi if entry["type"] == "error"))))
    topics = {event.name: topic for topic, event in events.items()}
    return Interface(artifact.name, functions, events, topics, errors, selectors)


def _event(contract: str, entry: dict[str, Any]) -> tuple[bytes, _Event]:
    codec = Codec(entry["inputs"])
    places, topics, words = [], 1, 0
    for declared, shape in zip(entry["inputs"], codec.shapes, strict=True):
        places.append((True, topics) if declared["indexed"] else (False, words))
        topics += declared["indexed"]
        words += 0 if declared["indexed"] else shape.words
    topic = keccak256(f"{entry['name']}({','.join(codec.types)})".encode())
    return topic, _Event(
        entry["name"], kind_of(contract, entry["name"]), codec, Codec(entry["inputs"][:-3]), tuple(places)
    )


def _error(entry: dict[str, Any]) -> tuple[bytes, tuple[str, Codec]]:
    codec = Codec(entry["inputs"])
    return keccak256(f"{entry['name']}({','.join(codec.types)})".encode())[:SELECTOR], (entry["name"], codec)


def _function(artifact: Artifact, name: str) -> _Function:
    try:
        return interface(artifact).functions[name]
    except KeyError:
        raise AbiError(f"{artifact.name}.{name}", "no such function, or several: give the whole signature") from None


def encode_call(artifact: Artifact, function: str, *args: object) -> bytes:
    """Return the calldata of `function` with `args`: 4 bytes of selector, then the arguments.

    Structs are given as sequences or as mappings by field name, addresses as hex strings in any case.

    Raises:
        AbiError: no such function, or an argument that does not fit.
    """
    compiled = _function(artifact, function)
    return compiled.selector + compiled.inputs.encode(args)


def decode_call(artifact: Artifact, data: bytes | str) -> tuple[str, dict[str, Any]]:
    """Return the name of the function that calldata calls, and its arguments by name; structs are named tuples.

    Raises:
        AbiError: no function of this contract, or the arguments are no encoding of its types.
    """
    raw = _raw(data)
    signature = interface(artifact).selectors.get(raw[:SELECTOR])
    if signature is None:
        raise AbiError(artifact.name, f"no function with the selector 0x{raw[:SELECTOR].hex()}")
    inputs = interface(artifact).functions[signature].inputs
    return signature.partition("(")[0], dict(zip(inputs.names, inputs.decode(raw[SELECTOR:]), strict=True))


def decode_result(artifact: Artifact, function: str, data: bytes | str) -> Any:  # noqa: ANN401 - the function decides
    """Return what `function` returned: the value where it returns one, else a tuple of them. Structs are named tuples.

    Raises:
        AbiError: `data` is no such result (an account without code answers with nothing at all).
    """
    values = _function(artifact, function).outputs.decode(_raw(data))
    return values[0] if len(values) == 1 else values


def event_topic(artifact: Artifact, name: str) -> str:
    """Return the first topic of event `name` as a hex string, for eth_getLogs."""
    try:
        return "0x" + interface(artifact).topics[name].hex()
    except KeyError:
        raise AbiError(f"{artifact.name}.{name}", "no such event") from None


def decode_log(artifact: Artifact, log: Mapping[str, Any]) -> DecodedEvent:
    """Return the event that `log` (an object of eth_getLogs) records.

    Raises:
        AbiError: it is not an event of this contract.
    """
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    event = interface(artifact).events.get(topics[0] if topics else b"")
    if event is None:
        raise AbiError(f"{artifact.name}", f"no event with topic {log['topics'][:1]}")
    data = _raw(log["data"])
    codec = event.codec
    values = _static_values(event, topics, data) if codec.static else _values(event, topics, data)
    return DecodedEvent(
        contract=artifact.name,
        name=event.name,
        kind=event.kind,
        args=dict(zip(codec.names, values, strict=True)),
        fields=event.fields.encode(values[:-3]),
        subject=subject_of(codec.names, values),
        actor=values[-3],
        sequence=values[-2],
        head=values[-1],
        address=log["address"].lower(),
        block=int(log["blockNumber"], 16),
        block_hash=_raw(log["blockHash"]),
        transaction=_raw(log["transactionHash"]),
        transaction_index=int(log["transactionIndex"], 16),
        log_index=int(log["logIndex"], 16),
    )


def _static_values(event: _Event, topics: Sequence[bytes], data: bytes) -> list[Any]:
    values: list[Any] = []
    try:
        for shape, (is_topic, place) in zip(event.codec.shapes, event.places, strict=True):
            read = cast("Callable[[bytes, int], Any]", shape.read)
            source, at = (topics[place], 0) if is_topic else (data, place * WORD)
            if len(source) < at + shape.words * WORD:
                raise AbiError(event.name, f"{len(data)} bytes of data")
            values.append(read(source, at))
    except (ValueError, IndexError) as error:
        raise AbiError(event.name, str(error)) from error
    return values


def _values(event: _Event, topics: Sequence[bytes], data: bytes) -> list[Any]:
    """The general case: some field is of dynamic size, so what is not indexed is one encoding of its own."""
    plain = _unindexed(event).decode(data)
    rest = iter(plain)
    try:
        return [
            cast("Callable[[bytes, int], Any]", shape.read)(topics[place], 0) if is_topic else next(rest)
            for shape, (is_topic, place) in zip(event.codec.shapes, event.places, strict=True)
        ]
    except (ValueError, IndexError) as error:
        raise AbiError(event.name, str(error)) from error


@cache
def _unindexed(event: _Event) -> Codec:
    codec = Codec([])
    keep = [not is_topic for is_topic, _ in event.places]
    codec.shapes = tuple(shape for shape, kept in zip(event.codec.shapes, keep, strict=True) if kept)
    codec.types = tuple(shape.name for shape in codec.shapes)
    codec.names = tuple(name for name, kept in zip(event.codec.names, keep, strict=True) if kept)
    codec.static = False
    return codec


@cache
def _known_errors() -> dict[bytes, tuple[str, Codec]]:
    return {selector: error for name in CONTRACTS for selector, error in interface(load(name)).errors.items()}


def decode_revert(data: bytes | str | None) -> ContractRevert:
    """Return the error, of any of our contracts or of Solidity, that revert `data` encodes.

    Data that is none of them, or none at all, gives a revert with an empty name: there is nothing more to know.
    """
    raw = b"" if data is None else _raw(data)
    known = _known_errors().get(raw[:SELECTOR])
    if known is None:
        return ContractRevert("", {}, raw)
    name, codec = known
    try:
        values = codec.decode(raw[SELECTOR:])
    except AbiError:
        return ContractRevert("", {}, raw)
    return ContractRevert(name, dict(zip(codec.names, values, strict=True)), raw)


def _raw(data: bytes | str) -> bytes:
    return bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else bytes(data)
