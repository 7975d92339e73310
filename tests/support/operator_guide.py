"""docs/operator-guide.md as a test reads it: the blocks that are run, and every command that it writes down."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDE = Path(__file__).parents[2] / "docs" / "operator-guide.md"
_FENCE = re.compile(r"^```sh ?(?P<kind>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`((?:huren|huren-node) [^`\n]+)`")
_ENDS = re.compile(r"\s(?:\||>|&&|;|#).*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the trial it is run on ("": none), the line it begins at, its text."""

    kind: str
    line: int
    text: str


def blocks() -> list[Block]:
    """Every fenced block of commands, in the order of the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    return [
        Block(found["kind"], text.count("\n", 0, found.start()) + 2, found["text"]) for found in _FENCE.finditer(text)
    ]


def commands() -> Iterator[list[str]]:
    """The words of every command of ours, in blocks and in sentences."""
    for block in blocks():
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.strip().startswith(("huren ", "huren-node ")):
                yield shlex.split(_ENDS.sub("", line.strip()))
    for found in _SPAN.finditer(GUIDE.read_text(encoding="utf-8")):
        yield found[1].split()
