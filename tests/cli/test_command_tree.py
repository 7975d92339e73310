"""The whole command tree of both programs: help in two languages, --json, and 64 for a call whose words are off."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import typer

from gateway.cli import main as gateway_main
from node.cli import main as node_main

if TYPE_CHECKING:
    from collections.abc import Iterator

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2}")
PROGRAMS = {"huren": gateway_main, "huren-node": node_main}
HEAVY = {
    "alembic", "cryptography", "eth_abi", "eth_account", "fastapi", "httpx", "matplotlib", "nacl", "numpy", "openpyxl",
    "pyarrow", "solcx", "sqlalchemy", "structlog", "typst", "uvicorn", "web3", "xlsxwriter",
}  # fmt: skip
"""What takes long to import."""
EXPECTED = {
    "huren": {
        "serve", "issue", "export", "verify", "trust", "present", "suspend", "reinstate", "revoke", "supersede", "find",
        "account", "institution", "agreement", "evaluation", "transfer", "programme", "options", "statement", "pending",
        "audit", "token", "webhook", "key", "index", "documents", "job", "backup", "restore", "recover",
    },
    "huren-node": {
        "init", "member", "network", "swarm-key", "render", "up", "status", "down", "advance", "rewind",
        "deploy", "verify-contracts", "motion", "succeed", "governance", "backup", "restore",
    },
}  # fmt: skip


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Every command below a command, groups included, with the words that call it."""
    yield path, command
    for name in command.list_commands(None) if hasattr(command, "list_commands") else ():
        yield from commands(command.get_command(None, name), (*path, name))


TREE = {
    " ".join(path): (path, command)
    for program, module in PROGRAMS.items()
    for path, command in commands(typer.main.get_command(module.build()), (program,))
}
LEAVES = [words for words, (_, command) in TREE.items() if not hasattr(command, "commands")]


def bilingual(text: str) -> bool:
    return bool(CHINESE.search(text) and ENGLISH.search(text))


def call(words: str, *more: str) -> int:
    program, *rest = words.split()
    return int(PROGRAMS[program].run([*rest, *more]))


@pytest.mark.parametrize("program", list(PROGRAMS))
def test_the_commands_are_those_that_the_guide_describes(program: str) -> None:
    found = {path[1] for path, _ in TREE.values() if path[0] == program and len(path) == 2}
    assert found == EXPECTED[program]


@pytest.mark.parametrize("module", gateway_main.COMMANDS)
def test_the_list_of_commands_says_of_each_what_its_own_module_says(module: str) -> None:
    """The table by which the root tells its commands, and imports only the called one's module."""
    found = gateway_main._imported(module)
    assert {name: command.help for name, command in found.items()} == gateway_main.COMMANDS[module]


@pytest.mark.parametrize("program", list(PROGRAMS))
@pytest.mark.parametrize("arguments", [["--help"], [], ["no-such-command"]])
def test_telling_which_commands_there_are_imports_none_of_what_they_work_with(
    program: str, arguments: list[str]
) -> None:
    module = PROGRAMS[program].__name__
    script = f"import sys; from {module} import run; run({arguments}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stderr.split())
    assert "--help" in done.stdout + done.stderr


@pytest.mark.parametrize("words", TREE)
def test_every_command_has_help_in_both_languages(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, command = TREE[words]
    assert bilingual(command.help or ""), "the command's own help"
    assert call(words, "--help") == 0
    assert bilingual(capsys.readouterr().out)


@pytest.mark.parametrize("words", LEAVES)
def test_every_option_and_argument_has_help_in_both_languages(words: str) -> None:
    _, command = TREE[words]
    for parameter in command.params:
        if parameter.name != "help":
            assert bilingual(getattr(parameter, "help", None) or ""), f"{words}: {parameter.name}"


@pytest.mark.parametrize("words", LEAVES)
def test_every_command_can_answer_in_json(words: str) -> None:
    _, command = TREE[words]
    assert "--json" in [option for parameter in command.params for option in parameter.opts]


@pytest.mark.parametrize("words", TREE)
def test_a_flag_that_there_is_not_ends_with_64(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(words, "--no-such-flag") == 64
    told = capsys.readouterr()
    assert told.out == ""
    assert "--no-such-flag" in told.err


@pytest.mark.parametrize("words", [words for words in TREE if words not in LEAVES])
def test_a_command_that_there_is_not_ends_with_64(words: str) -> None:
    assert call(words, "no-such-command") == 64


@pytest.mark.parametrize("words", [words for words in TREE if words not in LEAVES])
def test_a_call_without_a_command_is_told_once_which_there_are(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(words) == 64
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("Commands:") == 1
    assert "错误" not in told.err


def test_a_wrong_call_is_told_in_both_languages_and_in_json_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert gateway_main.run(["verify", "--no-such-flag"]) == 64
    assert bilingual(capsys.readouterr().err)
    assert gateway_main.run(["verify", "--json", "--no-such-flag"]) == 64
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "cli.usage"


@pytest.mark.parametrize(
    "arguments",
    [
        ["find"],
        ["find", "--name", "a", "--number", "b"],
        ["export", "--out", "x"],
        ["export", "--out", "x", "--hash", "0x12"],
        ["export", "--out", "x", "--batch", "1", "--hash", "0x" + "ab" * 32],
        ["verify"],
        ["verify", "0x12"],
        ["verify", "x", "--source", "elsewhere"],
        ["account", "delete", "zero"],
        ["account", "delete", "0"],
        ["job", "list", "--limit", "0"],
        ["present", "x"],
    ],
)
def test_values_that_are_not_allowed_end_with_64(arguments: list[str]) -> None:
    assert gateway_main.run(arguments) == 64
