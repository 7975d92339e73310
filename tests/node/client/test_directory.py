"""The Directory's listing: who is in force when, over successions of the Directory itself; what is no Directory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.abi import encode_call, interface
from node.client.artifact import load
from node.client.deployment import DeployedContract, Deployment, Finality
from node.client.directory import (
    Directory,
    DirectoryDiffersError,
    DirectoryUnreadableError,
    Entry,
    Listing,
    NotListedError,
    read_listing,
)
from node.client.rpc import JsonRpc, RpcError

if TYPE_CHECKING:
    from node.client.codec import Codec

REGISTRY, NAME = "CredentialRegistry", "Directory"
BLOCK = "0x" + "ab" * 32


def address(number: int) -> str:
    return f"0x{number:040x}"


def deployment(**contracts: int) -> Deployment:
    listed = {
        name: DeployedContract(address=address(number), block=1, code_hash="0x" + "00" * 32, version=1)
        for name, number in contracts.items()
    }
    return Deployment(31_337, "test", BLOCK, 1, Finality(kind="instant", confirmations=0), listed, {})


FILE = deployment(Directory=1, CredentialRegistry=10)


def entry(name: str, number: int, since: int, version: int = 1) -> Entry:
    return Entry(name, address(number), version, since)


FIRST = [entry(NAME, 1, 100), entry(REGISTRY, 10, 100), entry(REGISTRY, 11, 200, 2)]


def test_an_entry_is_in_force_from_its_second_until_the_next_ones() -> None:
    listing = Listing.of({address(1): FIRST}, FILE, 150)
    numbers = [int(listing.in_force(REGISTRY, at).address, 16) for at in (100, 199, 200, 10**9)]
    assert numbers == [10, 10, 11, 11]
    assert listing.ever(REGISTRY) == (address(10), address(11))
    following = listing.scheduled(REGISTRY, 199)
    assert following is not None
    assert following.version == 2
    assert listing.scheduled(REGISTRY, 200) is None
    assert listing.name_of(address(11)) == REGISTRY
    assert listing.name_of(address(99)) is None


def test_before_the_first_entry_and_for_a_stranger_nothing_is_in_force() -> None:
    listing = Listing.of({address(1): FIRST}, FILE, 150)
    for name, at in ((REGISTRY, 99), ("ClaimBook", 150)):
        with pytest.raises(NotListedError) as caught:
            listing.in_force(name, at)
        assert (caught.value.name, caught.value.time) == (name, at)
        assert caught.value.zh
    assert listing.ever("ClaimBook") == ()


def test_a_succeeded_directory_has_no_more_say_from_then_on() -> None:
    """contracts/base/Governed.sol walks to the Directory in force, so what the first one had scheduled is void."""
    old = [*FIRST[:2], entry(NAME, 2, 300, 2), entry(REGISTRY, 12, 400, 2)]
    new = [entry(NAME, 1, 250), entry(NAME, 2, 250, 2), entry(REGISTRY, 10, 250), entry(REGISTRY, 13, 500, 2)]
    listing = Listing.of({address(1): old, address(2): new}, FILE, 350)
    assert listing.ever(REGISTRY) == (address(10), address(13))
    assert listing.in_force(REGISTRY, 499).address == address(10)
    assert listing.in_force(NAME, 350).address == address(2)


def test_a_directory_that_is_scheduled_is_not_asked_before_its_time() -> None:
    old = [*FIRST, entry(NAME, 2, 300, 2)]
    listing = Listing.of({address(1): old, address(2): [entry(REGISTRY, 13, 0)]}, FILE, 299)
    assert listing.ever(REGISTRY) == (address(10), address(11))
    assert listing.good_until(299) == 300
    assert listing.good_until(300) is None


def test_directories_that_name_each_other_in_a_circle_end_the_walk() -> None:
    circle = {address(1): [entry(NAME, 1, 1), entry(NAME, 2, 2, 2)], address(2): [entry(NAME, 2, 2), entry(NAME, 1, 3)]}
    assert Listing.of(circle, deployment(Directory=1), 10).ever(NAME) == (address(1), address(2))


def test_a_deployment_file_of_another_constitution_is_refused_by_name() -> None:
    with pytest.raises(DirectoryDiffersError) as caught:
        Listing.of({address(1): FIRST}, deployment(Directory=1, CredentialRegistry=77), 150)
    assert (caught.value.name, caught.value.address) == (REGISTRY, address(77))


def test_before_the_constitution_the_deployment_file_stands_alone() -> None:
    listing = Listing.of({}, FILE, 0)
    assert listing.in_force(REGISTRY, 0) == Entry(REGISTRY, address(10), 1, 0)


def test_a_later_contract_follows_an_earlier_one_of_its_own_name_only() -> None:
    listing = Listing.of({address(1): FIRST}, FILE, 300)
    assert listing.follows(address(11), address(10))
    assert not listing.follows(address(10), address(11))
    assert not listing.follows(address(10), address(10))
    assert not listing.follows(address(11), address(1))
    assert not listing.follows(address(11), address(99))


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8, unique=True), st.integers(0, 2 * 10**9))
def test_at_every_second_at_most_one_contract_is_in_force(times: list[int], at: int) -> None:
    starts = sorted(times)
    entries = [entry(REGISTRY, 10 + n, since, n + 1) for n, since in enumerate(starts)]
    listing = Listing.of({address(1): [entry(NAME, 1, 0), *entries]}, FILE, at)
    spans = [*pairwise(starts), (starts[-1], None)]
    expected = [n for n, (first, end) in enumerate(spans) if first <= at and (end is None or at < end)]
    if expected:
        assert [listing.in_force(REGISTRY, at).address] == [address(10 + n) for n in expected]
    else:
        with pytest.raises(NotListedError):
            listing.in_force(REGISTRY, at)


class Node(JsonRpc):
    """Answers for Directories: address → name → entries as IDirectory.Entry."""

    def __init__(self, directories: dict[str, dict[str, list[tuple[str, int, int, bytes]]]], now: int) -> None:
        super().__init__("http://127.0.0.1:9")
        self.directories, self.now = directories, now
        self.asked: list[str] = []

    def batch(self, requests: Any) -> list[Any]:  # noqa: ANN401 - JSON
        return [self._answer(method, params) for method, params in requests]

    def _answer(self, method: str, params: Any) -> Any:  # noqa: ANN401 - JSON
        if method == "eth_getBlockByNumber":
            return {"hash": BLOCK, "timestamp": hex(self.now)}
        assert params[1] == {"blockHash": BLOCK}
        self.asked.append(params[0]["to"])
        names = self.directories.get(params[0]["to"])
        artifact = load(NAME)
        if names is None:
            return "0x"
        if params[0]["data"] == "0x" + encode_call(artifact, "names").hex():
            return self._encoded("names", [[name.encode().ljust(32, b"\0") for name in names]])
        for name, entries in names.items():
            if params[0]["data"] == "0x" + encode_call(artifact, "history", name.encode().ljust(32, b"\0")).hex():
                return self._encoded("history", [entries])
        return RpcError(-32000, "no such name")

    def _encoded(self, function: str, values: list[Any]) -> str:
        codec: Codec = interface(load(NAME)).functions[function].outputs
        return "0x" + codec.encode(values).hex()


def listed(number: int, since: int, version: int = 1) -> tuple[str, int, int, bytes]:
    return address(number), version, since, bytes(32)


# The law: "clients resolve there"
def test_the_walk_asks_the_directory_in_force_and_those_before_it() -> None:
    node = Node(
        {
            address(1): {NAME: [listed(1, 100), listed(2, 300, 2)], REGISTRY: [listed(10, 100)]},
            address(2): {NAME: [listed(2, 300)], REGISTRY: [listed(10, 300), listed(13, 500, 2)]},
        },
        now=600,
    )
    listing = read_listing(node, FILE, BLOCK, 600)
    assert listing.ever(REGISTRY) == (address(10), address(13))
    assert set(node.asked) == {address(1), address(2)}
    directory = Directory(node, FILE)
    assert (directory.address(REGISTRY), directory.version(REGISTRY), directory.chain_id) == (address(13), 2, 31_337)
    node.asked.clear()
    assert directory.address_at(REGISTRY, 499) == address(10)
    assert not node.asked


def test_once_a_scheduled_directory_is_in_force_it_is_asked_at_once() -> None:
    node = Node(
        {
            address(1): {NAME: [listed(1, 100), listed(2, 300, 2)], REGISTRY: [listed(10, 100)]},
            address(2): {NAME: [listed(2, 300)], REGISTRY: [listed(10, 300), listed(13, 300, 2)]},
        },
        now=200,
    )
    directory = Directory(node, FILE)
    assert directory.address_at(REGISTRY, 200) == address(10)
    assert address(2) not in node.asked
    node.now = 300
    assert directory.address_at(REGISTRY, 300) == address(13)


def test_an_address_without_a_directory_is_named() -> None:
    node = Node({}, now=1)
    with pytest.raises(DirectoryUnreadableError) as caught:
        Directory(node, FILE).address(REGISTRY)
    assert caught.value.address == address(1)


def test_a_node_that_refuses_the_question_is_named() -> None:
    class Refusing(Node):
        def _answer(self, method: str, params: Any) -> Any:  # noqa: ANN401 - JSON
            return super()._answer(method, params) if method != "eth_call" else RpcError(-32000, "pruned")

    with pytest.raises(DirectoryUnreadableError, match="pruned"):
        Directory(Refusing({}, 1), FILE).address(REGISTRY)


def test_a_node_without_a_newest_block_is_named() -> None:
    class Empty(Node):
        def _answer(self, method: str, params: Any) -> Any:  # noqa: ANN401 - JSON
            return None if method == "eth_getBlockByNumber" else super()._answer(method, params)

    with pytest.raises(DirectoryUnreadableError, match="latest block"):
        Directory(Empty({}, 1), FILE).address(REGISTRY)
