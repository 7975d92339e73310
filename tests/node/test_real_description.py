"""network.toml of real nodes: what must hold between the rows before any program is started from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from node.description import BesuEngine, Description, DescriptionError, GethEngine, describe
from node.description.members import MOST_OPERATORS, ProvinceCode
from node.description.writing import text_of
from tests.node.test_genesis import described

HERE = Path("network.toml")
CONTRACTS = Path(__file__).parents[2] / "contracts"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def refused(text: str) -> str:
    with pytest.raises(DescriptionError) as error:
        describe(text, HERE)
    return str(error.value)


@pytest.fixture(scope="module")
def network() -> Description:
    return described("geth")


@pytest.fixture(scope="module")
def text(network: Description) -> str:
    """A network of four nodes, as it is written."""
    return text_of(network)


def test_what_is_written_is_read_again(network: Description, text: str) -> None:
    assert describe(text, HERE) == network
    assert text_of(describe(text, HERE)) == text


def test_engines_have_their_defaults(network: Description) -> None:
    assert isinstance(network.engine, GethEngine)
    assert (network.engine.block_seconds, network.engine.confirmations) == (2, 3)
    besu = described("besu").engine
    assert isinstance(besu, BesuEngine)
    assert besu.block_gas_limit == 100_000_000


def test_a_node_says_where_it_is_and_which_account_seals(network: Description) -> None:
    row, node = network.nodes[0]
    assert row.province == 310_000
    assert node.validator == "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"  # of the private key 1
    assert node.enode == f"enode://{node.public_key[2:]}@10.0.0.1:30303?discport=0"
    assert node.swarm_address == f"/ip4/10.0.0.1/tcp/4001/p2p/{node.peer_id}"


def test_an_address_of_ipv6_stands_in_brackets(network: Description) -> None:
    node = network.nodes[0][1].model_copy(update={"host": "fd00::1"})
    assert "@[fd00::1]:30303?" in node.enode
    assert node.swarm_address.startswith("/ip6/fd00::1/tcp/4001/")


def test_the_founding_validators_are_the_founders_nodes_ascending(network: Description) -> None:
    assert list(network.founding_validators) == sorted(node.validator for _, node in network.nodes)
    observer = network.member[0].model_copy(update={"role": "observer"})
    later = network.member[1].model_copy(update={"founding": False})
    fewer = network.model_copy(update={"member": (observer, later, *network.member[2:])})
    assert len(fewer.founding_validators) == 2
    assert [row.province for row in fewer.founders] == [330_000, 340_000]
    assert len(fewer.nodes) == 4


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('host = "10.0.0.2"', 'host = "10.0.0.1"', "two nodes have one endpoint: 10.0.0.1 30303, 10.0.0.1 4001"),
        ('host = "10.0.0.2"', 'host = "127.0.0.1"', "only a trial runs there"),
        ('host = "10.0.0.2"', 'host = "::1"', "only a trial runs there"),
        ('host = "10.0.0.2"', 'host = "node-2"', "member[2].node.host: a host is an IP address"),
        ("genesis_time = 1790000000\n", "", "engine.genesis_time: Field required"),
        ("confirmations = 3\n", "confirmations = 0\n", "engine.confirmations"),
        ("confirmations = 3\n", "port = 8545\n", "engine.port: Extra inputs are not permitted"),
        ("replication = 3\n", "replication = 0\n", "ipfs.replication"),
        ("replication = 3\n", "replicas = 3\n", "ipfs.replicas"),
        ("swarm_port = 4001\n", "swarm_port = 30303\n", "the two programs cannot share it"),
    ],
)
def test_nodes_that_could_not_run_beside_each_other_are_refused(text: str, old: str, new: str, why: str) -> None:
    assert why in refused(changed(text, old, new))


@pytest.mark.parametrize("field", ["public_key", "peer_id", "exchange_key"])
def test_no_two_nodes_have_one_key(network: Description, text: str, field: str) -> None:
    first, second = (getattr(node, field) for _, node in network.nodes[:2])
    assert f"two nodes have one {field}" in refused(changed(text, second, first))


@pytest.mark.parametrize("code", [160_000, 200_000, 380_000, 550_000, 660_000, 720_000])
def test_a_province_that_the_contracts_do_not_know_founds_nothing(text: str, code: int) -> None:
    assert "province-level code" in refused(changed(text, "province = 310000", f"province = {code}"))


def test_the_provinces_are_those_of_the_contracts() -> None:
    source = (CONTRACTS / "libraries/Provinces.sol").read_text(encoding="utf-8")
    spans = re.findall(r"\(0x([0-9a-f]+) << (\d+)\)", source)
    assert len(spans) == 8
    bits = sum(int(bits, 16) << int(shift) for bits, shift in spans)
    known = {10_000 * i for i in range(bits.bit_length()) if bits >> i & 1}
    adapter: TypeAdapter[int] = TypeAdapter(ProvinceCode)

    def accepted(code: int) -> bool:
        try:
            return adapter.validate_python(code) == code
        except ValidationError:
            return False

    assert {code for code in range(0, 1_000_000, 10_000) if accepted(code)} == known


def test_more_operators_than_the_contract_takes_are_no_row(text: str) -> None:
    """One card with too many would keep the whole consortium from being constituted."""
    source = (CONTRACTS / "consortium/Accounts.sol").read_text(encoding="utf-8")
    assert f"MOST_OPERATORS = {MOST_OPERATORS};" in source
    more = "".join(
        f'\n[[member.operator]]\nname = "more-{i}"\naccount = "0x{i:040x}"\nroles = ["law"]\n'
        for i in range(1, MOST_OPERATORS + 1)
    )
    assert "at most 16 items" in refused(text.replace("\n[member.node]", f"{more}\n[member.node]", 1))


def test_a_validators_address_is_no_account(network: Description, text: str) -> None:
    account, validator = network.member[0].admin, network.nodes[3][1].validator
    assert account is not None
    assert f"a validator's address is no account of its member's: {validator}" in refused(
        changed(text, account, validator)
    )


def test_every_member_of_a_real_network_has_a_node(text: str) -> None:
    start, end = text.index("[member.node]"), text.index("\n[[member]]", text.index("[member.node]"))
    assert "with the engine geth a member has a [member.node]: 310000" in refused(text[:start] + text[end:])


def test_fewer_than_four_validators_are_a_trial(network: Description) -> None:
    three = network.model_copy(update={"member": network.member[:3]})
    assert "fewer than 4 members are a trial" in refused(text_of(three))
    assert describe(text_of(three.model_copy(update={"trial": True})), HERE).trial
