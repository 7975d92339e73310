"""A misspelt call is told in Chinese as well: the library's own sentences are English alone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import Annotated

import pytest
import typer

from node.client import terminal
from node.client.usage_words import in_chinese


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
    def floor() -> None:
        terminal.out.print("floor")

    return app


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        (("ceiling",), "没有命令 ceiling"),
        (("wall", "no-such-file"), "文件 no-such-file 不存在"),
        (("wall", "/"), "/ 是文件夹，应为文件"),
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
