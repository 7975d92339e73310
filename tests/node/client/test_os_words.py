"""Why the system refused is told in Chinese in a Chinese sentence, and in its own words in an English one."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import orjson
import pytest

from gateway.cli import main as huren
from node.cli import main as huren_node
from node.client.os_words import _SENTENCES, in_chinese

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EADDRINUSE])
def test_what_the_system_says_is_told_in_chinese(number: int) -> None:
    said = in_chinese(f"设置不可用：{os.strerror(number)}（/srv/data）")
    assert os.strerror(number) not in said
    assert said.startswith("设置不可用：")
    assert said.endswith("（/srv/data）")


def test_no_two_reasons_are_told_alike_and_what_is_unknown_stays() -> None:
    assert len(set(_SENTENCES.values())) == len(_SENTENCES)
    assert in_chinese("出错：Something else") == "出错：Something else"


def test_a_settings_file_that_is_not_there_is_told_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["job", "list", "--config", str(tmp_path / "gateway.toml")]
    assert huren.run(words) == 2
    zh, _, en = capsys.readouterr().err.partition("error: ")
    assert "没有该文件或文件夹" in zh
    assert "No such file" not in zh
    assert "No such file or directory" in en
    huren.run([*words, "--json"])
    assert "没有该文件或文件夹" in orjson.loads(capsys.readouterr().out)["error"]["zh"]
    assert huren_node.run(["up", "--dir", str(tmp_path)])
    zh, _, _ = capsys.readouterr().err.partition("error: ")
    assert "No such file" not in zh
