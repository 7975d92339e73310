"""The ceremony as its operators carry it out: every command, its exit codes, both languages."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from node.description import read
from node.layout import Layout
from tests.node.ceremony.papers import PLAN
from tests.node.cli.stage import PROVINCES, assembled, assembly, member_new, printed

if TYPE_CHECKING:
    from pathlib import Path


def test_every_member_makes_the_same_network(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fingerprints = []
    for province in PROVINCES:
        assert run(assembly(scene, province, "--json")) == 0
        fingerprints.append(printed(capsys)["fingerprint"])
        assert run(["network", "fingerprint", "--dir", str(scene / str(province)), "--json"]) == 0
        fingerprints.append(printed(capsys)["fingerprint"])
    assert len(set(fingerprints)) == 1
    for name in ("network.toml", "genesis.json"):
        assert len({(scene / str(province) / name).read_bytes() for province in PROVINCES}) == 1
    assert run(assembly(scene, 310_000)) == 0
    said = capsys.readouterr()
    assert fingerprints[0].split()[0] in said.out
    assert "nothing was changed" in said.err


def test_a_card_that_was_received_has_the_fingerprint_that_its_member_reads_out(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_out = {}
    for province in (*PROVINCES, 500_000):
        assert run([*member_new(scene, province), "--json"]) == 0
        read_out[str(province)] = printed(capsys)["fingerprint"]
    assert run([*assembly(scene, 310_000), "--json"]) == 0
    newcomer = read_out.pop("500000")
    assert printed(capsys)["cards"] == read_out
    words = ["network", "add", str(scene / "500000" / "card.json"), "--dir", str(scene / "310000")]
    assert run([*words, "--json"]) == 0
    assert printed(capsys)["cards"] == {"500000": newcomer}
    assert run(words) == 0
    assert newcomer.split()[0] in capsys.readouterr().out


def test_a_block_0_that_is_to_come_is_told(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 099 511 627 775 is the last moment that a plan may say: in the year 36812."""
    plan = scene / "plan.toml"
    plan.write_text(PLAN.replace("1_790_000_000", "1_600_000_000"), encoding="utf-8")
    assert run(assembly(scene, 310_000)) == 0
    assert "no block is made before" not in capsys.readouterr().err
    plan.write_text(PLAN.replace("1_790_000_000", "1_099_511_627_775"), encoding="utf-8")
    assert run(assembly(scene, 320_000)) == 0
    said = capsys.readouterr().err
    assert "genesis_time = 1099511627775" in said
    assert "不会出块" in said


