"""Gas is searched for once a kind of call; what differs from its kind is searched for by itself, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from counted import ACCOUNT, Asked

from gateway.ledger.estimating import Estimator, Wanted

if TYPE_CHECKING:
    from tests.ledger.conftest import Chain

# Writes to as many slots as calldata word 0 says; reverts where that is zero.
_WRITES = "60003580600b57600080fd5b8080556001900380600b5700"


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture
def asked(chain: Chain) -> Asked:
    return Asked(chain)


def test_of_many_calls_alike_one_is_searched_for(counter: bytes, asked: Asked) -> None:
    estimate = Estimator(asked, ACCOUNT.address)
    found = estimate([Wanted(counter, word(number)) for number in range(1, 51)])
    assert len({one.gas for one in found}) == 1
    assert found[0].gas > 43_000
    assert (asked.methods.count("eth_estimateGas"), asked.methods.count("eth_call")) == (1, 49)
    estimate([Wanted(counter, word(number)) for number in range(51, 101)])
    assert asked.methods.count("eth_estimateGas") == 1


def test_a_refused_call_is_refused_wherever_it_stands(counter: bytes, asked: Asked) -> None:
    estimate = Estimator(asked, ACCOUNT.address)
    for at in (0, 2):
        numbers = [1, 2, 3]
        numbers[at] = 0  # the contract refuses it
        found = estimate([Wanted(counter, word(number)) for number in numbers])
        assert [one.revert is not None for one in found] == [number == 0 for number in numbers]
        assert all(one.gas for one in found if one.revert is None)


def test_a_call_that_needs_more_than_its_like_gets_more(chain: Chain, asked: Asked) -> None:
    writer = chain.create(f"0x60{len(_WRITES) // 2:02x}80600b6000396000f3" + _WRITES)
    small, large, small_again = Estimator(asked, ACCOUNT.address)(
        [Wanted(writer, word(number)) for number in (1, 40, 2)]
    )
    assert large.gas > 40 * 20_000 > small.gas
    assert small_again.gas > 0
    assert asked.methods.count("eth_estimateGas") == 2


def test_what_ran_out_of_gas_is_searched_for_by_itself(counter: bytes, asked: Asked) -> None:
    estimate = Estimator(asked, ACCOUNT.address)
    estimate([Wanted(counter, word(1)), Wanted(counter, word(2), unlike_others=True)])
    assert asked.methods == ["eth_estimateGas", "eth_estimateGas"]


def test_gas_that_was_planned_is_tried_once_and_not_changed(counter: bytes, asked: Asked) -> None:
    enough, too_little = Estimator(asked, ACCOUNT.address)(
        [Wanted(counter, word(1), gas=90_000), Wanted(counter, word(2), gas=25_000)]
    )
    assert enough.gas == 90_000
    assert not too_little.gas  # refused: as too large by geth, without a word by anvil
    assert asked.methods == ["eth_call", "eth_call"]
