"""Besu as text and as recorded answers: it is installed by operators, not here."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from node.description import read
from node.engines import qbft
from node.engines.besu import Besu, major_version
from node.engines.errors import BinaryMissingError, MalformedValidatorError, ProgramUnusableError, VersionError
from node.engines.factory import engine_of
from node.engines.place import Place
from node.engines.sealer import NodeKeyError
from node.layout import Layout
from node.local import read as read_local
from tests.node.engines.socket_server import client_in

VECTORS = Path(__file__).parents[2] / "vectors" / "qbft"


def besu_of(trial: Layout, province: int = 310_000, **changes: Any) -> Besu:  # noqa: ANN401 - fields of Local
    own = trial.member(province)
    local = read_local(own.local).model_copy(update=changes)
    engine = engine_of(read(own.description), local, own)
    assert isinstance(engine, Besu)
    return engine


def program(folder: Path, said: str) -> str:
    path = folder / "besu"
    path.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="ascii")
    path.chmod(0o755)
    return str(path)


def test_every_option_is_one_that_besu_knows(besu_trial: Layout) -> None:
    known = set((VECTORS / "besu-options.txt").read_text(encoding="ascii").split())
    besu = besu_of(besu_trial)
    assert {f"--{name}" for name in besu.options()} <= known
    argv = besu_of(besu_trial, besu=__file__).command().argv
    assert [word.partition("=")[0] for word in argv[1:]] == ["--config-file"]
    assert "--config-file" in known


def test_its_configuration_is_what_was_measured(besu_trial: Layout) -> None:
    besu = besu_of(besu_trial)
    options = tomllib.loads(besu.config_text())
    assert options == besu.options(), "TOML says the same"
    assert options["rpc-http-enabled"] is True, "without it every other rpc-http option is ignored"
    assert options["rpc-http-api"] == ["ETH", "NET", "WEB3"]
    assert (options["min-gas-price"], options["sync-mode"], options["discovery-enabled"]) == (0, "FULL", False)
    assert "tx-pool-enable-balance-check" not in options, "senders have no balance where gas is free"
    assert not any("accounts-config" in name for name in options), "a list of accounts is one node's rule alone"
    assert (options["rpc-http-host"], options["p2p-interface"]) == ("127.0.0.1", "127.0.0.1")
    keys = besu.place.layout.node_key.read_text(encoding="ascii").strip()
    assert keys not in besu.config_text()


def test_peers_that_are_dialled_are_also_allowed(besu_trial: Layout) -> None:
    besu = besu_of(besu_trial)
    written = besu.render()
    static = json.loads(besu.static_nodes.read_bytes())
    allowed = tomllib.loads(besu.permissions.read_text(encoding="utf-8"))["nodes-allowlist"]
    assert len(static) == 3
    assert set(allowed) == {*static, besu.place.own.enode}
    assert all(path.stat().st_mode & 0o077 == 0 for path in written)
    assert besu.render() == ()
    assert set(written) < set(besu.configuration)


def test_a_folder_of_any_name_is_read_again(besu_trial: Layout, tmp_path: Path) -> None:
    own = Layout(shutil.copytree(besu_trial.member(310_000).folder, tmp_path / '𠮷 "互认" \\ 50%'))
    besu = engine_of(read(own.description), read_local(own.local), own)
    assert isinstance(besu, Besu)
    assert tomllib.loads(besu.config_text()) == besu.options()
    assert besu.options()["genesis-file"] == str(own.genesis)


@pytest.mark.parametrize(("others", "wanted"), [(3, 25), (25, 25), (33, 33)])
def test_nobody_is_turned_away_because_there_are_many_members(
    besu_trial: Layout, monkeypatch: pytest.MonkeyPatch, others: int, wanted: int
) -> None:
    besu = besu_of(besu_trial)
    crowd = besu.place.others[:1] * others
    monkeypatch.setattr(Place, "others", property(lambda _: crowd))
    assert besu.options()["max-peers"] == wanted


def test_a_key_that_is_absent_is_refused_before_besu_makes_one(besu_trial: Layout) -> None:
    besu = besu_of(besu_trial, 320_000)
    kept = besu.place.layout.node_key.read_bytes()
    besu.place.layout.node_key.unlink()
    try:
        with pytest.raises(NodeKeyError):
            besu.render()
    finally:
        besu.place.layout.node_key.write_bytes(kept)
        besu.place.layout.node_key.chmod(0o600)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("besu/v26.4.0/linux-x86_64/openjdk-java-21", 26),
        ("besu/26.4-develop-3fd224e/linux", 26),
        ("besu/v25.12.0/linux", 25),
        ("java: not found", None),
    ],
)
def test_the_version_is_read_out_of_what_it_says(said: str, version: int | None) -> None:
    assert major_version(said) == version


def test_no_besu_and_an_old_one_are_said_clearly(
    besu_trial: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BinaryMissingError, match=r"local\.toml"):
        besu_of(besu_trial, besu=str(tmp_path / "besu")).prepare()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(BinaryMissingError, match="besu"):
        besu_of(besu_trial).start()
    assert besu_of(besu_trial).place.supervisor.pid() is None, "nothing is started for it"
    old = besu_of(besu_trial, besu=program(tmp_path, "besu/v24.3.0/linux-x86_64/openjdk-java-21"))
    with pytest.raises(VersionError, match=r"24\.3\.0.*26"):
        old.prepare()
    besu_of(besu_trial, besu=program(tmp_path, "besu/v26.4.0/linux-x86_64/openjdk-java-21")).prepare()


def test_a_besu_without_java_says_that_and_not_a_version(besu_trial: Layout, tmp_path: Path) -> None:
    said = "ERROR: JAVA_HOME is not set and no java command could be found in your PATH."
    with pytest.raises(ProgramUnusableError, match="Java 21"):
        besu_of(besu_trial, besu=program(tmp_path, said)).prepare()


def test_variables_of_a_persons_shell_do_not_reach_besu(besu_trial: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    # Besu prefers them to its file: this one would open the port to everybody.
    monkeypatch.setenv("BESU_RPC_HTTP_HOST", "0.0.0.0")  # noqa: S104 - see above
    monkeypatch.setenv("BESU_OPTS", "-Xmx2g")
    seen = besu_of(besu_trial, besu=__file__).command().environment
    assert seen is not None
    assert "BESU_RPC_HTTP_HOST" not in seen
    assert seen["BESU_OPTS"] == "-Xmx2g", "how much memory it may take is the operator's business"


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_bytes())
    return found


def test_who_missed_its_turn_is_read_from_a_recorded_round_change() -> None:
    vector = recorded("header-round-change")
    members = qbft.validators(vector["qbft_getValidatorsByBlockNumber"])
    assert list(members) == vector["decoded"]["validators"]
    dead = vector["note"].partition("validator ")[2].partition(")")[0]
    before = vector["block"] | {"number": hex(int(vector["block"]["number"], 16) - 1), "miner": members[0]}
    (found,) = qbft.sealed([before, vector["block"]], members)
    assert found.block_hash == vector["block"]["hash"]
    assert (found.turn, found.sealer) == (dead, vector["block"]["miner"]), "round 1: the next but one proposed"


def test_proposers_go_round() -> None:
    members = ("0x1", "0x2", "0x3")
    assert [qbft.next_proposer(last, members) for last in members] == ["0x2", "0x3", "0x1"]
    assert qbft.next_proposer("0x15", members) == "0x2", "one that has left: the next greater one"
    assert qbft.next_proposer("0x1", ()) is None


def test_its_answers_are_read(besu_trial: Layout) -> None:
    besu = besu_of(besu_trial)
    block = recorded("header-round-change")["block"]
    answers = {
        "qbft_getValidatorsByBlockNumber": list(reversed(recorded("header-round-change")["decoded"]["validators"])),
        "qbft_getPendingVotes": {"0x" + "AB" * 20: True},
        "qbft_proposeValidatorVote": True,
        "qbft_discardValidatorVote": True,
        "eth_blockNumber": block["number"],
        "eth_getBlockByNumber": lambda number, _: block | {"number": number},
        "eth_syncing": False,
    }
    with client_in(besu.place.chain, answers) as client:
        assert besu.validators() == tuple(recorded("header-round-change")["decoded"]["validators"])
        assert besu.final_block() == int(block["number"], 16), "final at once"
        assert [one.number for one in besu.sealed(3)] == [0x57, 0x58, 0x59]
        assert not besu.syncing()
        assert not besu.sealing(), "its address is not among them"
        assert besu.proposals() == {"0x" + "ab" * 20: True}
        besu.propose("0x" + "AB" * 20, admit=False)
        besu.discard("0x" + "ab" * 20)
        assert client.asked[-2:] == [
            ("qbft_proposeValidatorVote", ["0x" + "ab" * 20, False]),
            ("qbft_discardValidatorVote", ["0x" + "ab" * 20]),
        ]
        with pytest.raises(MalformedValidatorError):
            besu.propose("0x" + "00" * 20, admit=True)
    assert (besu.finality.kind, besu.finality.confirmations) == ("instant", 0)
