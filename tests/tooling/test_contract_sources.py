"""What the law's sources never contain, whatever a later change brings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def code() -> dict[str, str]:
    return {
        str(path.relative_to(CONTRACTS)): COMMENT.sub("", path.read_text(encoding="utf-8"))
        for path in sorted(CONTRACTS.rglob("*.sol"))
    }


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Never `tx.origin`", r"tx\.origin|origin\(\)"),
        ("never block randomness", r"block\.(prevrandao|difficulty)|blockhash\(|\bprevrandao\("),
        ("No proxies", r"delegatecall|ERC1967|Initializable|upgradeTo|callcode\("),
        ("ends with its code (nothing may take it away)", r"selfdestruct"),
    ],
)
def test_no_contract_breaks_the_rule_for_all_contracts(sentence: str, word: str) -> None:
    sources = code()
    assert "CredentialRegistry.sol" in sources
    assert [name for name, text in sources.items() if re.search(word, text)] == [], sentence


def test_the_search_sees_what_it_looks_for() -> None:
    assert COMMENT.sub("", "a // tx.origin\n/* tx.origin */ tx.origin").count("tx.origin") == 1
