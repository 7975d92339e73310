"""`huren-node up` on a folder that lacks what the IPFS daemon needs: the chain runs, and what is lacking is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from node.client.deployment import Finality
from node.engines.protocol import EngineStatus
from node.layout import Layout
from node.network import Network
from tests.node.cli.stage import assembled

if TYPE_CHECKING:
    from pathlib import Path

RUNS = EngineStatus("geth", running=True, answering=True, pid=1, rpc_url="http://127.0.0.1:9")
NETWORK = Network("a", 20_260, "geth", RUNS.rpc_url, "0x" + "00" * 32, Finality(kind="instant", confirmations=0), 1)


@pytest.fixture
def trial(scene: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A member's folder of which no swarm key is opened; its chain client is taken to run."""
    monkeypatch.setattr("node.cli.chain.start", lambda _: (NETWORK, RUNS))
    monkeypatch.setattr("node.cli.chain.start_all", lambda layout: (NETWORK,) * len(layout.every_member()))
    folder = assembled(scene) / "310000"
    program = scene / "ipfs"
    program.touch()
    with Layout(folder).local.open("a", encoding="utf-8") as local:
        local.write(f'ipfs = "{program}"\n')
    return folder


def up(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["up", "--dir", str(folder), *words]) == 0
    return capsys.readouterr().err


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_swarm_key_that_was_not_opened_is_said_in_a_line_with_what_to_do(
    trial: Path, as_json: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    said = up(trial, capsys, *as_json)
    assert said.count("\n") == 1
    assert f"IPFS 无法启动：密钥文件 {trial / 'keys' / 'swarm.key'}" in said
    assert "huren-node swarm-key open" in said
    assert run(["swarm-key", "make", "--dir", str(trial)]) == 0
    capsys.readouterr()
    assert up(trial, capsys, *as_json) == ""


def test_each_member_of_a_trial_says_what_it_lacks(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = trial.parent / "members"
    members.mkdir()
    trial.rename(members / "310000")
    capsys.readouterr()
    assert str(members / "310000" / "keys" / "swarm.key") in up(trial.parent, capsys, "--all")


def test_a_daemon_that_is_not_installed_is_said_too(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (trial.parent / "ipfs").unlink()
    capsys.readouterr()
    assert "no program ipfs" in up(trial, capsys)
