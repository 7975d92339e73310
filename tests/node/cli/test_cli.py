from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer

from node.cli.main import build, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.conftest import TrialNetwork

TREE = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
COMMANDS = {
    " ".join([name, *below]): found
    for name, command in TREE.items()
    for below, found in (
        [([one], leaf) for one, leaf in command.commands.items()] if hasattr(command, "commands") else [([], command)]
    )
}
"""Every command by the words that call it."""
NEEDS = {
    "motion open": ["pause", "province=310000"],
    "motion vote": ["0x00000000", "--for"],
    "motion execute": ["0x00000000"],
    "motion show": ["0x00000000"],
    "rewind": ["--to", "1"],
    "succeed": ["CredentialRegistry"],
    "backup create": ["x.backup", "--to", "0x" + "12" * 32],
    "network add": ["no-such-card.json"],
    "network leave": ["320000"],
    "swarm-key open": ["no-such-file.json"],
}
"""What a command must be given besides --dir."""
LACKING = {
    "network.toml": "node.NoDescriptionError",
    "network.json": "node.NetworkFileError",
    "local.toml": "node.LocalFileError",
    "card.json": "node.UnreadableError",
}
"""The file that a command looks for first in an empty folder, and the error that says so."""
ELSEWHERE = {
    "init",
    "advance",
    "member new",
    "member rotate",
    "network assemble",
    "backup verify",
    "backup key",
    "restore",
}
"""Commands that need no network's folder."""


def chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def english(text: str) -> bool:
    return any(character.isascii() and character.isalpha() for character in text)


