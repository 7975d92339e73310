from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from web3 import Web3

from node.client.abi import (
    decode_call,
    decode_log,
    decode_result,
    decode_revert,
    encode_call,
    event_topic,
    interface,
)
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError
from node.client.hashing import checksummed, keccak256
from node.client.kinds import KINDS

REGISTRY = load("CredentialRegistry")
ACTOR = "0x" + "a1" * 20
OFFICER = "0x" + "b2" * 20
INSTITUTION = b"52310000MJ4881003X".ljust(32, b"\0")
ROOT = b"\x11" * 32
BLOCK = {
    "address": checksummed("0x" + "c3" * 20),
    "blockNumber": "0x10",
    "blockHash": "0x" + "dd" * 32,
    "transactionHash": "0x" + "ee" * 32,
    "transactionIndex": "0x2",
    "logIndex": "0x3",
}


def anchored() -> dict[str, Any]:
    data = encode(
        ["bytes32", "uint32", "uint32", "address", "address", "uint64", "bytes32"],
        [b"\x22" * 32, 32_768, 1, OFFICER, ACTOR, 9, b"\x33" * 32],
    )
    topics = [
        event_topic(REGISTRY, "Anchored"),
        "0x" + (310_000).to_bytes(32, "big").hex(),
        "0x" + INSTITUTION.hex(),
        "0x" + ROOT.hex(),
    ]
    return {**BLOCK, "topics": topics, "data": "0x" + data.hex()}


def test_selectors_and_topics_are_those_of_web3() -> None:
    for name in CONTRACTS:
        artifact = load(name)
        for entry in artifact.abi:
            if entry["type"] == "function":
                signature = f"{entry['name']}({','.join(_type(part) for part in entry['inputs'])})"
                assert interface(artifact).functions[signature].selector == keccak256(signature.encode())[:4]
            if entry["type"] == "event" and entry["name"] in KINDS[name]:
                signature = f"{entry['name']}({','.join(_type(part) for part in entry['inputs'])})"
                assert event_topic(artifact, entry["name"]) == Web3.to_hex(Web3.keccak(text=signature))


def _type(part: dict[str, Any]) -> str:
    if not part["type"].startswith("tuple"):
        return str(part["type"])
    return f"({','.join(_type(inner) for inner in part['components'])}){part['type'][5:]}"


def test_a_call_is_encoded_as_web3_encodes_it() -> None:
    contract = Web3().eth.contract(abi=REGISTRY.abi)
    batch, approval = (INSTITUTION, ROOT, b"\x22" * 32, 5), (1_700_000_000, b"\x01" * 65)
    ours = encode_call(REGISTRY, "anchor", batch, approval)
    assert "0x" + ours.hex() == contract.encode_abi("anchor", args=[batch, approval])
    named = encode_call(
        REGISTRY,
        "anchor",
        {"institution": INSTITUTION, "root": ROOT, "manifest": b"\x22" * 32, "leafCount": 5},
        {"deadline": 1_700_000_000, "signature": b"\x01" * 65},
    )
    assert named == ours


def test_a_struct_that_a_function_returns_has_the_contracts_field_names() -> None:
    types = [
        "bytes32",
        "uint32",
        "uint32",
        "uint32",
        "uint64",
        "uint64",
        "uint32",
        "uint8",
        "uint8",
        "uint32",
        "uint64",
    ]
    values = [b"\x22" * 32, 5, 310_000, 1, 1_700_000_000, 4, 2, 1, 4, 320_000, 1_700_000_001]
    anchor = decode_result(REGISTRY, "anchorOf", "0x" + encode(types, values).hex())
    assert (anchor.manifest, anchor.leafCount, anchor.province) == (b"\x22" * 32, 5, 310_000)
    assert (anchor.status, anchor.setBy, anchor.since) == (1, 320_000, 1_700_000_001)


def test_an_account_without_code_gives_no_result() -> None:
    with pytest.raises(AbiError):
        decode_result(REGISTRY, "anchorOf", "0x")


def test_an_event_is_decoded_with_its_kind_its_subject_and_what_its_head_commits_to() -> None:
    event = decode_log(REGISTRY, anchored())
    assert (event.contract, event.name, event.kind, event.subject) == ("CredentialRegistry", "Anchored", 400, 310_000)
    assert event.args["officer"] == OFFICER
    assert event.args["leafCount"] == 32_768
    assert (event.actor, event.sequence, event.head) == (ACTOR, 9, b"\x33" * 32)
    assert (event.block, event.transaction_index, event.log_index) == (16, 2, 3)
    assert event.address == BLOCK["address"].lower()
    assert event.fields == encode(
        ["uint32", "bytes32", "bytes32", "bytes32", "uint32", "uint32", "address"],
        [310_000, INSTITUTION, ROOT, b"\x22" * 32, 32_768, 1, OFFICER],
    )


