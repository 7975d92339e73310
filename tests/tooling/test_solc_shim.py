"""The compiler behind one small command line: what forge, hardhat and py-solc-x ask of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOLC = ROOT / "hardhat-config" / "solc"
LOCKED = json.loads((ROOT / "hardhat-config" / "compiler.json").read_text(encoding="utf-8"))["version"]


def solc(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([SOLC, *arguments], input=given, capture_output=True, text=True, timeout=120, check=False)


def request(sources: dict[str, str]) -> str:
    return json.dumps(
        {
            "language": "Solidity",
            "sources": {name: {"content": text} for name, text in sources.items()},
            "settings": {"evmVersion": "berlin", "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
        }
    )


def errors(answer: dict[str, Any]) -> list[str]:
    return [error["message"] for error in answer.get("errors", []) if error["severity"] == "error"]


def test_version_is_the_locked_one_with_its_commit() -> None:
    done = solc("--version")
    assert done.returncode == 0
    assert f"Version: {LOCKED}+commit." in done.stdout


def test_standard_json_compiles_from_standard_input_and_from_a_file(tmp_path: Path) -> None:
    asked = request({"a.sol": f"// SPDX-License-Identifier: MIT\npragma solidity {LOCKED};\ncontract A {{}}"})
    (tmp_path / "input.json").write_text(asked, encoding="utf-8")
    first, second = solc("--standard-json", given=asked), solc("--standard-json", str(tmp_path / "input.json"))
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["contracts"]["a.sol"]["A"]["evm"]["bytecode"]["object"].startswith("6080")


def test_the_same_question_has_the_same_answer_when_it_is_remembered() -> None:
    asked = request({"a.sol": f"// {os.urandom(8).hex()}\npragma solidity {LOCKED};\ncontract A {{}}"})
    assert solc("--standard-json", given=asked).stdout == solc("--standard-json", given=asked).stdout


def test_an_import_is_read_below_the_base_path_only(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    library = f"// SPDX-License-Identifier: MIT\npragma solidity {LOCKED};\nlibrary L {{}}"
    (inside / "l.sol").write_text(library, encoding="utf-8")
    (tmp_path / "outside.sol").write_text(library, encoding="utf-8")

    def ask(path: str) -> list[str]:
        text = f'// SPDX-License-Identifier: MIT\npragma solidity {LOCKED};\nimport "{path}";\ncontract A {{}}'
        return errors(
            json.loads(solc("--standard-json", "--base-path", str(inside), given=request({"a.sol": text})).stdout)
        )

    assert ask("l.sol") == []
    assert any("not found" in message for message in ask("/outside.sol"))
    assert any("not found" in message for message in ask("x/../../outside.sol"))


@pytest.mark.parametrize("arguments", [("--bin", "a.sol"), ()])
def test_what_it_does_not_do_it_refuses(arguments: tuple[str, ...]) -> None:
    done = solc(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("solc: ")
