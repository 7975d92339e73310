"""What is wrong with a field of a network's files is told in Chinese in a Chinese sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import node
from node.cli import main
from node.client.field_words import in_chinese

_ROOM = Path(node.__file__).parent
_FILES = sorted(
    [*_ROOM.glob("description/*.py"), _ROOM / "local.py", _ROOM / "ceremony/card.py", _ROOM / "ceremony/plan.py"]
)
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
_CARD = '{"format": "huren.swarm-key/1"}'


def _said(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    assert isinstance(argument, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "X1" for part in argument.values)


def _own_sentences() -> list[str]:
    calls = (
        each.exc
        for path in _FILES
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call)
    )
    return [_said(call.args[0]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "ValueError"]


def test_there_are_sentences_of_our_own_to_translate() -> None:
    assert len(_own_sentences()) > 25


@pytest.mark.parametrize("english", _own_sentences())
def test_every_sentence_of_our_own_is_told_in_chinese(english: str) -> None:
    said = in_chinese(f"网络描述有误：member[1].node: Value error, {english}")
    assert english not in said
    assert not _ENGLISH.search(said), said
    assert said.startswith("网络描述有误：member[1].node: ")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Extra inputs are not permitted", "没有此项"),
        ("Input should be a multiple of 10000", "须为 10000 的倍数"),
        ("Input should be 'member' or 'observer'", "须为 'member' or 'observer'"),
        ("unexpected character, expected a JSON value: line 1 column 1 (char 0)", "第 1 行第 1 列不合 JSON 写法"),
        ("Expected '=' after a key in a key/value pair (at line 3, column 9)", "第 3 行第 9 列不合 TOML 写法"),
    ],
)
def test_the_libraries_sentences_keep_their_values(english: str, chinese: str) -> None:
    assert in_chinese(f"不可用（{english}），请改正") == f"不可用（{chinese}），请改正"


def test_a_folder_without_a_network_is_told_what_folder_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["status", "--dir", str(tmp_path)]) == 2
    zh, _, en = capsys.readouterr().err.partition("error: ")
    assert "中没有 network.toml：--dir" in zh
    assert "wrong" not in en
    assert "--dir names a member's folder" in en


def test_a_plan_with_a_strange_key_is_refused_without_english_in_the_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('colour = 1\nname = "huren"\nchain_id = 7\n[engine]\nkind = "geth"\n')
    card = tmp_path / "card.json"
    card.write_text(_CARD)
    assert main.run(["network", "assemble", str(plan), str(card), "--dir", str(tmp_path / "x")]) == 1
    zh, _, en = capsys.readouterr().err.partition("error: ")
    assert "colour：请改正（没有此项）" in zh
    assert not _ENGLISH.search(zh)
    assert "Extra inputs are not permitted" in en


def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place, host in (("a", "127.0.0.1"),):
        words = ["member", "new", "--dir", str(tmp_path / place), "--province", "310000", "--role", "observer"]
        assert main.run([*words, "--name-zh", "上海市", "--name-en", "Shanghai", "--host", host]) == 0
    other = tmp_path / "other.json"
    other.write_text(_CARD)
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'name = "huren"\nchain_id = 7\ntrial = true\nchairs = [310000]\n[engine]\nkind = "geth"\ngenesis_time = 1\n'
    )
    capsys.readouterr()
    assert main.run(["network", "assemble", str(plan), str(other), "--dir", str(tmp_path / "a")]) == 1
    said = capsys.readouterr().err
    assert said.count(str(other)) == 2, said
    assert "须为 'huren.member-card/1'" in said
