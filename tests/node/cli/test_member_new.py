"""`huren-node member new`: a member's folder as its operator makes it, and makes it again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from node.local import read as read_local
from tests.node.cli.stage import SECRET, assembled, member_new, printed

if TYPE_CHECKING:
    from pathlib import Path


def test_a_members_card_is_shown_with_its_fingerprint_and_no_secret(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*member_new(scene, 310_000), "--json"]) == 0
    again = printed(capsys)
    assert again["made"] == []
    assert len(again["fingerprint"].split()) == 12
    assert (len(again["accounts"]), again["province"]) == (4, 310_000)
    assert run(member_new(scene, 310_000)) == 0
    said = capsys.readouterr()
    assert "成员卡 / the member's card" in said.out
    assert "nothing was changed" in said.err
    key = (scene / "310000" / "keys" / "node.key").read_text(encoding="ascii").strip()
    assert SECRET not in said.out + said.err
    assert key not in said.out + said.err


def test_a_card_that_would_say_something_else_needs_a_word(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = member_new(scene, 310_000, "--swarm-port", "4002")
    assert run(moved) == 1
    assert "--reissue" in capsys.readouterr().err
    assert run([*moved, "--reissue", "--json"]) == 0
    assert printed(capsys)["made"] == [str(scene / "310000" / "card.json")]


@pytest.mark.parametrize(
    "words",
    [
        ["--host", "node.example.cn"],
        ["--role", "king"],
        ["--province", "310100"],
        ["--rpc-port", "5001"],
        ["--p2p-port", "4001"],
        ["--p2p-port", "8545"],
        ["--swarm-port", "9645"],
        ["--listen", "everywhere"],
    ],
)
def test_what_a_member_says_wrongly_is_a_usage_error_and_makes_no_key(
    scene: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = [*member_new(scene, 310_000), "--dir", str(scene / "fresh"), *words]
    assert run(fresh) == 64
    said = capsys.readouterr().err
    assert "错误：" in said
    assert "error:" in said
    assert not (scene / "fresh" / "keys").exists()


def test_a_member_that_moved_says_its_new_address_and_nothing_else_changes(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, secret = ["--dir", str(scene / "310000")], ["--passphrase-file", str(scene / "passphrase")]
    assert run([*member_new(scene, 310_000), "--p2p-port", "30310", "--daily-leaves", "77", "--reissue"]) == 0
    assert run(["member", "new", *own, *secret]) == 0
    capsys.readouterr()
    assert run(["member", "new", *own, *secret, "--host", "10.9.9.9"]) == 1
    assert "10.9.9.9" in capsys.readouterr().err
    before = json.loads((scene / "310000" / "card.json").read_bytes())["member"]
    assert run(["member", "new", *own, *secret, "--host", "10.9.9.9", "--reissue"]) == 0
    after = json.loads((scene / "310000" / "card.json").read_bytes())["member"]
    assert after == before | {"node": before["node"] | {"host": "10.9.9.9"}}
    assert (after["node"]["p2p_port"], after["operator"][0]["daily_leaves"]) == (30_310, 77)


@pytest.mark.parametrize(("host", "listen"), [("10.0.31.5", "0.0.0.0"), ("fd00::31", "::")])  # noqa: S104 - compared
def test_a_member_listens_where_it_is_reached(scene: Path, host: str, listen: str) -> None:
    folder = scene / "fresh"
    assert run([*member_new(scene, 310_000), "--dir", str(folder), "--host", host]) == 0
    assert read_local(folder / "local.toml").listen == listen


def test_what_only_the_member_can_say_is_asked_for(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["member", "new", "--dir", str(scene / "fresh"), "--province", "310000", "--host", "10.0.0.1"]) == 64
    assert "--name-zh, --name-en" in capsys.readouterr().err
    assert not (scene / "fresh").exists()


def test_settings_that_are_there_are_not_passed_over_in_silence(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = scene / "310000" / "local.toml"
    before = local.read_bytes()
    for words in (["--rpc-port", "9000"], ["--listen", "10.0.31.5"], ["--province", "320000", "--reissue"]):
        assert run([*member_new(scene, 310_000), *words]) == 1
        said = capsys.readouterr().err
        assert f"{local} exists and says" in said
        assert "Edit it" in said
    assert local.read_bytes() == before
    local.write_text("province = 310000\nrpc_port = 9000\n", encoding="utf-8")
    assert run([*member_new(scene, 310_000), "--rpc-port", "9000"]) == 0


def test_a_damaged_card_is_written_anew_where_that_is_asked_for(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = scene / "310000" / "card.json"
    before = json.loads(card.read_bytes())["member"]
    card.write_bytes(card.read_bytes()[:-9])
    assert run(member_new(scene, 310_000)) == 1
    assert "card.json" in capsys.readouterr().err
    assert run([*member_new(scene, 310_000), "--reissue"]) == 0
    assert json.loads(card.read_bytes())["member"]["admin"] == before["admin"]


def test_a_passphrase_is_asked_of_nobody_where_nobody_sits(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = member_new(scene, 310_000)
    at = words.index("--passphrase-file")
    assert run(words[:at]) == 2
    assert "--passphrase-file" in capsys.readouterr().err


def test_what_is_made_under_an_open_umask_is_written_by_its_owner_alone(scene: Path) -> None:
    fresh = scene / "fresh" / "310000"
    words = [word if word != str(scene / "310000") else str(fresh) for word in member_new(scene, 310_000)]
    program = [sys.executable, "-c", "from node.cli import main, member; member.SCRYPT_COST = 2; main.main()"]
    subprocess.run([*program, *words], check=True, capture_output=True, umask=0, timeout=120)
    for name in ("network.toml", "genesis.json"):
        shutil.copy(assembled(scene) / "310000" / name, fresh / name)
    shutil.copytree(scene / "310000" / "keys", fresh / "keys", dirs_exist_ok=True)
    subprocess.run([*program, "render", "--dir", str(fresh)], check=True, capture_output=True, umask=0, timeout=120)
    made = [scene / "fresh", *(scene / "fresh").rglob("*")]
    assert {"units", "chain", "keys"} <= {path.name for path in made}
    assert [path for path in made if path.stat().st_mode & 0o022] == []
    assert fresh.joinpath("keys").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in fresh.joinpath("keys").iterdir())
