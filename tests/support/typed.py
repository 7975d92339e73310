"""The plain blocks of docs/operator-guide.md as their reader types them, with what a test puts for each placeholder.

    typed("huren-node network add card.json --dir DIR", {"DIR": str(folder), "card.json": str(card)})

A command that does not stand in one of those blocks, letter for letter, is refused: the tests type what the guide says.
That every command of the blocks is typed by some test is a test of its own (tests/cli/test_operator_guide.py).
"""

from __future__ import annotations

import ast
import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from operator_guide import blocks
from stage import BIN, Done, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TESTS = Path(__file__).parents[1]
_PLACEHOLDER = re.compile(r"(?<![\w/.-])(?:DIR\b|[\w-]+\.json\b|0x1a2b3c4d\b)")
_REMARK = re.compile(r"\s+#.*$")


class NotInTheGuideError(LookupError):
    """No plain block of docs/operator-guide.md has this line: it was changed, or the test types something else."""

    def __init__(self, line: str) -> None:
        super().__init__(f"docs/operator-guide.md has no such command in a block ```sh: {line}")
        self.line = line


@cache
def plain_lines() -> frozenset[str]:
    """Every line of the guide's plain blocks, without its remark."""
    lines = (line for block in blocks() if not block.kind for line in block.text.splitlines())
    return frozenset(_REMARK.sub("", line) for line in lines if line.strip())


def placeholders(line: str) -> set[str]:
    """What a reader of ``line`` replaces: the folder, the files of cards and accounts, a motion's number."""
    return set(_PLACEHOLDER.findall(line))


def typed(line: str, said: Mapping[str, str], *asked: str, ok: tuple[int, ...] = (0,)) -> Done:
    """Run a command of a plain block.

    Args:
        line: the command, as it stands in the guide, without the remark behind it.
        said: what stands for each of its placeholders.
        asked: options in place of what a person answers at the terminal, where a test has none: the passphrase (a
            file), and the yes.
        ok: exit codes that are well.

    Raises:
        NotInTheGuideError: it does not stand there.
        ValueError: nothing is said for one of its placeholders.
        CommandFailedError: it ended otherwise.
    """
    if line not in plain_lines():
        raise NotInTheGuideError(line)
    if lacking := placeholders(line) - said.keys():
        raise ValueError(f"what stands for {', '.join(sorted(lacking))} in: {line}")
    program, *words = (_PLACEHOLDER.sub(lambda found: said[found[0]], word) for word in shlex.split(line))
    return run(str(BIN / program), *words, *asked, "--json", ok=ok)


def typed_by_tests() -> dict[str, set[str]]:
    """Each command that tests type, and the functions that type it: those alone that are a test, or are named."""
    typing: dict[str, set[str]] = {}
    named: set[str] = set()
    for path in sorted(TESTS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for line in _typed_in(function):
                typing.setdefault(line, set()).add(function.name)
            inside = (node for node in ast.walk(function) if isinstance(node, ast.Name | ast.Attribute | ast.arg))
            named |= {_name(node) for node in inside} - {function.name}
    return {
        line: used
        for line, functions in typing.items()
        if (used := {one for one in functions if one.startswith("test_") or one in named})
    }


def _typed_in(function: ast.FunctionDef) -> Iterator[str]:
    """The commands that a function types, each a literal."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and _name(call.func) == "typed" and call.args:
            line = call.args[0]
            if isinstance(line, ast.Constant) and isinstance(line.value, str):
                yield line.value


def _name(node: ast.AST) -> str:
    """What a name, the end of a dotted name or a parameter (a fixture) is called."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return name
        case _:
            return ""
