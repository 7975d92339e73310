"""A member's folder, backed up while the embedded chain makes blocks, and restored: the same chain goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nacl.public import PrivateKey

from node.backup import StateBetweenTwoError, back_up, restore
from node.client.archive import reading
from node.client.archive.errors import WrongKindError
from node.client.rpc import JsonRpc
from node.deploy import deploy
from node.description import read
from node.engines.factory import engine_of
from node.layout import Layout
from node.network import Network, up

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.conftest import TrialNetwork

SECRET = bytes(PrivateKey.generate())
PUBLIC = (bytes(PrivateKey(SECRET).public_key),)


def names(path: Path) -> set[str]:
    return {one.name for one in reading.verify(path, SECRET).files}


@pytest.mark.network
def test_the_chain_of_a_trial_goes_on_from_its_backup(deployed_trial: TrialNetwork, elsewhere: Path) -> None:
    backup, into = elsewhere / "node.backup", elsewhere / "restored"
    contents = back_up(deployed_trial.layout, backup, PUBLIC, now=1)
    assert contents.facts["chain"] == "included"
    assert {"network.toml", "deployment.json", "chain/state.json", "keys/passphrase"} <= names(backup)
    restore(backup, SECRET, into, digest=contents.digest)
    deployed_trial.engine.stop()  # one key, and here one port, never runs twice
    layout = Layout(into)
    description = read(layout.description)
    engine = engine_of(description, None, layout)
    try:
        network, status = up(description, layout, engine)
        assert network.genesis_hash == Network.load(deployed_trial.layout.network).genesis_hash
        assert status.block is not None
        with JsonRpc(engine.rpc_url) as rpc:
            assert int(rpc.call("eth_blockNumber"), 16) >= 1
        # The contracts are there: nothing is deployed a second time.
        assert deploy(description, layout, network, deployed_trial.deployer()).steps == ()
    finally:
        engine.stop()


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not the network's."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture
def deployed_trial(trial: TrialNetwork) -> TrialNetwork:
    network = trial.up()
    deploy(trial.description, trial.layout, network, trial.deployer())
    return trial


def member_of(folder: Path) -> Layout:
    """A member's folder as the ceremony leaves it, as far as names go."""
    layout = Layout(folder)
    for name in ("keys", "chain", "ipfs/blocks", "run", "cards"):
        (folder / name).mkdir(parents=True)
    for name in ("node.key", "exchange.key", "ipfs.key", "swarm.key", "ipfs-token", "admin.json", "passphrase"):
        (layout.keys / name).write_text(name, encoding="utf-8")
    for name in ("chain/chaindata", "ipfs/blocks/one", "run/chain.log", "cards/310000.json", "genesis.json", ".lock"):
        (folder / name).write_text(name, encoding="utf-8")
    return layout


@pytest.mark.parametrize("purpose", ["trial", "production"])
def test_keys_and_papers_go_in_and_what_the_others_hold_stays_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    layout = member_of(tmp_path / "member")
    layout.description.write_text("", encoding="utf-8")

    class Described:
        name, chain_id = "a-network", 7
        engine = type("Engine", (), {"kind": "geth"})()

    Described.trial = purpose == "trial"  # type: ignore[attr-defined]
    monkeypatch.setattr("node.backup.read", lambda _path: Described)
    backup = tmp_path / "node.backup"
    contents = back_up(layout, backup, PUBLIC, now=1)
    assert contents.facts["chain"] == "fetched from the other members"
    expected = {
        "network.toml", "genesis.json", "cards/310000.json", "keys/node.key", "keys/exchange.key", "keys/ipfs.key",
        "keys/swarm.key", "keys/ipfs-token", "keys/admin.json",
    }  # fmt: skip
    assert names(backup) == expected | ({"keys/passphrase"} if purpose == "trial" else set())


def test_a_state_that_is_being_written_is_taken_from_its_kept_copy_or_not_at_all(
    trial: TrialNetwork, elsewhere: Path
) -> None:
    layout = trial.layout
    layout.chain.mkdir(exist_ok=True)
    (layout.chain / "state.json").write_text('{"half', encoding="utf-8")
    with pytest.raises(StateBetweenTwoError):
        back_up(layout, elsewhere / "one", PUBLIC, now=1)
    assert not list(elsewhere.glob("*one*"))
    (layout.chain / "state.kept.json").write_text('{"whole": 1}', encoding="utf-8")
    into = elsewhere / "restored"
    back_up(layout, elsewhere / "two", PUBLIC, now=1)
    restore(elsewhere / "two", SECRET, into)
    assert (into / "chain" / "state.json").read_bytes() == b'{"whole": 1}'


def test_a_backup_inside_the_folder_does_not_hold_itself(trial: TrialNetwork, elsewhere: Path) -> None:
    inside = trial.layout.folder / "node.backup"
    back_up(trial.layout, inside, PUBLIC, now=1)
    assert "node.backup" not in names(inside)
    with pytest.raises(WrongKindError):
        reading.restore(inside, SECRET, elsewhere / "restored", "gateway")
    assert not (elsewhere / "restored").exists()