def test_an_event_with_a_field_of_dynamic_size_is_decoded_too() -> None:
    consortium = load("Consortium")
    call = b"\x01\x02\x03" * 30
    data = encode(["bytes", "uint64", "address", "uint64", "bytes32"], [call, 99, ACTOR, 3, b"\x33" * 32])
    topics = [
        event_topic(consortium, "ActProposed"),
        "0x" + (320_000).to_bytes(32, "big").hex(),
        "0x" + ROOT.hex(),
        "0x" + bytes(12).hex() + OFFICER[2:],
    ]
    event = decode_log(consortium, {**BLOCK, "topics": topics, "data": "0x" + data.hex()})
    assert event.args["call"] == call
    assert (event.args["target"], event.subject, event.sequence) == (OFFICER, 320_000, 3)
    assert event.fields == encode(
        ["uint32", "bytes32", "address", "bytes", "uint64"], [320_000, ROOT, OFFICER, call, 99]
    )


def test_an_event_that_names_no_province_belongs_to_the_consortium_as_a_whole() -> None:
    directory = load("Directory")
    data = encode(["uint32", "uint64", "bytes32", "address", "uint64", "bytes32"], [1, 5, ROOT, ACTOR, 1, b"\x33" * 32])
    topics = [event_topic(directory, "EntryListed"), "0x" + ROOT.hex(), "0x" + bytes(12).hex() + OFFICER[2:]]
    assert decode_log(directory, {**BLOCK, "topics": topics, "data": "0x" + data.hex()}).subject == 0


@pytest.mark.parametrize(
    "damage",
    [
        {"topics": []},
        {"topics": ["0x" + "00" * 32]},
        {"data": "0x"},
        {"topics": anchored()["topics"][:2]},
        {"topics": [anchored()["topics"][0], "0x" + "ff" * 32, *anchored()["topics"][2:]]},
    ],
)
def test_a_log_that_is_no_event_of_the_contract_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(AbiError):
        decode_log(REGISTRY, {**anchored(), **damage})


def test_a_revert_is_named_with_its_values_whichever_contract_it_comes_from() -> None:
    data = keccak256(b"QuotaExceeded(address,uint256,uint32)")[:4] + encode(
        ["address", "uint256", "uint32"], [ACTOR, 40_000, 30_000]
    )
    revert = decode_revert("0x" + data.hex())
    assert revert.name == "QuotaExceeded"
    assert revert.args == {"operator": ACTOR, "leaves": 40_000, "quota": 30_000}


@pytest.mark.parametrize("data", [None, "0x", b"\x01\x02\x03\x04", keccak256(b"Error(string)")[:4] + b"\x01"])
def test_a_revert_that_nobody_knows_has_no_name(data: bytes | str | None) -> None:
    assert decode_revert(data).name == ""


def test_a_require_with_a_text_and_a_failed_check_of_solidity_are_known() -> None:
    text = keccak256(b"Error(string)")[:4] + encode(["string"], ["no"])
    assert decode_revert(text).args == {"message": "no"}
    assert decode_revert(keccak256(b"Panic(uint256)")[:4] + encode(["uint256"], [0x11])).args == {"code": 0x11}


def test_unknown_functions_and_events_are_refused_by_name() -> None:
    with pytest.raises(AbiError, match="nothing"):
        encode_call(REGISTRY, "nothing")
    with pytest.raises(AbiError, match="Nothing"):
        event_topic(REGISTRY, "Nothing")


def test_calldata_is_read_back_into_function_and_named_arguments() -> None:
    agreements = load("AgreementRegistry")
    assert decode_call(agreements, encode_call(agreements, "approve", b"\x05" * 32, 2)) == (
        "approve",
        {"agreement": b"\x05" * 32, "number": 2},
    )
    grant = (OFFICER, 16, 0)
    name, given = decode_call(load("Consortium"), encode_call(load("Consortium"), "setOperator", grant))
    assert (name, tuple(given["grant"]), given["grant"].roles) == ("setOperator", grant, 16)


@pytest.mark.parametrize("data", [b"", b"\0\0\0\0", b"\x01\x02"])
def test_calldata_of_no_function_is_refused(data: bytes) -> None:
    with pytest.raises(AbiError):
        decode_call(REGISTRY, data)


def test_calldata_that_is_cut_off_is_refused() -> None:
    agreements = load("AgreementRegistry")
    with pytest.raises(AbiError):
        decode_call(agreements, encode_call(agreements, "approve", b"\x05" * 32, 2)[:-1])
