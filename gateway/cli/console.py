"""What all commands share: exit codes, one way to print, one way to fail.

Results go to standard output: a table or sentences for a person, or one JSON document with ``--json``.
Progress, notes and problems go to standard error, so that a pipe sees results only.

    >>> from gateway.cli import console
    >>> console.say("已吊销", "revoked")
    '已吊销 / revoked'
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.domain.errors import HurenError
    from node.client.errors import NodeError


class Exit(enum.IntEnum):
    """Exit codes, the same for every command (documented in docs/user-guide.md)."""

    OK = 0
    """Done; or the verdict is valid or registered."""
    AGAINST = 1
    """A verdict against the certificate, or findings that stopped the work."""
    CANNOT = 2
    """It could not be done or checked now."""
    USAGE = 64
    """The call's words are off (sysexits.h, EX_USAGE)."""


JsonFlag = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def say(zh: str, en: str) -> str:
    """A sentence in both languages, Chinese first."""
    return f"{zh} / {en}"


def _plain(value: object) -> object:
    """What JSON has no type for: bytes become 0x-hex, everything else its text."""
    if isinstance(value, bytes | bytearray | memoryview):
        return "0x" + bytes(value).hex()
    return str(value)


def to_json(payload: object) -> str:
    """``payload`` as indented JSON text; bytes as 0x-hex."""
    return orjson.dumps(payload, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


def emit(payload: Mapping[str, object] | Sequence[object], *, as_json: bool, text: Callable[[Console], None]) -> None:
    """Print a result: ``payload`` as JSON, or what ``text`` writes for a person."""
    if as_json:
        # Not through rich: it would wrap and interpret brackets.
        typer.echo(to_json(payload))
    else:
        text(out)


def note(zh: str, en: str) -> None:
    """Tell a person something that is not the result (standard error)."""
    err.print(say(zh, en), style="dim", markup=False)


def fail(error: HurenError | NodeError, *, as_json: bool = False, code: Exit = Exit.CANNOT) -> NoReturn:
    """End the command with an error said in both languages: no traceback, and what to do about it."""
    show(error, as_json=as_json)
    raise typer.Exit(code)


def show(error: HurenError | NodeError, *, as_json: bool = False) -> None:
    """Print an error in both languages, as JSON on standard output or as text on standard error."""
    said = error.to_json()
    if as_json:
        typer.echo(to_json({"error": said}))
        return
    for mark, sentence, hint in (("错误：", "zh", "hintZh"), ("error: ", "en", "hintEn")):
        err.print(f"{mark}{said[sentence]}", style="red", markup=False)
        if said.get(hint):
            err.print(f"  → {said[hint]}", markup=False)
