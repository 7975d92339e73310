"""Logs folded undecoded: of every event of every contract, what a head commits to is what its decoding gives."""

from __future__ import annotations

import random
from typing import Any

import pytest
from eth_abi.abi import encode
from written import ADDRESS, log_of, read, value_of

from gateway.audit.completeness.reading import _in_order
from gateway.audit.completeness.sightings import sighting
from gateway.audit.completeness.stream import ReadContract, Streams, plans_of
from gateway.domain.hashing import word
from gateway.domain.heads import first_head, next_head
from node.client.abi import decode_log, event_topic
from node.client.artifact import CONTRACTS, load
from node.client.kinds import KINDS

CHAIN = 31_337
EVENTS = [
    (name, entry)
    for name in CONTRACTS
    for entry in load(name).abi
    if entry["type"] == "event" and entry["name"] in KINDS[name]
]
NAMES = [f"{name}.{entry['name']}" for name, entry in EVENTS]


@pytest.mark.parametrize(("contract", "entry"), EVENTS, ids=NAMES)
def test_the_fields_the_subject_and_the_tail_are_those_of_the_decoded_event(
    contract: str, entry: dict[str, Any]
) -> None:
    chance = random.Random(entry["name"])
    plan = plans_of(load(contract))[event_topic(load(contract), entry["name"])]
    for _ in range(20):
        log = log_of(contract, entry, [value_of(each, chance) for each in entry["inputs"]])
        event = decode_log(load(contract), log)
        raw = plan.raw(read(log))
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
    log = read(log_of(contract, entry, values))
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
        {**log, "topics": log["topics"][:-1]},
        {**log, "data": log["data"][:-2]},
        {**log, "data": log["data"] + "00"},
        {**log, "address": "0x" + "cd" * 20},
    ]
    streams = Streams([ReadContract(contract, ADDRESS, None)], CHAIN)
    streams.fold(map(read, wrong), {"0x10": word(1)})
    assert len(streams.strangers) == streams.count == len(wrong)
    assert [sighting(streams, read(each), word(1)) for each in wrong] == [None] * len(wrong)
    streams.set_aside([read(wrong[0])])
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
    logs = [read({**log, "blockNumber": hex(block), "logIndex": "0xa"}) for block in (9, 10, 16, 15, 17)]
    ordered, disorder = _in_order(logs)
    assert [one.place[0] for one in ordered] == [9, 10, 15, 16, 17]
    assert [(before.place[0], after.place[0]) for before, after in disorder] == [(16, 15)]