def test_the_commands_are_those_of_the_operators_guide() -> None:
    assert set(TREE) == {
        *("init", "member", "network", "swarm-key", "render"),
        *("up", "status", "down", "advance", "rewind"),
        *("deploy", "verify-contracts", "motion", "governance", "succeed"),
        *("backup", "restore"),
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained_in_chinese_and_english(name: str) -> None:
    command = COMMANDS[name]
    assert chinese(command.help)
    assert english(command.help)
    for parameter in command.params:
        if parameter.name != "help":
            assert chinese(parameter.help), parameter.name
            assert english(parameter.help), parameter.name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_json_and_refuses_a_bad_flag_with_64(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--json" in [flag for parameter in COMMANDS[name].params for flag in parameter.opts]
    assert run([*name.split(), "--no-such-flag"]) == 64
    printed = capsys.readouterr()
    assert "no-such-flag" in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("arguments", [["nonsense"], ["up"], ["up", "--dir"], ["init", "--dir", "x", "--port", "0"]])
def test_a_command_line_that_is_wrong_is_a_usage_error(arguments: list[str]) -> None:
    assert run(arguments) == 64


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "互认" in capsys.readouterr().out
    assert run(["deploy", "--help"]) == 0


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ELSEWHERE])
def test_a_folder_without_a_network_is_a_sentence_not_a_traceback(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*name.split(), *NEEDS.get(name, [])]
    assert run([*words, "--dir", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "错误：" in printed.err
    assert "error:" in printed.err
    assert any(name in printed.err for name in LACKING)
    assert run([*words, "--dir", str(tmp_path), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] in LACKING.values()
    assert chinese(error["zh"])
    assert english(error["en"])


@pytest.mark.parametrize(
    "choice", [[], ["--days", "1", "--now"], ["--days", "1", "--seconds", "1"], ["--days", "-1"], ["--days", "x"]]
)
def test_advance_takes_exactly_one_distance(choice: list[str], tmp_path: Path) -> None:
    assert run(["advance", "--dir", str(tmp_path), *choice]) == 64


def test_no_option_takes_a_passphrase_itself() -> None:
    for name, command in COMMANDS.items():
        for parameter in command.params:
            for flag in parameter.opts:
                if "pass" in flag:
                    assert flag in {"--passphrase-file", "--passphrase-fd"}, name


def huren_node(*arguments: str, pass_fds: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-c", "from node.cli.main import main; main()", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, pass_fds=pass_fds)


def test_a_terminal_without_chinese_is_no_reason_to_fail(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "from node.cli.main import main; main()"]
    for words, code in (["init"], 0), (["init"], 2):
        done = subprocess.run(
            [*argv, *words, "--dir", str(tmp_path)],
            capture_output=True,
            check=False,
            timeout=120,
            env={"PYTHONIOENCODING": "ascii"},
        )
        assert done.returncode == code, done.stderr
        assert b"Traceback" not in done.stderr
        assert b"network.toml" in done.stdout + done.stderr
        assert (done.stdout + done.stderr).isascii()


@pytest.mark.network
def test_a_network_lives_from_init_to_down(tmp_path: Path, free_port: int) -> None:
    where = ["--dir", str(tmp_path / "net"), "--json"]
    made = huren_node("init", *where, "--port", str(free_port), "--start-days-ago", "30", "--chain-id", "77")
    assert made.returncode == 0, made.stderr
    secret = (tmp_path / "net" / "keys" / "passphrase").read_text(encoding="utf-8").strip()
    assert secret not in made.stdout + made.stderr
    stopped = huren_node("status", *where)
    assert (stopped.returncode, json.loads(stopped.stdout)["running"]) == (2, False)
    try:
        up = huren_node("up", *where)
        assert up.returncode == 0, up.stderr
        assert json.loads(up.stdout)["chain_id"] == 77
        first = huren_node("deploy", *where)
        assert first.returncode == 0, first.stderr
        assert json.loads(first.stdout)["steps"][-1] == "constitute"
        again = huren_node("deploy", *where)
        assert json.loads(again.stdout)["steps"] == []
        assert json.loads(again.stdout)["contracts"] == json.loads(first.stdout)["contracts"]
        moved = huren_node("advance", *where, "--days", "10")
        assert 19 < json.loads(moved.stdout)["behind_seconds"] / 86_400 < 21
        beyond = huren_node("advance", *where, "--days", "90")
        assert beyond.returncode == 2
        assert json.loads(beyond.stdout)["error"]["code"] == "node.BeyondWallClockError"
        running = huren_node("status", *where)
        assert (running.returncode, json.loads(running.stdout)["deployed"]) == (0, True)
        assert json.loads(running.stdout)["chair"]["province"] == 310_000  # the first member in network.toml
    finally:
        down = huren_node("down", *where)
    assert (down.returncode, json.loads(down.stdout)["stopped"]) == (0, True)
    assert json.loads(huren_node("down", *where).stdout)["stopped"] is False


@pytest.mark.network
def test_a_passphrase_comes_through_a_descriptor_and_a_wrong_one_is_refused(
    trial: TrialNetwork, tmp_path: Path
) -> None:
    trial.up()
    secret = trial.layout.passphrase.read_bytes()
    trial.layout.passphrase.unlink()
    for content, code in ((b"wrong\n", 2), (b"\n", 2), (secret, 0)):
        reading, writing = os.pipe()
        os.write(writing, content)
        os.close(writing)
        arguments = ["deploy", "--dir", str(tmp_path), "--passphrase-fd", str(reading)]
        done = huren_node(*arguments, pass_fds=(reading,))
        os.close(reading)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert secret.decode().strip() not in done.stdout + done.stderr


def test_a_wrong_call_is_told_in_both_languages_and_in_json_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["up", "--no-such-flag"]) == 64
    said = capsys.readouterr().err
    assert "用法有误" in said
    assert "wrong usage" in said
    assert run(["up", "--no-such-flag", "--json"]) == 64
    assert '"cli.usage"' in capsys.readouterr().out


def test_what_the_machine_refuses_is_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["init", "--dir", str(tmp_path / "file" / "network")]) == 2
    said = capsys.readouterr().err
    assert "操作系统拒绝" in said
    assert "the operating system refused" in said
