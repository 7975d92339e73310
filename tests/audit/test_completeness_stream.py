"""Logs folded undecoded: of every event of every contract, what a head commits to is what its decoding gives."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from eth_abi.abi import encode

from gateway.audit.completeness.reading import _DECODER, _in_order
from gateway.audit.completeness.sightings import sighting
from gateway.audit.completeness.stream import Log, ReadContract, Streams, as_json, plans_of
from gateway.domain.hashing import word
from gateway.domain.heads import first_head, next_head
from node.client.abi import decode_log, event_topic
from node.client.artifact import CONTRACTS, load
from node.client.codec import Codec
from node.client.kinds import KINDS

ADDRESS, CHAIN = "0x" + "ab" * 20, 31_337
EVENTS = [
    (name, entry)
    for name in CONTRACTS
    for entry in load(name).abi
    if entry["type"] == "event" and entry["name"] in KINDS[name]
]
NAMES = [f"{name}.{entry['name']}" for name, entry in EVENTS]


def value_of(component: dict[str, Any], chance: random.Random) -> Any:  # noqa: ANN401 - of any ABI type
    kind: str = component["type"]
    fixed: dict[str, Any] = {
        "bool": chance.random() < 0.5,
        "address": "0x" + chance.randbytes(20).hex(),
        "bytes": chance.randbytes(chance.randint(0, 100)),
    }
    if kind in fixed:
        return fixed[kind]
    if kind.endswith("[]"):
        return [value_of({**component, "type": kind[:-2]}, chance) for _ in range(chance.randint(0, 3))]
    if kind == "tuple":
        return tuple(value_of(each, chance) for each in component["components"])
    if kind.startswith("uint"):
        return chance.getrandbits(int(kind[4:]))
    return chance.randbytes(int(kind.removeprefix("bytes")))


def log_of(contract: str, entry: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    types = Codec(entry["inputs"]).types
    parts = list(zip(entry["inputs"], types, values, strict=True))
    topics = ["0x" + encode([kind], [value]).hex() for each, kind, value in parts if each["indexed"]]
    rest = [(kind, value) for each, kind, value in parts if not each["indexed"]]
    return {
        "address": ADDRESS,
        "topics": [event_topic(load(contract), entry["name"]), *topics],
        "data": "0x" + encode([kind for kind, _ in rest], [value for _, value in rest]).hex(),
        "blockNumber": "0x10",
        "blockHash": "0x" + "11" * 32,
        "transactionHash": "0x" + "22" * 32,
        "transactionIndex": "0x0",
        "logIndex": "0x1",
        "removed": False,
    }


@pytest.mark.parametrize(("contract", "entry"), EVENTS, ids=NAMES)
def test_the_fields_the_subject_and_the_tail_are_those_of_the_decoded_event(
    contract: str, entry: dict[str, Any]
) -> None:
    chance = random.Random(entry["name"])
    plan = plans_of(load(contract))[event_topic(load(contract), entry["name"])]
    for _ in range(20):
        log = log_of(contract, entry, [value_of(each, chance) for each in entry["inputs"]])
        event = decode_log(load(contract), log)
        raw = plan.raw(_log(log))
        assert raw is not None
        fields, tail = plan.cut(raw)
        assert fields == event.fields
        assert tail == encode(["address", "uint64", "bytes32"], [event.actor, event.sequence, event.head])
        assert (plan.subject(raw), plan.kind, plan.name) == (event.subject, word(event.kind), event.name)


@pytest.mark.parametrize(("contract", "entry"), EVENTS, ids=NAMES)
def test_an_event_is_folded_into_the_head_that_the_law_gives(contract: str, entry: dict[str, Any]) -> None:
    """Numbered 1 and carrying its head, it continues the first head of its subject; with any other time it does not."""
    chance = random.Random(entry["name"])
    values = [value_of(each, chance) for each in entry["inputs"]]
    values[-2:] = [1, bytes(32)]
    blank = decode_log(load(contract), log_of(contract, entry, values))
    start = first_head(CHAIN, bytes.fromhex(ADDRESS[2:]), blank.subject)
    values[-1] = next_head(start, 1, blank.kind, 77, bytes.fromhex(blank.actor[2:]), blank.fields)
    log = _log(log_of(contract, entry, values))
    for time, fits in ((77, True), (78, False)):
        streams = Streams([ReadContract(contract, ADDRESS, None)], CHAIN)
        streams.fold([log], {"0x10": word(time)})
        stream = streams.of(ADDRESS, blank.subject)
        assert (stream.now.sequence, stream.now.head) == (1, values[-1])
        assert (not stream.before) == fits
        seen = sighting(streams, log, word(time))
        assert seen is not None
        assert seen.continues(start) == fits


def test_what_is_no_event_of_the_contract_is_set_apart() -> None:
    contract, entry = EVENTS[0]
    log = log_of(contract, entry, [value_of(each, random.Random(1)) for each in entry["inputs"]])
    wrong = [
        {**log, "topics": []},
        {**log, "topics": ["0x" + "00" * 32]},
        {**log, "topics": [*log["topics"], "0x" + "00" * 32]},
        {**log, "data": log["data"][:-2]},
        {**log, "data": log["data"] + "00"},
        {**log, "data": "0xzz" + log["data"][4:]},
        {**log, "address": "0x" + "cd" * 20},
    ]
    streams = Streams([ReadContract(contract, ADDRESS, None)], CHAIN)
    streams.fold(map(_log, wrong), {"0x10": word(1)})
    assert len(streams.strangers) == streams.count == len(wrong)
    assert [sighting(streams, _log(each), word(1)) for each in wrong] == [None] * len(wrong)
    streams.set_aside([_log(wrong[0])])
    assert len(streams.strangers) == len(wrong) + 1


def test_a_successor_goes_on_from_its_predecessors_last_head() -> None:
    later = "0x" + "cd" * 20
    streams = Streams([ReadContract("ClaimBook", ADDRESS, None), ReadContract("ClaimBook", later, ADDRESS)], CHAIN)
    stream = streams.of(ADDRESS, 7)
    stream.now.head, stream.now.sequence = bytes(range(32)), 9
    assert (streams.of(later, 7).now.head, streams.of(later, 7).now.sequence) == (bytes(range(32)), 9)
    assert streams.of(later, 8).now.head == first_head(CHAIN, bytes.fromhex(ADDRESS[2:]), 8)


def test_an_answer_is_put_in_order_and_what_was_out_of_it_is_told() -> None:
    contract, entry = EVENTS[0]
    log = log_of(contract, entry, [value_of(each, random.Random(1)) for each in entry["inputs"]])
    logs = [_log({**log, "blockNumber": hex(block), "logIndex": "0xa"}) for block in (9, 10, 16, 15, 17)]
    ordered, disorder = _in_order(logs)
    assert [one.place[0] for one in ordered] == [9, 10, 15, 16, 17]
    assert [(before.place[0], after.place[0]) for before, after in disorder] == [(16, 15)]


def _log(log: dict[str, Any]) -> Log:

    [read] = _DECODER.decode(orjson.dumps({"result": [log]})).result or []
    assert {name: log[name] for name in as_json(read)} == as_json(read)
    return read
