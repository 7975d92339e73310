"""Logs in the one form that JSON-RPC has for them, and what contracts and members are learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import orjson
import pytest
from synthetic_chain import SyntheticChain
from written import ADDRESS, log_of, read

from gateway.audit.completeness.listing import Members, listing_of
from gateway.audit.completeness.reading import _DECODER
from gateway.audit.completeness.values import Wrong
from gateway.audit.completeness.witnesses import is_same
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from node.client.deployment import Deployment

CONSORTIUM, DIRECTORY = "Consortium", "Directory"
JOINED = 500_000
TARGET = "0x" + "66" * 20
TAIL = ("0x" + "77" * 20, 1, bytes(32))
"""Actor, sequence, head."""


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return SyntheticChain.made(10).deployment


def logged(contract: str, name: str, *values: Any) -> dict[str, Any]:  # noqa: ANN401 - of any ABI type
    [entry] = [one for one in load(contract).abi if one["type"] == "event" and one["name"] == name]
    return log_of(contract, entry, [*values, *TAIL])


LOG = logged(CONSORTIUM, "MotionExecuted", bytes(32), 4, 3)


def test_an_address_is_read_in_lower_case_however_it_was_written() -> None:
    [log] = _DECODER.decode(orjson.dumps({"result": [{**LOG, "address": "0x" + ADDRESS[2:].upper()}]})).result or []
    assert log.address == ADDRESS


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": ADDRESS[:-1]},
        {"address": ADDRESS[:-1] + " "},
        {"address": ADDRESS + "\n"},
        {"topics": [LOG["topics"][0], LOG["topics"][1][:-2]]},
        {"topics": [LOG["topics"][0][:-2], LOG["topics"][1] + "00"]},
        {"topics": [LOG["topics"][0], "0X" + LOG["topics"][1][2:]]},
        {"topics": [LOG["topics"][0].upper().replace("X", "x"), LOG["topics"][1]]},
        {"topics": [LOG["topics"][0]] * 5},
        {"topics": [7]},
        {"data": LOG["data"][:-1]},
        {"data": LOG["data"][2:]},
        {"data": "0x 0" + LOG["data"][4:]},
        {"data": LOG["data"] + "\n"},
        {"data": "0xzz" + LOG["data"][4:]},
        {"data": "0xAB" + LOG["data"][4:]},
        {"data": ""},
        {"blockNumber": "16"},
        {"blockNumber": "0x"},
        {"blockNumber": "0x010"},
        {"blockNumber": "0x1_0"},
        {"blockNumber": " 0x10"},
        {"blockNumber": "0x10 0x1"},
        {"blockNumber": "-0x10"},
        {"blockNumber": "0x" + "1" * 17},
        {"blockHash": "0x" + "1" * 62},
        {"blockHash": "0x" + "g" * 64},
        {"transactionHash": "0xzz"},
        {"transactionHash": "0x" + "1" * 31 + " 0x" + "1" * 30},
        {"transactionIndex": "zz"},
        {"transactionIndex": 0},
        {"transactionIndex": None},
        {"logIndex": "0x١"},
        {"removed": True},
        {"removed": "false"},
    ],
    ids=lambda wrong: "-".join(map(repr, wrong.items()))[:60],
)
def test_another_form_is_no_log_whoever_reads_it(wrong: dict[str, Any]) -> None:
    assert read(LOG).place == (16, 1)
    with pytest.raises(msgspec.ValidationError):
        _DECODER.decode(orjson.dumps({"result": [{**LOG, **wrong}]}))


def test_an_event_of_the_consortium_that_cannot_be_read_is_told_and_never_passed_over(deployment: Deployment) -> None:
    members = Members(deployment)
    short = logged(CONSORTIUM, "MemberAdmitted", JOINED, "0x" + "55" * 20, "0x" + "56" * 20, 5, 1)
    members.take([read({**short, "data": short["data"][:-64]})], {ADDRESS})
    [told] = members.unreadable
    assert (told.what, told.contract, told.address, told.block) == (Wrong.ALTERED, CONSORTIUM, ADDRESS, 16)
    assert JOINED not in members.provinces


def test_an_event_of_the_directory_that_cannot_be_read_is_told_and_never_passed_over(deployment: Deployment) -> None:
    listed = [one for one in load(DIRECTORY).abi if one["type"] == "event" and one["name"] == "EntryListed"]
    values = [b"ClaimBook".ljust(32, b"\0"), TARGET, 2, 1_700_000_000, bytes(32)]
    log = log_of(DIRECTORY, listed[0], [*values, *TAIL])
    unread: list[Any] = []
    listing = listing_of([read({**log, "data": log["data"][:-64]})], deployment, 1_700_000_000, unread)
    assert TARGET not in listing.ever("ClaimBook")
    assert [(one.what, one.contract) for one in unread] == [(Wrong.ALTERED, DIRECTORY)]


@pytest.mark.parametrize("loose", [False, True])
def test_a_membership_that_a_motion_began_is_missed_though_its_arguments_cannot_be_decoded(
    deployment: Deployment,
    loose: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Solidity takes arguments that a strict decoder does not: what was executed has admitted somebody all the same."""
    accounts = ["0x" + f"{each:02x}" * 20 for each in (1, 2, 3)]
    whole = encode_call(load(CONSORTIUM), "admit", (JOINED, accounts[0], accounts[1], [(accounts[2], 3, 9)]))
    data = whole[:4] + b"\xff" * 32 + whole[36:] if loose else whole
    motion = bytes(range(32))
    members = Members(deployment)
    opened = logged(CONSORTIUM, "MotionOpened", motion, JOINED, ADDRESS, data, 1, 2, 3)
    executed = logged(CONSORTIUM, "MotionExecuted", motion, 4, 3)
    members.take(map(read, (opened, executed)), {ADDRESS})
    assert [one.what for one in members.hidden(ADDRESS)] == [Wrong.MEMBER]
    assert (JOINED in members.provinces) is not loose


def test_a_node_is_known_by_host_and_port_under_another_name() -> None:
    assert is_same("http://127.0.0.1:8545", "http://localhost:8545/path/")
    assert is_same("https://node.invalid", "http://NODE.invalid:443")
    assert not is_same("http://127.0.0.1:8545", "http://127.0.0.1:8546")
    assert not is_same("http://127.0.0.1:8545", "http://node.invalid:8545")
