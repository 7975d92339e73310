"""Block 0 of a network with validators: known answers recorded from Besu, and what the standards say of Clique."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import rlp

from node.client.hashing import keccak256
from node.description import Description, describe
from node.genesis import NoGenesisError, clique_extra_data, document, genesis, genesis_hash, header, qbft_extra_data

VECTORS = Path(__file__).parents[1] / "vectors" / "qbft"
BERLIN = json.loads((VECTORS / "genesis-berlin.json").read_bytes())
BLOCK = json.loads((VECTORS / "genesis-block.json").read_bytes())
VALIDATORS = [
    "0x9b1cb1ef014722232de2e30d78ffa0fff799eaa9",
    "0x50984d610127609d2bd7eb88341826781c87ae7d",
    "0x9afa2878c3e321e36b5cd4e5e900d91b738ca6df",
    "0x6d3e6b46d9254b100bc737208fcb610547944f1e",
]
"""Those of the recorded network, in no order."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Four points of the curve: the public keys of the private keys 1 to 4."""

    x: tuple[str, ...] = (
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5",
        "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9",
        "e493dbf1c10d80f3581e4904930b1404cc6c13900ee0758474fa94abe8c4cd13",
    )
    y: tuple[str, ...] = (
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        "1ae168fea63dc339a3c58419466ceaeef7f632653266d0e1236431a950cfe52a",
        "388f7b0f632de8140fe337e62a37f3566500a99934c2231b6cb9fd7584b8e672",
        "51ed993ea0d455b75642e2098ea51448d967ae33bfbdfe40cfe97bdc47739922",
    )


def described(engine: str, *, order: tuple[int, ...] = (0, 1, 2, 3)) -> Description:
    keys = Keys()
    rows = []
    for i in order:
        accounts = [f"0x{(i + 1) * 16 + n:040x}" for n in range(4)]
        rows.append(f"""
[[member]]
province = {310_000 + i * 10_000}
role = "member"
name_zh = "省"
name_en = "Province"
admin = "{accounts[0]}"
recovery = "{accounts[1]}"
[[member.operator]]
name = "law-1"
account = "{accounts[2]}"
roles = ["law"]
[member.node]
public_key = "0x{keys.x[i]}{keys.y[i]}"
host = "10.0.0.{i + 1}"
p2p_port = 30303
peer_id = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nX{"ABCD"[i]}N"
swarm_port = 4001
exchange_key = "0x{i + 9:064x}"
""")
    head = f'name = "a"\nchain_id = 20260\n[engine]\nkind = "{engine}"\ngenesis_time = 1_790_000_000\n'
    return describe(head + "".join(rows), Path("network.toml"))


def test_the_extra_data_of_qbft_is_the_one_that_besu_was_started_with() -> None:
    assert qbft_extra_data(VALIDATORS) == BERLIN["extraData"]
    assert qbft_extra_data(VALIDATORS) == BLOCK["extraData"]


def test_our_genesis_for_besu_differs_from_the_recorded_one_in_nothing_but_what_the_description_says() -> None:
    ours = document(described("besu"))
    assert ours.keys() == BERLIN.keys()
    same = ("nonce", "difficulty", "mixHash", "coinbase")
    assert {name: ours[name] for name in same} == {name: BERLIN[name] for name in same}
    assert ours["config"] == BERLIN["config"]
    assert ours["alloc"] == {}
    assert (int(ours["timestamp"], 16), int(ours["gasLimit"], 16)) == (1_790_000_000, 100_000_000)


def test_the_hash_of_block_0_is_the_one_that_besu_computed() -> None:
    later: list[bytes] = [
        bytes.fromhex(BLOCK["baseFeePerGas"][2:]),
        bytes.fromhex(BLOCK["withdrawalsRoot"][2:]),
        b"",
        b"",
        bytes.fromhex(BLOCK["parentBeaconBlockRoot"][2:]),
    ]
    items = [*header(BERLIN, BLOCK["stateRoot"]), *later]
    assert "0x" + keccak256(rlp.encode(items)).hex() == BLOCK["hash"]


def test_the_extra_data_of_clique_names_the_signers_ascending_between_32_and_65_bytes_of_nothing() -> None:
    data = bytes.fromhex(clique_extra_data(VALIDATORS)[2:])
    assert (data[:32], data[-65:], len(data)) == (bytes(32), bytes(65), 32 + 4 * 20 + 65)
    signers = [data[32 + 20 * i : 52 + 20 * i].hex() for i in range(4)]
    assert signers == sorted(address[2:] for address in VALIDATORS)


def test_clique_runs_under_the_rules_of_berlin_and_no_later_ones() -> None:
    config = document(described("geth"))["config"]
    assert config["clique"] == {"period": 2, "epoch": 30_000}
    assert config["berlinBlock"] == 0
    assert not [name for name in config if name.startswith(("london", "shanghai", "cancun", "terminal", "merge"))]


@pytest.mark.parametrize("engine", ["geth", "besu"])
def test_the_order_of_rows_changes_no_byte_of_block_0(engine: str) -> None:
    assert genesis(described(engine)) == genesis(described(engine, order=(2, 0, 3, 1)))


def test_a_later_members_row_changes_no_byte_of_block_0() -> None:
    description = described("geth")
    assert len(description.founding_validators) == 4
    later = description.member[3].model_copy(update={"founding": False})
    without = description.model_copy(update={"member": description.member[:3]})
    joined = description.model_copy(update={"member": (*description.member[:3], later)})
    assert genesis(without) == genesis(joined) != genesis(description)


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        # as go-ethereum 1.13.15 computes it from these bytes (eth.getBlock(0).hash)
        ("geth", "0x1dddeb3cb0d68c6155e7c6ebe9a7a9d9213368e462e889fe77e2e789d5fed93c"),
        ("besu", "0xa200505c9f03769162c4f898c46a46acffdbf48360d58c2668759070513cb15b"),
    ],
)
def test_the_hash_is_of_these_bytes_for_ever(engine: str, expected: str) -> None:
    assert genesis_hash(document(described(engine))) == expected


def test_one_process_has_no_genesis_file() -> None:
    text = 'name = "a"\nchain_id = 1\ntrial = true\n[engine]\nkind = "anvil"\n' + _member_alone()
    with pytest.raises(NoGenesisError) as refused:
        genesis(describe(text, Path("network.toml")))
    assert refused.value.engine == "anvil"


def _member_alone() -> str:
    values: dict[str, Any] = {"admin": 1, "recovery": 2}
    accounts = "".join(f'{name} = "0x{number:040x}"\n' for name, number in values.items())
    law = f'[[member.operator]]\nname = "law-1"\naccount = "0x{3:040x}"\nroles = ["law"]\n'
    return f'[[member]]\nprovince = 310000\nrole = "member"\nname_zh = "省"\nname_en = "P"\n{accounts}{law}'
