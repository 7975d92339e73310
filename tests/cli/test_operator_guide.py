"""What the operator's guide writes down exists: each command, each option, each alarm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from operator_guide import GUIDE, blocks, commands
from typed import NotInTheGuideError, plain_lines, typed, typed_by_tests

import node.health
from gateway.cli import main as gateway_main
from node.cli import main as node_main

ROOTS = {
    "huren": typer.main.get_command(gateway_main.build()),
    "huren-node": typer.main.get_command(node_main.build()),
}
WRITTEN = sorted({tuple(words) for words in commands()})


@pytest.mark.parametrize("words", WRITTEN, ids=" ".join)
def test_each_command_in_the_guide_and_each_of_its_options_exists(words: tuple[str, ...]) -> None:
    command: Any = ROOTS[words[0]]
    rest = list(words[1:])
    while hasattr(command, "list_commands") and rest:
        name = rest.pop(0)
        found = command.get_command(None, name)
        assert found is not None, f"{' '.join(words)}: there is no {name}"
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in rest if word.startswith("-")} <= known


def test_the_guide_writes_down_enough_to_be_a_guide() -> None:
    assert {block.kind for block in blocks()} == {"", "anvil", "geth"}
    assert len(WRITTEN) > 40
    assert {words[:2] for words in WRITTEN} >= {
        ("huren", "backup"), ("huren", "restore"), ("huren", "recover"), ("huren-node", "backup"),
        ("huren-node", "restore"), ("huren-node", "succeed"), ("huren-node", "governance"), ("huren-node", "network"),
    }  # fmt: skip


def test_each_command_of_a_plain_block_is_typed_on_real_nodes_and_nothing_else_is() -> None:
    assert len(plain_lines()) > 20
    assert plain_lines() == typed_by_tests().keys()


def test_what_the_guide_does_not_say_is_not_typed() -> None:
    another = "huren-node member show --dir DIR --json"
    with pytest.raises(NotInTheGuideError):
        typed(another, {"DIR": "."})
    with pytest.raises(ValueError, match="what stands for DIR"):
        typed(another.removesuffix(" --json"), {})


def test_every_alarm_of_a_node_stands_in_the_guide_with_its_cure() -> None:
    source = "".join(one.read_text(encoding="utf-8") for one in sorted(Path(node.health.__file__).parent.glob("*.py")))
    names = set(re.findall(r'Alarm\(\s*"([a-z-]+)"', source))
    assert len(names) > 15
    table = GUIDE.read_text(encoding="utf-8").partition("## 7 ")[2].partition("## 8 ")[0]
    assert {name for name in names if f"`{name}`" not in table} == set()
