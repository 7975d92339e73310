"""A misspelt call is told in Chinese as well: the library's own sentences are English alone."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import pytest
import typer
from typer._click import Context
from typer._click.exceptions import UsageError
from typer.core import TyperGroup

from gateway.cli import main as huren
from node.cli import main as huren_node
from node.client import terminal
from node.client.usage_words import in_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer._click import Command, Parameter


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def _app() -> typer.Typer:
    app = terminal.program("paint", "about")

    @app.command()
    def wall(
        tin: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
        colour: Annotated[Colour, typer.Option("--colour")] = Colour.RED,
        coats: Annotated[int, typer.Option("--coats", min=1, max=3)] = 1,
    ) -> None:
        terminal.out.print(f"{tin} {colour} {coats}")

    @app.command()
    def floor(
        dry: Annotated[bool, typer.Option("--dry")] = False,  # noqa: FBT002 - a command's option
        size: Annotated[tuple[int, int], typer.Option("--size")] = (1, 1),
        source: Annotated[Path | None, typer.Option("--from", exists=True, file_okay=False)] = None,
    ) -> None:
        terminal.out.print(f"floor {dry} {size} {source}")

    return app


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        (("ceiling",), "没有命令 ceiling"),
        (("flor",), "没有命令 flor，是否为 'floor'"),
        (("floor", "--dry=2"), "选项 --dry 不带值"),
        (("floor", "--from", __file__), "是文件，应为文件夹"),
        (("floor", "--from", "no-such-folder"), "文件夹 no-such-folder 不存在"),
        (("floor", "--size", "1"), "选项 --size 须带 2 个值"),
        (("wall", "a\0b"), "含有空字符"),
        (("wall", __file__, "--colour", ""), "“”不是 'red', 'green' 之一"),
        (("wall", "no-such-file"), "文件 no-such-file 不存在"),
        (("wall", "/"), "“/”是文件夹，应为文件"),
        (("wall", __file__, "--colour"), "选项 --colour 须带值"),
        (("wall", __file__, "--colour", "blue"), "“blue”不是 'red', 'green' 之一"),
        (("wall", __file__, "--coats", "many"), "须为整数"),
        (("wall", __file__, "--coats", "0"), "须不小于 1"),
        (("wall", __file__, "--coats", "9"), "须不大于 3"),
        (("floor", "twice"), "多出的参数：twice"),
    ],
)
def test_a_misspelt_call_is_told_in_chinese_too(
    words: tuple[str, ...], zh: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert terminal.run(typer.main.get_command(_app()), words, "paint", ()) == terminal.Exit.USAGE
    first, _, rest = capsys.readouterr().err.partition("error: wrong usage: ")
    assert zh in first
    assert rest
    assert "Value error" not in rest


def test_a_sentence_that_is_not_known_stays_as_it_is() -> None:
    assert in_chinese("Something new.") == "Something new."


def _commands(command: Command) -> Iterator[Command]:
    if isinstance(command, TyperGroup):
        for name in command.list_commands(Context(command)):
            found = command.get_command(Context(command), name)
            assert found is not None
            yield from _commands(found)
    else:
        yield command


def _refusal(command: Command, parameter: Parameter, value: str) -> str | None:
    if getattr(parameter, "is_flag", False):
        return None  # it takes no value
    several = parameter.nargs == -1 or getattr(parameter, "multiple", False)
    try:
        parameter.process_value(Context(command), (value,) if several else value)
    except UsageError as error:
        return error.message
    return None


WRONG = ("many", "", "a\0b", "/", "/nowhere", __file__, "-" + "9" * 30, "9" * 30, "1e99999")
ENDED = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("build", [huren.build, huren_node.build], ids=["huren", "huren-node"])
def test_no_value_of_any_option_or_argument_is_refused_in_english_alone(build: Callable[[], typer.Typer]) -> None:
    said = [
        refused
        for command in _commands(typer.main.get_command(build()))
        for parameter in command.params
        for value in WRONG
        if (refused := _refusal(command, parameter, value)) is not None
    ]
    assert len(said) > 100
    assert [one for one in said if not ENDED.search(in_chinese(one))] == []