def test_a_forged_card_stops_the_assembly_with_its_file_and_field(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = scene / "320000" / "card.json"
    card.write_text(card.read_text(encoding="utf-8").replace("10.0.32.5", "10.0.32.6"), encoding="utf-8")
    assert run(assembly(scene, 310_000)) == 1
    said = capsys.readouterr().err
    assert f"{card}, admin: its proof does not fit" in said
    assert f"{card} 的 admin：签名与卡片内容不符" in said
    assert not (scene / "310000" / "network.toml").exists()
    assert run([*assembly(scene, 310_000), "--json"]) == 1
    assert printed(capsys)["error"]["code"] == "node.CeremonyError"


def test_a_members_own_seat_cannot_be_given_to_whoever_wrote_another_card(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thief = [*member_new(scene, 320_000), "--dir", str(scene / "thief")]
    assert run(thief) == 0
    shutil.copy(scene / "thief" / "card.json", scene / "320000" / "card.json")  # as the others were sent it
    capsys.readouterr()
    assert run(assembly(scene, 320_000)) == 1
    said = capsys.readouterr().err
    assert "node.public_key of 320000" in said
    assert "compare cards" in said
    assert not (scene / "320000" / "network.toml").exists()


def test_a_machine_that_the_network_does_not_know_is_not_rendered(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assembled(scene)
    stranger = scene / "500000"
    for name in ("network.toml", "genesis.json"):
        shutil.copy(scene / "310000" / name, stranger / name)
    assert run(["render", "--dir", str(stranger)]) == 1
    assert "no node of 500000" in capsys.readouterr().err
    (scene / "310000" / "keys" / "ipfs.key").write_text("11" * 32, encoding="ascii")
    assert run(["render", "--dir", str(scene / "310000")]) == 1
    assert "node.peer_id of 310000" in capsys.readouterr().err


def test_a_card_that_is_not_there_cannot_be_judged(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scene / "320000" / "card.json").unlink()
    assert run(assembly(scene, 310_000)) == 2
    assert "320000" in capsys.readouterr().err


def test_another_network_in_the_folder_is_left_alone(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    plan = scene / "plan.toml"
    plan.write_text(PLAN.replace("860", "861"), encoding="utf-8")
    assert run(assembly(scene, 310_000)) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert read(scene / "310000" / "network.toml").chain_id == 860


def test_the_swarm_key_goes_from_one_member_to_all(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    capsys.readouterr()
    maker, reader = scene / "310000", scene / "320000"
    assert run(["swarm-key", "make", "--dir", str(maker), "--json"]) == 0
    assert printed(capsys)["provinces"] == [str(province) for province in PROVINCES]
    sealed = maker / "swarm-key.json"
    assert run(["swarm-key", "open", str(sealed), "--dir", str(reader), "--json"]) == 0
    assert printed(capsys)["opened"] is True
    assert (reader / "keys" / "swarm.key").read_bytes() == (maker / "keys" / "swarm.key").read_bytes()
    assert (reader / "keys" / "swarm.key").stat().st_mode & 0o777 == 0o600
    assert run(["swarm-key", "open", str(sealed), "--dir", str(reader)]) == 0
    assert "nothing was changed" in capsys.readouterr().err
    key = (maker / "keys" / "swarm.key").read_text(encoding="ascii").strip()
    assert key not in sealed.read_text(encoding="utf-8")
    assert run(["swarm-key", "make", "--replace", "--dir", str(maker)]) == 0
    assert run(["swarm-key", "open", str(sealed), "--dir", str(reader)]) == 1
    assert (reader / "keys" / "swarm.key").read_text(encoding="ascii").strip() == key
    assert "another swarm key" in capsys.readouterr().err
    assert run(["swarm-key", "open", str(sealed), "--replace", "--dir", str(reader)]) == 0
    assert (reader / "keys" / "swarm.key").read_bytes() == (maker / "keys" / "swarm.key").read_bytes()
    assert [path.read_text(encoding="ascii").strip() for path in (reader / "keys/retired").iterdir()] == [key]
    assert run(["swarm-key", "open", str(scene / "nowhere.json"), "--dir", str(reader)]) == 2
    assert "nowhere.json" in capsys.readouterr().err


def test_a_newcomer_is_added_and_gets_the_key_that_is_there(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    maker, newcomer = scene / "340000", scene / "500000"
    assert run(["swarm-key", "make", "--dir", str(maker)]) == 0
    for name in ("network.toml", "genesis.json"):
        shutil.copy(maker / name, newcomer / name)
    capsys.readouterr()
    card = str(newcomer / "card.json")
    for folder in (maker, newcomer):
        assert run(["network", "add", card, "--dir", str(folder), "--json"]) == 0
        assert printed(capsys)["provinces"][-1] == 500_000
    assert (maker / "network.toml").read_bytes() == (newcomer / "network.toml").read_bytes()
    assert run(["swarm-key", "open", str(maker / "swarm-key.json"), "--dir", str(newcomer)]) == 1
    assert "network add" in capsys.readouterr().err
    assert run(["swarm-key", "make", "--dir", str(maker)]) == 0
    assert run(["swarm-key", "open", str(maker / "swarm-key.json"), "--dir", str(newcomer)]) == 0
    assert (newcomer / "keys" / "swarm.key").read_bytes() == (maker / "keys" / "swarm.key").read_bytes()
    assert run(["network", "add", card, "--dir", str(maker)]) == 0
    assert "nothing was changed" in capsys.readouterr().err


def test_a_member_that_left_is_in_nobodys_table(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    folder = scene / "310000"
    assert run(["render", "--dir", str(folder)]) == 0
    assert "10.0.32.5" in (folder / "units" / "firewall.txt").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["network", "leave", "320000", "--dir", str(folder)]) == 2
    assert "the chain cannot be asked whether 320000 left" in capsys.readouterr().err
    assert run(["network", "leave", "320000", "--dir", str(folder), "--yes", "--json"]) == 0
    assert printed(capsys)["provinces"] == [330_000, 310_000, 340_000]
    assert run(["render", "--dir", str(folder)]) == 0
    for name in ("units/firewall.txt", "chain/node.toml"):
        assert "10.0.32.5" not in (folder / name).read_text(encoding="utf-8")
    assert run(["network", "leave", "320000", "--dir", str(folder)]) == 0
    assert "nothing was changed" in capsys.readouterr().err
    assert run(["network", "leave", "500000", "--dir", str(folder)]) == 1


def test_a_members_folder_is_rendered_from_its_three_files(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    capsys.readouterr()
    folder = scene / "310000"
    assert run(["render", "--dir", str(folder), "--json"]) == 0
    said = capsys.readouterr()
    first = json.loads(said.out)["written"]
    assert "there is no swarm key yet" in said.err
    units = {"units/huren-node.service", "units/compose.yaml", "units/firewall.txt"}
    assert {"chain/node.toml", *units} <= set(first)
    assert run(["swarm-key", "make", "--dir", str(folder)]) == 0
    capsys.readouterr()
    assert run(["render", "--dir", str(folder), "--json"]) == 0
    assert all(name.startswith("ipfs/") for name in printed(capsys)["written"])
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run(["render", "--dir", str(folder), "--json"]) == 0
    assert printed(capsys)["written"] == []
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_settings_that_do_not_go_with_the_rows_are_told_when_rendered(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = assembled(scene) / "310000"
    reach = '\n[[reach]]\nprovince = 500000\nhost = "10.0.0.9"\np2p_port = 1\nswarm_port = 2\n'
    (folder / "local.toml").write_text(f"province = 310000\n{reach}", encoding="utf-8")
    assert run(["render", "--dir", str(folder)]) == 0
    assert "500000 is reached, which is no member here" in capsys.readouterr().err
    (folder / "local.toml").write_text("province = 310000\nrpc_port = 30303\n", encoding="utf-8")
    assert run(["render", "--dir", str(folder)]) == 2
    assert "30303: it is the p2p_port of this member's row as well" in capsys.readouterr().err


def test_what_is_damaged_is_a_sentence_not_a_traceback(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assembled(scene)
    folder = scene / "310000"
    for name, content, words in (
        ("genesis.json", "{}", ["network", "fingerprint"]),
        ("genesis.json", "[", ["swarm-key", "make"]),
        ("local.toml", "province = 1", ["render"]),
        ("keys/node.key", "no key", ["swarm-key", "make"]),
    ):
        kept = (folder / name).read_bytes()
        (folder / name).write_text(content, encoding="utf-8")
        capsys.readouterr()
        assert run([*words, "--dir", str(folder)]) == 2
        said = capsys.readouterr().err
        assert name.rpartition("/")[2] in said
        assert "Traceback" not in said
        (folder / name).write_bytes(kept)


def test_after_a_rotation_the_machine_says_that_its_new_card_is_to_be_added(
    scene: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.cli.member_keys.SCRYPT_COST", 2)
    assembled(scene)
    folder = scene / "310000"
    assert run(["member", "rotate", "node", "--dir", str(folder), "--passphrase-file", str(scene / "passphrase")]) == 0
    capsys.readouterr()
    for words in (["render"], ["swarm-key", "make"]):
        assert run([*words, "--dir", str(folder)]) == 1
        assert "network add card.json --replace" in capsys.readouterr().err
    assert run(["network", "add", str(folder / "card.json"), "--replace", "--dir", str(folder)]) == 0
    assert run(["render", "--dir", str(folder)]) == 0
    assert run(["swarm-key", "make", "--dir", str(folder)]) == 0


def test_a_trial_of_four_real_nodes_is_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--dir", str(tmp_path / "trial")]
    assert run(["init", *where, "--engine", "geth", "--port", "20000", "--json"]) == 0
    assert printed(capsys)["provinces"] == list(PROVINCES)
    assert [layout.folder.name for layout in Layout(tmp_path / "trial").every_member()] == [
        str(province) for province in PROVINCES
    ]
    assert run(["init", *where, "--engine", "geth"]) == 2
    assert run(["init", "--dir", str(tmp_path / "other"), "--engine", "parity"]) == 64
    assert run(["init", "--dir", str(tmp_path / "other"), "--engine", "geth", "--port", "65535"]) == 64
    assert "40 ports" in capsys.readouterr().err
