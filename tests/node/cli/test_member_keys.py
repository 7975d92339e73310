"""`member rotate node`: only of a node that stands still, and not twice without a word."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from node.engines.factory import client_at
from node.layout import Layout
from tests.node.cli.stage import assembled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(scene: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("node.cli.member_keys.SCRYPT_COST", 2)
    assembled(scene)
    return scene / "310000"


def rotate(folder: Path, *names: str) -> int:
    passphrase = folder.parent / "passphrase"
    return run(["member", "rotate", *names, "--dir", str(folder), "--passphrase-file", str(passphrase)])


@pytest.mark.parametrize("who", ["supervisor", "process"])
def test_a_running_nodes_key_is_not_replaced(folder: Path, who: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It would find the new key at its next start, in the middle of its work."""
    client = client_at(Layout(folder))
    detached = client.place.supervisor if who == "supervisor" else client.process
    before = (folder / "card.json").read_bytes()
    detached.pid_file.parent.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-c", "import sys; sys.stdin.read()", detached.mark]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as running:
        detached.pid_file.write_text(str(running.pid), encoding="ascii")
        assert rotate(folder, "node") == 1
        said = capsys.readouterr().err
        assert "正在运行" in said
        assert "huren-node down first" in said
        assert (folder / "card.json").read_bytes() == before
        assert rotate(folder, "operator") == 0  # an account is none of the node's business
        running.communicate()
    capsys.readouterr()
    assert rotate(folder, "node") == 0
    assert "once more" not in capsys.readouterr().err


def test_a_key_that_nobody_took_up_yet_is_replaced_once_more_with_a_word(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rotate(folder, "node") == 0
    capsys.readouterr()
    assert rotate(folder, "node") == 0
    said = capsys.readouterr().err
    assert "再次更换" in said
    assert "is replaced once more" in said.replace("\n", " ")
    assert run(["network", "add", str(folder / "card.json"), "--replace", "--dir", str(folder)]) == 0
    capsys.readouterr()
    assert rotate(folder, "node") == 0
    assert "再次更换" not in capsys.readouterr().err


def test_a_mistyped_folder_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "nowhere"
    (tmp_path / "passphrase").write_text("long enough to be one\n", encoding="utf-8")
    (tmp_path / "passphrase").chmod(0o600)
    assert rotate(nowhere, "node") != 0
    for command in ("plan", "apply"):
        assert run(["governance", command, "--dir", str(nowhere)]) == 2
    assert not nowhere.exists()
    assert "Traceback" not in capsys.readouterr().err
