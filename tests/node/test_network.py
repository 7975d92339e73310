from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from node.members import BusyError, alone
from node.network import ChainReplacedError, Network, NetworkFileError, up

if TYPE_CHECKING:
    from tests.node.conftest import TrialNetwork

pytestmark = pytest.mark.network


def test_what_is_running_is_written_down_and_read_again(trial: TrialNetwork) -> None:
    network = trial.up()
    assert Network.load(trial.layout.network) == network
    assert (network.chain_id, network.engine, network.rpc_url) == (20_260, "anvil", trial.engine.rpc_url)
    assert trial.up() == network, "brought up again, it is the same network"
    assert (trial.layout.chain / "anvil.json").exists()


def test_another_chain_in_the_place_of_the_known_one_is_refused(trial: TrialNetwork) -> None:
    network = trial.up()
    replace(network, genesis_hash="0x" + "00" * 32).save(trial.layout.network)
    with pytest.raises(ChainReplacedError) as refused:
        up(trial.description, trial.layout, trial.engine)
    assert refused.value.found == network.genesis_hash


@pytest.mark.parametrize("content", [None, "{", '{"name": "a"}'])
def test_a_network_file_that_is_none_is_named(trial: TrialNetwork, content: str | None) -> None:
    if content is not None:
        trial.layout.network.write_text(content, encoding="utf-8")
    with pytest.raises(NetworkFileError, match="huren-node up"):
        Network.load(trial.layout.network)


def test_one_command_at_a_time_changes_a_network(trial: TrialNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.members._LOCK_WAIT", 0.05)
    with alone(trial.layout), pytest.raises(BusyError), alone(trial.layout):
        pytest.fail("two commands at once")
    with alone(trial.layout):
        assert trial.layout.lock.exists()
