"""What the bench asks forge, and how it reads the answer."""

from __future__ import annotations

import pytest
from mutation_bench import TIMED_OUT_CODE, embedded, first_failure, named_after


@pytest.mark.parametrize(
    ("output", "killer"),
    [
        (
            "[PASS] test_a() (gas: 1)\n[FAIL: counts differ: 1 != 2] test_b() (gas: 9)\n[FAIL] test_c() (gas: 1)",
            "test_b",
        ),
        ("[FAIL: x; counterexample: calldata=0x1 args=[1, [2]]] testFuzz_d(uint256,uint8[1]) (runs: 3)", "testFuzz_d"),
        (
            "[FAIL: invariant_4_x failed]\n\t[Sequence] (original: 1, shrunk: 1)\n invariant_4_x() (runs: 1)",
            "invariant_4_x",
        ),
        ("[FAIL: setup failed: EvmError: Revert] setUp() (gas: 0)", "setUp"),
        ("Error: something that is no failure of a test", "setUp"),
    ],
)
def test_the_first_failure_is_what_killed(output: str, killer: str) -> None:
    assert first_failure(1, output) == killer


def test_no_answer_in_time_kills_too() -> None:
    assert first_failure(TIMED_OUT_CODE, "") == "timeout"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("contracts/consortium/Members.sol", ["Members", "Consortium", "Members"]),
        ("contracts/TransferLedger.sol", ["TransferLedger", "Contracts", "Transfer"]),
        ("contracts/libraries/Leaf.sol", ["Leaf", "Libraries", "Leaf"]),
    ],
)
def test_the_tests_of_a_source_are_looked_for_by_its_name_then_its_folders_then_its_first_word(
    file: str, words: list[str]
) -> None:
    assert named_after(file) == words


def test_a_test_that_holds_a_contracts_code_itself_would_see_no_mutant_of_it() -> None:
    contracts = {"contracts/A.sol:A": "60aa", "contracts/I.sol:I": "", "contracts/B.sol:B": "60bb"}
    assert embedded("0x600160bb02", contracts) == "contracts/B.sol:B"
    assert embedded("0x6001", contracts) is None
