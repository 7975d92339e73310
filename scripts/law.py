"""Holds docs/law.md to the tests: each sentence of the ledger's design beside the tests that quote it.

A row of its tables is ``| sentence | tests |``; a test is ``File.t.sol::function`` (below hardhat-config/forge) or
``tests/….py::function``, several are separated by commas. A test *quotes* the sentence where the comment above it or
above its contract (in Python: its docstring or its parameters, too) has words of it between double quotes; "…" within
the quotes leaves some out. A sentence may be split over several rows, and then each row has tests of its own.

``python scripts/law.py`` prints what is wrong, sentence by sentence; with ``--suggest`` the tests that quote a sentence
beside which no test stands yet.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from artifacts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LAW = ROOT / "docs" / "law.md"
FORGE = ROOT / "hardhat-config" / "forge"
HEADER = ["sentence", "tests"]
_CELL = re.compile(r"(?<!\\)\|")
_COMMENT = re.compile(r"^\s*(?:///?|#|\*)\s?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the law.

    Attributes:
        section: heading it stands under.
        sentence: what the design says.
        tests: ``file::function`` each; empty where nobody has written one yet.
    """

    section: str
    sentence: str
    tests: tuple[str, ...]


def rows_of(text: str) -> list[Row]:
    """Return the rows of every table of a Markdown text whose header is ``| sentence | tests |``."""
    section, rows, inside = "", [], False
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells == HEADER:
            inside = True
        elif inside and set(cells[0]) - set("-: "):
            sentence, column = cells
            tests = tuple(filter(None, (name.strip().strip("`") for name in column.split(","))))
            rows.append(Row(section, sentence.replace("\\|", "|"), tests))
    return rows


def _plain(text: str) -> str:
    """Reduce a text to what is compared: no case, no quotation marks or backticks, single spaces."""
    return " ".join(re.sub(r"[\"'`“”‘’*|]", "", text).casefold().split()).strip(" .,;:")


def quotes(comment: str, sentence: str) -> bool:
    """Return whether a comment has the sentence, or at least two words of it, between double quotes."""
    marks = [place for place, character in enumerate(comment) if character == '"']
    whole = _plain(sentence)
    for opening, closing in combinations(marks, 2):
        pieces = [_plain(piece) for piece in comment[opening + 1 : closing].split("…")]
        quoted = " ".join(pieces)
        if whole in quoted or (" " in quoted.strip() and _in_order(pieces, whole)):
            return True
    return False


def _in_order(pieces: list[str], whole: str) -> bool:
    at = 0
    for piece in pieces:
        found = whole.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _comment_above(lines: list[str], at: int) -> str:
    """Return the comment that ends on the line before ``at``."""
    gathered: list[str] = []
    for line in reversed(lines[:at]):
        if not _COMMENT.match(line):
            break
        gathered.append(_COMMENT.sub("", line))
    return "\n".join(reversed(gathered))


def path_of(test: str) -> Path:
    """Return the file that a test's name says."""
    file = test.partition("::")[0]
    return ROOT / file if file.startswith("tests/") else FORGE / file


def comments_of(test: str) -> list[str] | None:
    """Return the comments in which a test may quote; None where there is no such test."""
    path, function = path_of(test), test.partition("::")[2]
    if not function or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    return _of_python(text, function) if path.suffix == ".py" else _of_solidity(text, function)


def _of_python(text: str, function: str) -> list[str] | None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = text.splitlines()
            decorators = "\n".join(lines[first - 1 : node.lineno - 1])
            return [_comment_above(lines, first - 1), decorators, ast.get_docstring(node) or ""]
    return None


def _of_solidity(text: str, function: str) -> list[str] | None:
    lines = text.splitlines()
    defined = re.compile(rf"^\s*function {re.escape(function)}\(")
    at = next((number for number, line in enumerate(lines) if defined.match(line)), None)
    if at is None:
        return None
    outer = max((n for n, line in enumerate(lines[:at]) if re.match(r"(?:abstract )?contract ", line)), default=0)
    return [_comment_above(lines, at), _comment_above(lines, outer)]


def findings(text: str) -> list[str]:
    """Return what is wrong: rows without a test, tests that are not there, tests that do not quote their sentence."""
    found = []
    for row in rows_of(text):
        where = f"{row.section}: {row.sentence[:90]}"
        if not row.tests:
            found.append(f"{where}\n    no test")
        for test in row.tests:
            comments = comments_of(test)
            if comments is None:
                found.append(f"{where}\n    there is no test {test}")
            elif not any(quotes(comment, row.sentence) for comment in comments):
                found.append(f"{where}\n    {test} does not quote it")
    return found


def suggestions(text: str) -> list[str]:
    """Return for each row without a test the forge tests that quote its sentence."""
    function = re.compile(r"^\s*function ((?:test|invariant)\w*)\(", re.MULTILINE)
    tests = [
        f"{path.name}::{name}"
        for path in sorted(FORGE.glob("*.t.sol"))
        for name in function.findall(path.read_text(encoding="utf-8"))
    ]
    found = []
    for row in rows_of(text):
        if not row.tests:
            quoting = [
                test for test in tests if any(quotes(comment, row.sentence) for comment in comments_of(test) or [])
            ]
            found.append(f"{row.section}: {row.sentence[:90]}\n    {', '.join(quoting) or 'no test quotes it'}")
    return found


def main() -> int:
    """Print every finding; 1 where there is one."""
    if "--suggest" in sys.argv[1:]:
        print("\n".join(suggestions(LAW.read_text(encoding="utf-8"))))
        return 0
    found = findings(LAW.read_text(encoding="utf-8"))
    print("\n".join(found) or f"{len(rows_of(LAW.read_text(encoding='utf-8')))} rows, each quoted by its tests")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
