"""Headers of QBFT as recorded from a real network, and of an engine whose hash covers all of the header."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.header import Header, HeaderMalformed, qbft_extra
from gateway.domain.rlp import encode

QBFT = Path(__file__).parents[1] / "vectors" / "qbft"
RECORDED = sorted(QBFT.glob("header-*.json"))
SKIPPED = {"size", "transactions", "uncles", "totalDifficulty", "hash", "withdrawals"}


def block_in(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text())
    block: dict[str, Any] = content.get("block", content)
    return block


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_hash_of_every_recorded_header_follows_from_its_fields(path: Path) -> None:
    block = block_in(path)
    header = Header.of_json(block)
    assert "0x" + header.hash.hex() == block["hash"]
    assert header.is_as_said
    assert header.is_qbft
    assert (header.number, header.time) == (int(block["number"], 16), int(block["timestamp"], 16))
    assert "0x" + header.state_root.hex() == block["stateRoot"]
    assert "0x" + header.receipts_root.hex() == block["receiptsRoot"]
    assert "0x" + header.parent.hex() == block["parentHash"]
    assert len(qbft_extra(header.extra)) == 5


def test_the_first_block_of_qbft_is_hashed_as_it_stands() -> None:
    header = Header.of_json(block_in(QBFT / "genesis-block.json"))
    assert (header.number, header.is_qbft, header.is_as_said) == (0, False, True)


@pytest.mark.parametrize("path", RECORDED[:3], ids=lambda path: path.stem)
def test_a_field_that_is_another_gives_another_hash(path: Path) -> None:
    block = block_in(path)
    for name, value in block.items():
        if name in SKIPPED:
            continue
        other = value[:-1] + f"{int(value[-1], 16) ^ 1:x}"
        try:
            header = Header.of_json({**block, name: other})
            same = header.is_as_said
        except HeaderMalformed:
            continue
        # the last byte of extraData lies in a seal, which is no part of the hash: whoever cares checks seals
        assert same == (name == "extraData"), name


def test_the_seals_and_the_round_are_no_part_of_a_qbft_hash_and_the_validators_are() -> None:
    block = block_in(QBFT / "header-round-change.json")
    vanity, validators, vote, round_, seals = qbft_extra(Header.of_json(block).extra)
    assert round_ != b""
    without = "0x" + encode([vanity, validators, vote, b"", []]).hex()
    assert Header.of_json({**block, "extraData": without}).is_as_said
    fewer = "0x" + encode([vanity, validators[:-1], vote, round_, seals]).hex()
    assert not Header.of_json({**block, "extraData": fewer}).is_as_said


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"stateRoot": None}, "stateRoot"),
        ({"stateRoot": "0x12"}, "stateRoot"),
        ({"number": "twelve"}, "number"),
        ({"logsBloom": "0x" + "zz" * 256}, "logsBloom"),
        ({"miner": "12" * 21}, "miner"),
        ({"baseFeePerGas": None}, "withdrawalsRoot, blobGasUsed, excessBlobGas, parentBeaconBlockRoot"),
    ],
)
def test_what_is_no_header_is_refused_with_the_field(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(HeaderMalformed) as caught:
        Header.of_json({**block_in(QBFT / "header-multi-tx.json"), **changes})
    assert caught.value.value == what


def test_extra_data_that_is_none_of_qbft_is_refused() -> None:
    block = block_in(QBFT / "header-empty.json")
    for extra in ("0x", "0x1234", "0x" + encode([b"", b""]).hex()):
        with pytest.raises(HeaderMalformed):
            _ = Header.of_json({**block, "extraData": extra}).hash


def test_the_filter_admits_the_address_that_logged() -> None:
    header = Header.of_json(block_in(QBFT / "header-multi-tx.json"))
    assert header.may_log(bytes.fromhex("51da1b92f7f4d8b82f3d6ea1469e31a1d4fdab43"))
    assert not header.may_log(bytes(20))
