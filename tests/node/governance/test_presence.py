"""A newcomer's sign is found by bisection, and counts where it names a block of this very chain, lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.rpc import JsonRpc, RpcError
from node.governance import presence

if TYPE_CHECKING:
    from collections.abc import Sequence

WHO = "0x" + "ab" * 20
OTHER = "0x" + "cd" * 20


def hash_of(number: int) -> bytes:
    return number.to_bytes(32, "big")


class Chain:
    """A node with `head` blocks, in which `sent` says what WHO sent, by block."""

    def __init__(
        self, head: int, sent: dict[int, bytes], *, forgets_before: int = 0, times: dict[int, int] | None = None
    ) -> None:
        self.head = head
        self.sent = sent
        self.times = times or {}
        self.forgets_before = forgets_before
        self.asked = 0

    def call(self, method: str, *params: Any) -> Any:  # noqa: ANN401 - JSON
        self.asked += 1
        if method == "eth_blockNumber":
            return hex(self.head)
        assert method == "eth_getTransactionCount"
        block = int(params[1], 16)
        if block < self.forgets_before:
            raise RpcError(-32000, "missing trie node")
        return hex(sum(number <= block for number in self.sent))

    def batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        [(method, [number, whole])] = requests
        assert method == "eth_getBlockByNumber"
        here = int(number, 16)
        found: dict[str, Any] = {"hash": "0x" + hash_of(here).hex(), "number": number}
        found["timestamp"] = hex(self.times.get(here, here))
        if whole:
            data = self.sent.get(int(number, 16), b"")
            found["transactions"] = [
                {"from": OTHER, "input": "0x"},
                {"from": WHO.upper().replace("X", "x"), "input": "0x" + data.hex()},
            ]
        return [found]


def present(chain: Chain, block_seconds: int = 1) -> bool:
    return presence.age(cast("JsonRpc", chain), WHO, block_seconds=block_seconds) is not None


@given(st.integers(1, 10**6), st.data())
def test_a_sign_of_the_last_hours_is_found_wherever_it_is(head: int, data: st.DataObject) -> None:
    where = data.draw(st.integers(max(1, head - presence.SECONDS + 1), head))
    named = data.draw(st.integers(max(0, where - presence.DISTANCE), where))
    chain = Chain(head, {where: presence.message(named, hash_of(named))})
    assert present(chain)
    assert chain.asked < 25  # one look at each half


def test_who_never_sent_anything_is_not_present() -> None:
    assert not present(Chain(500, {}))


@pytest.mark.parametrize(
    ("where", "data"),
    [
        (400, presence.message(395, hash_of(394))),
        (400, presence.message(401, hash_of(401))),
        (400, presence.message(299, hash_of(299))),
        (400, b""),
        (400, presence.message(395, hash_of(395)) + b"\0"),
        (400, b"huren.presence/2" + presence.message(395, hash_of(395))[16:]),
    ],
    ids=["another chain", "a block to come", "long before", "no data", "more", "another mark"],
)
def test_what_does_not_name_a_late_block_of_this_chain_is_no_sign(where: int, data: bytes) -> None:
    assert not present(Chain(500, {where: data}))


def test_a_sign_of_this_morning_is_over() -> None:
    """Since then its node may have lost everything."""
    sign = {10: presence.message(9, hash_of(9))}
    assert present(Chain(10 + presence.SECONDS // 2 - 1, sign), block_seconds=2)
    assert not present(Chain(10 + presence.SECONDS // 2, sign), block_seconds=2)
    slow = Chain(20, sign, times={10: 0, 20: presence.SECONDS + 1})  # few blocks, but a long time
    assert not present(slow)


def test_how_old_a_sign_is_the_chain_says() -> None:
    chain = Chain(20, {10: presence.message(9, hash_of(9))}, times={10: 1000, 20: 1000 + presence.RENEWED})
    assert presence.age(cast("JsonRpc", chain), WHO, block_seconds=2) == presence.RENEWED


def test_the_newest_transaction_decides() -> None:
    sign = presence.message(395, hash_of(395))
    assert present(Chain(500, {300: b"", 400: sign}))
    assert not present(Chain(500, {400: sign, 450: b""}))


def test_a_node_that_forgot_old_states_is_asked_for_what_it_knows() -> None:
    sign = {400: presence.message(395, hash_of(395))}
    assert present(Chain(500, sign, forgets_before=399))
