"""Receipts come by the block where many are wanted, and are the same as one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from counted import ACCOUNT, CHAIN_ID, Asked

from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.receipts import MANY, Receipt, receipts
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.calls import ChainCalls
    from tests.ledger.conftest import Chain

BLOCKS, EACH = 3, 40


class AskedOneByOne(Asked):
    """Gives no receipts by the block."""

    def requests(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        answers = super().requests(requests)
        if requests and requests[0][0] == "eth_getBlockReceipts":
            return [RpcError(-32601, "the method eth_getBlockReceipts does not exist")]
        return answers


@pytest.fixture
def sent(chain: Chain, counter: bytes) -> list[bytes]:
    """Transactions in some blocks, each block's last one refused by the contract; two more that wait in the pool."""
    chain.automine(on=False)
    hashes = []
    for number in range(1, BLOCKS * EACH + 3):
        word = 0 if number % EACH == 0 else number
        signed = ACCOUNT.sign_transaction(
            {"nonce": number - 1, "gasPrice": 0, "gas": 90_000, "to": counter, "data": word.to_bytes(32, "big")}
            | {"value": 0, "chainId": CHAIN_ID}
        )
        chain.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())
        hashes.append(bytes(signed.hash))
        if number % EACH == 0:
            chain.mine()
    return hashes


def expected(calls: ChainCalls, hashes: Sequence[bytes]) -> list[Receipt | None]:
    return [receipts(calls, [digest])[0] for digest in hashes]


def test_many_receipts_cost_two_requests_a_block_and_say_the_same(chain: Chain, sent: list[bytes]) -> None:
    asked = Asked(chain)
    found = receipts(asked, sent)
    assert (asked.methods.count("eth_getBlockReceipts"), asked.methods.count("eth_getTransactionReceipt")) == (
        BLOCKS,
        BLOCKS + 2,
    )
    assert found == expected(asked, sent)
    assert [one is None for one in found] == [False] * (BLOCKS * EACH) + [True] * 2
    assert sum(one is not None and not one.succeeded for one in found) == BLOCKS


def test_few_are_asked_for_one_by_one(chain: Chain, sent: list[bytes]) -> None:
    asked = Asked(chain)
    receipts(asked, sent[: MANY - 1])
    assert asked.methods == ["eth_getTransactionReceipt"] * (MANY - 1)


def test_where_the_first_has_none_the_others_are_found_all_the_same(chain: Chain, sent: list[bytes]) -> None:
    backwards = sent[::-1]
    assert receipts(Asked(chain), backwards) == expected(Asked(chain), backwards)


def test_a_node_that_gives_no_receipts_by_the_block_is_asked_one_by_one(chain: Chain, sent: list[bytes]) -> None:
    asked = AskedOneByOne(chain)
    assert receipts(asked, sent) == expected(Asked(chain), sent)
    assert asked.methods.count("eth_getBlockReceipts") == 1


def test_the_same_one_twice_is_answered_twice(chain: Chain, sent: list[bytes]) -> None:
    twice = [*sent, *sent]
    assert receipts(Asked(chain), twice) == expected(Asked(chain), sent) * 2


@pytest.mark.parametrize(
    "altered", [{"blockNumber": 7}, {"status": None, "gasUsed": None}, {"transactionHash": "0xzz"}]
)
def test_a_node_that_talks_nonsense_is_a_node_that_does_not_answer(
    chain: Chain, sent: list[bytes], altered: dict[str, object]
) -> None:
    asked = Asked(chain)

    def requests(wanted: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        answers = chain.rpc.batch(wanted)
        return [
            [receipt | altered for receipt in answer] if method == "eth_getBlockReceipts" else answer
            for answer, (method, _) in zip(answers, wanted, strict=True)
        ]

    asked.requests = requests  # type: ignore[method-assign]
    with pytest.raises(ChainUnavailable):
        receipts(asked, sent)
