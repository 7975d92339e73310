from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from node.client.rpc import JsonRpc, RpcUnreachable
from node.health.branches import alarm_of, fork_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Node:
    """Answers eth_getBlockByNumber from a list of hashes; each block weighs `weights[i]`."""

    def __init__(self, hashes: Sequence[str], weights: Sequence[int] | None = None) -> None:
        self.hashes = hashes
        self.weights = weights or [2] * len(hashes)
        self.asked = 0

    def call(self, method: str, number: str, _full: object) -> dict[str, Any] | None:
        assert method == "eth_getBlockByNumber"
        self.asked += 1
        at = len(self.hashes) - 1 if number == "latest" else int(number, 16)
        if at >= len(self.hashes):
            return None
        return {"number": hex(at), "hash": self.hashes[at], "totalDifficulty": hex(sum(self.weights[: at + 1]))}


class Away:
    def call(self, *_: object) -> None:
        raise RpcUnreachable("http://127.0.0.1:1", "refused")


def nodes(**named: Node | Away) -> dict[str, JsonRpc]:
    return {name: cast("JsonRpc", node) for name, node in named.items()}


def branch(common: int, own: str, length: int) -> list[str]:
    return [f"0x{number:062x}00" for number in range(common + 1)] + [f"0x{n:061x}{own}" for n in range(length)]


def test_two_branches_of_one_weight_are_a_deadlock_with_its_cure() -> None:
    left, right = branch(40, "a00", 3), branch(40, "b00", 3)
    found = fork_of(nodes(one=Node(left), two=Node(left), three=Node(right)))
    assert found is not None
    assert found.common == 40
    assert found.deadlocked
    assert [(one.nodes, one.number) for one in found.branches] == [(("three",), 43), (("one", "two"), 43)]
    alarm = alarm_of(found)
    assert alarm.down
    assert "rewind --to 40 --yes" in alarm.hint_en
    assert "three" in alarm.hint_en


def test_branches_of_different_weight_heal_by_themselves() -> None:
    found = fork_of(nodes(one=Node(branch(9, "a00", 2)), two=Node(branch(9, "b00", 2), [2] * 10 + [1, 2])))
    assert found is not None
    assert not found.deadlocked


def test_a_node_that_is_behind_or_away_is_no_branch() -> None:
    whole = branch(50, "a00", 0)
    assert fork_of(nodes(one=Node(whole), two=Node(whole[:20]), three=Away())) is None
    assert fork_of(nodes(one=Node(whole), two=Away())) is None
    assert fork_of({}) is None


@given(st.integers(0, 400), st.integers(1, 30), st.integers(1, 30))
def test_the_common_block_is_found_wherever_it_is(common: int, left: int, right: int) -> None:
    one, two = Node(branch(common, "a00", left)), Node(branch(common, "b00", right))
    found = fork_of(nodes(one=one, two=two))
    assert found is not None
    assert found.common == common
    assert found.deadlocked == (left == right)
    assert one.asked < 20, "it is halved, not walked"


def test_where_no_difficulty_is_told_nothing_is_called_a_deadlock() -> None:
    class Besu(Node):
        def call(self, method: str, number: str, full: object) -> dict[str, Any] | None:
            block = super().call(method, number, full)
            return None if block is None else block | {"totalDifficulty": None}

    found = fork_of(nodes(one=Besu(branch(5, "a00", 1)), two=Besu(branch(5, "b00", 1))))
    assert found is not None
    assert not found.deadlocked
