"""Each operator of the mutation run makes the change its name says, and names it the same in every checkout."""

from __future__ import annotations

import json
from pathlib import Path

import artifacts
import mutants
import pytest
import solcx

VERSION = json.loads(artifacts.COMPILER.read_text(encoding="utf-8"))["version"]
SOURCE = f"""// SPDX-License-Identifier: Apache-2.0
pragma solidity {VERSION};

/// 互认: bytes and characters differ before the code
contract A {{
    uint256 public count = 7;

    error ANotOwner();

    event ARaised();

    modifier only() {{
        _;
    }}

    function raise(uint256 by, bool big) external only returns (uint256) {{
        if (by < 10 && !big) revert ANotOwner();
        count += by;
        emit ARaised();
        return big ? count : by;
    }}
}}
"""


@pytest.fixture(scope="module")
def found() -> list[mutants.Mutant]:
    request = {
        "language": "Solidity",
        "sources": {"a.sol": {"content": SOURCE}},
        "settings": {"outputSelection": {"*": {"": ["ast"]}}},
    }
    output = solcx.compile_standard(request, solc_binary=artifacts.SOLC)
    return mutants.mutants_of("a.sol", SOURCE.encode(), output["sources"]["a.sol"]["ast"])


@pytest.mark.parametrize(
    ("original", "replacement"),
    [
        ("<", "<="),
        ("<", ">="),
        ("&&", "||"),
        ("by < 10 && !big", "true"),
        ("by < 10 && !big", "false"),
        ("by < 10 && !big", "by < 10"),
        ("by < 10 && !big", "!big"),
        ("!big", "big"),
        ("revert ANotOwner();", "{}"),
        ("count += by;", "{}"),
        ("+=", "-="),
        ("emit ARaised();", "{}"),
        ("big ? count : by", "count"),
        ("big ? count : by", "by"),
        ("only", ""),
        ("10", "11"),
        ("7", "8"),
    ],
)
def test_the_change_is_among_the_mutants_and_changes_only_its_place(
    found: list[mutants.Mutant], original: str, replacement: str
) -> None:
    (mutant,) = (one for one in found if (one.original, one.replacement) == (original, replacement))
    changed = mutant.apply(SOURCE.encode()).decode()
    assert changed == SOURCE[: len(SOURCE.encode()[: mutant.start].decode())] + replacement + (
        SOURCE.encode()[mutant.end :].decode()
    )
    assert original in SOURCE.splitlines()[mutant.line - 1]


def test_every_mutant_has_a_name_of_its_own(found: list[mutants.Mutant]) -> None:
    assert len({mutant.ident for mutant in found}) == len(found)


def test_a_name_survives_an_edit_elsewhere(found: list[mutants.Mutant]) -> None:
    moved = SOURCE.replace("contract A", "// one more line\ncontract A")
    request = {
        "language": "Solidity",
        "sources": {"a.sol": {"content": moved}},
        "settings": {"outputSelection": {"*": {"": ["ast"]}}},
    }
    output = solcx.compile_standard(request, solc_binary=artifacts.SOLC)
    again = mutants.mutants_of("a.sol", moved.encode(), output["sources"]["a.sol"]["ast"])
    assert [mutant.ident for mutant in again] == [mutant.ident for mutant in found]


def test_remappings_prefer_the_longest_prefix() -> None:
    rules = ["@a/=x/", "@a/b/=y/"]
    assert artifacts.remap("@a/b/c.sol", rules) == "y/c.sol"
    assert artifacts.remap("@a/c.sol", rules) == "x/c.sol"
    assert artifacts.remap("contracts/c.sol", rules) == "contracts/c.sol"


def test_artifacts_hold_what_was_compiled() -> None:
    compiler = json.loads((artifacts.TARGET / "compiler.json").read_text(encoding="utf-8"))
    for name in compiler["sources"]:
        assert (artifacts.TARGET / "sources" / name).is_file(), name
    assert Path(artifacts.TARGET / "CredentialRegistry.json").is_file()
