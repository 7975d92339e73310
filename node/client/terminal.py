"""What `huren` and `huren-node` say at a terminal: exit codes, two languages, one way to print and one to fail.

Results go to standard output: a table or sentences for a person, or one JSON document with ``--json``.
Progress, notes and problems go to standard error, so that a pipe sees results only.

    >>> from node.client import terminal
    >>> terminal.say("已吊销", "revoked")
    '已吊销 / revoked'
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn, Protocol, cast

import orjson
import typer
from rich.console import Console
from typer._click.exceptions import (  # typer carries its own copy of click
    BadParameter,
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
)
from typer.core import TyperGroup
from typer.exceptions import Abort
from typer.exceptions import Exit as Finished

from node.client import field_words, os_words
from node.client.attended import attended
from node.client.errors import Exit
from node.client.usage_words import in_chinese, plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from typer._click import Command

__all__ = [
    "Complaint", "Exit", "JsonFlag", "Told", "emit", "err", "fail", "note", "out", "program", "run", "say", "show",
    "to_json", "told_whole",
]  # fmt: skip


class Told(Protocol):
    """Something wrong that can be said: `code`, `zh`, `en`, and where there is something to do `hintZh`, `hintEn`."""

    @property
    def exit_code(self) -> int:
        """With what a command ends that it stops (:class:`Exit`)."""

    def to_json(self) -> dict[str, str]:
        """Return those."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a call, or with the machine, rather than with what was asked for."""

    code: str
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    exit_code: int = Exit.CANNOT

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "hintZh": self.hint_zh, "hintEn": self.hint_en}


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


def confirmed(yes: bool, zh: str, en: str, *, as_json: bool) -> None:  # noqa: FBT001 - as in: confirmed?
    """Ask the person; where nobody can be asked, only --yes says yes.

    Raises:
        typer.Exit: nobody said yes (exit code 1).
    """
    if yes:
        return
    if as_json or not attended():
        note(f"未办理：{zh}须加 --yes", f"not done: {en} Say --yes")
        raise typer.Exit(Exit.AGAINST)
    if not typer.confirm(say(zh, en), err=True):
        raise typer.Exit(Exit.AGAINST)


def show(error: Told, *, as_json: bool = False) -> None:
    """Print an error in both languages, as JSON on standard output or as text on standard error."""
    said = error.to_json()
    said = {**said, "zh": field_words.in_chinese(os_words.in_chinese(said["zh"]))}
    if as_json:
        typer.echo(to_json({"error": said}))
        return
    for mark, sentence, hint in (("错误：", "zh", "hintZh"), ("error: ", "en", "hintEn")):
        err.print(f"{mark}{said[sentence]}", style="red", markup=False)
        if said.get(hint):
            err.print(f"  → {said[hint]}", markup=False)


def fail(error: Told, *, as_json: bool = False, code: Exit | None = None) -> NoReturn:
    """End the command with an error said in both languages: no traceback, and what to do about it.

    The error's class says the exit code; `code` is for a command to which the same error means something else.
    """
    show(error, as_json=as_json)
    raise typer.Exit(error.exit_code if code is None else code)


def program(name: str, about: str, cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Return the root of a program's commands; without a command it tells which there are."""
    app = typer.Typer(
        name=name,
        help=about,
        cls=cls,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def root() -> None:
        pass

    return app


def told_whole(command: Command) -> Command:
    """Let lists of commands show each one's line to its end: cut off, it would lack its second language."""
    command.short_help = command.short_help or command.help
    for one in command.commands.values() if isinstance(command, TyperGroup) else ():
        told_whole(one)
    return command


def run(command: Command, arguments: Sequence[str], program: str, errors: tuple[type[Exception], ...]) -> int:
    """Run one command line and return its exit code; prints what went wrong, never a traceback for a user's mistake.

    Typer ends a usage error with 2, which here means that something could not be done; ours is 64.

    Args:
        command: the whole tree, of `typer.main.get_command`.
        arguments: the words after the program's name.
        program: its name.
        errors: what the program raises on purpose; each is :class:`Told`, and its class says the exit code.
    """
    as_json = "--json" in arguments
    for stream in (sys.stdout, sys.stderr):  # where a terminal has no Chinese, the work is done and said all the same
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code: int = Exit.CANNOT
    try:
        result = command.main(args=list(arguments), prog_name=program, standalone_mode=False)
        code = result if isinstance(result, int) else Exit.OK
    except NoArgsIsHelpError as error:
        typer.echo(error.format_message(), err=True)
        code = Exit.USAGE
    except ClickException as error:
        zh, en = _misused(error)
        hints = ("用法见 --help", "see --help")
        wrong = Complaint("cli.usage", f"用法有误：{zh}", f"wrong usage: {en}", *hints, Exit.USAGE)
        show(wrong, as_json=as_json)
        code = wrong.exit_code
    except Finished as finished:
        code = finished.exit_code
    except (Abort, KeyboardInterrupt):
        note("已中断", "interrupted")
    except errors as error:
        told = cast("Told", error)
        show(told, as_json=as_json)
        code = told.exit_code
    except OSError as error:
        show(_refused(error), as_json=as_json)
    return code


def _misused(error: ClickException) -> tuple[str, str]:
    """What is wrong with a call, in Chinese and English; the options that it is about are named in both."""
    said = plainly(error.format_message())
    if isinstance(error, NoSuchOption):
        return f"没有选项 {error.option_name}", said
    if not isinstance(error, BadParameter):
        return in_chinese(said), said
    hint = error.param_hint or (error.param.get_error_hint() if error.param else "")
    place = hint if isinstance(hint, str) else ", ".join(hint)
    if isinstance(error, MissingParameter):
        return f"缺少 {place}", said
    # Ours are said in both languages already (`say`): each goes to its own.
    zh, _, en = error.message.partition(" / ")
    if not en or zh.isascii():
        return f"{place} 的值不可用：{in_chinese(error.message)}", said
    return f"{place} 的值不可用：{zh}", f"invalid value for {place}: {en}"


def _refused(error: OSError) -> Complaint:
    """The operating system refused: a full disk, a missing folder, permissions."""
    why, what = error.strerror or str(error), error.filename or ""
    return Complaint(
        "cli.machine",
        f"操作系统拒绝：{why}（{what}）",
        f"the operating system refused: {why} ({what})",
        "请检查磁盘空间、路径与权限后重试；已完成的部分不会重复",
        "check disk space, paths and permissions and run it again: what is done is not done twice",
    )
