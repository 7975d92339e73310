"""What `huren supersede` is asked: one pair, a list of pairs, or what waits; anything else is a wrong call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from gateway.cli.main import run
from gateway.cli.supersede import _read

if TYPE_CHECKING:
    from pathlib import Path

USAGE = 64
HASH = "0x" + "ab" * 32


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["A1"],
        ["A1", "B1", "--pending"],
        ["A1", "B1", "--file", "pairs.csv"],
        ["--pending", "--file", "pairs.csv"],
        ["--file", "absent.csv"],
    ],
)
def test_one_way_to_say_what_is_superseded_and_only_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["supersede", *words]) == USAGE
    told = capsys.readouterr().err
    assert "用法有误" in told
    assert "wrong usage" in told


def read(folder: Path, text: str, encoding: str = "utf-8-sig") -> list[tuple[int, str, str]]:
    path = folder / "pairs.csv"
    path.write_text(text, encoding=encoding)
    return _read(path)


def test_a_list_is_read_as_clerks_save_it(tmp_path: Path) -> None:
    text = f'旧证书,新证书,备注\nA-1,B-1,改名\n\n# done\n"A-2", B-2 \n{HASH},B-3\n'
    assert read(tmp_path, text) == [(2, "A-1", "B-1"), (5, "A-2", "B-2"), (6, HASH, "B-3")]
    assert read(tmp_path, "old\tnew\nA-1\tB-1\n") == [(2, "A-1", "B-1")]
    assert read(tmp_path, "A-1,B-1\n") == [(1, "A-1", "B-1")]


@pytest.mark.parametrize("line", ["A-1", "A-1,", ",B-1"])
def test_a_line_without_a_pair_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(typer.BadParameter, match="line 2"):
        read(tmp_path, f"旧,新\n{line}\n")


def test_a_list_in_another_encoding_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter):
        read(tmp_path, "旧证书,新证书\n", encoding="utf-16")
